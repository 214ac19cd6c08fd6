// Which mpglab this is.
#pragma once

namespace mpglab::cli {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace mpglab::cli
