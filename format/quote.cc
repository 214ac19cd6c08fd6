// Go's quoting. What is not printable and bytes that are no UTF-8 are escaped, everything else
// stands for itself.

#include <array>

#include <fmt/format.h>

#include "format/printable.h"
#include "format/wire_text.h"

namespace mpglab::format {

namespace {

// The length of the UTF-8 sequence at `at`, and its code point; 0 if there is none.
std::size_t decode(std::string_view bytes, std::size_t at, std::uint32_t& point) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[at + i]); };
  const std::uint8_t first = byte(0);
  std::size_t length = 0;
  std::uint32_t least = 0;
  if (first < 0x80) {
    point = first;
    return 1;
  }
  if (first >= 0xc2 && first < 0xe0) {
    length = 2;
    point = first & 0x1fU;
    least = 0x80;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3;
    point = first & 0x0fU;
    least = 0x800;
  } else if (first >= 0xf0 && first < 0xf5) {
    length = 4;
    point = first & 0x07U;
    least = 0x10000;
  } else {
    return 0;
  }
  if (at + length > bytes.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return point >= least && point <= 0x10ffff && !surrogate ? length : 0;
}

std::string_view short_escape(std::uint32_t point) {
  switch (point) {
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
    case '\\':
      return "\\\\";
    case '"':
      return "\\\"";
    default:
      return {};
  }
}

}  // namespace

std::string quoted(std::string_view bytes) {
  std::string out = "\"";
  for (std::size_t i = 0; i < bytes.size();) {
    std::uint32_t point = 0;
    const std::size_t length = decode(bytes, i, point);
    if (length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(bytes[i]));
      ++i;
      continue;
    }
    if (const std::string_view escape = short_escape(point); !escape.empty()) {
      out += escape;
    } else if (point < 0x20 || point == 0x7f) {
      out += fmt::format("\\x{:02x}", point);
    } else if (!is_printable(point)) {
      out += point < 0x10000 ? fmt::format("\\u{:04x}", point) : fmt::format("\\U{:08x}", point);
    } else {
      out += bytes.substr(i, length);
    }
    i += length;
  }
  return out + "\"";
}

}  // namespace mpglab::format
