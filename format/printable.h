// Which code points stand for themselves in quoted text, as in Go's strconv.IsPrint: letters,
// marks, numbers, punctuation, symbols and the plain space.
#pragma once

#include <cstdint>

namespace mpglab::format {

bool is_printable(std::uint32_t point);

}  // namespace mpglab::format
