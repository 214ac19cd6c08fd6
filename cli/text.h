// Text for people: line breaks, and numbers that can be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mpglab::cli {

// The text in lines of at most `width` columns, each after `indent`; blank lines stay.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

// 1234567 is "1,234,567".
std::string grouped(std::uint64_t number);

// "1 event", "2 events".
std::string counted(std::uint64_t number, std::string_view noun);

// "0.43 s", "12 s", "3 min 20 s", "5 h 7 min", "1,234 days".
std::string duration_text(double seconds);

}  // namespace mpglab::cli
