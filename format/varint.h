// Unsigned varints: seven bits a byte, the lowest first, the top bit says that more follow. At most
// ten bytes, of which the tenth is 0 or 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mpglab::format {

inline constexpr std::size_t kMaxVarintSize = 10;

// Reads a varint from `at`, which it moves behind it. False if the bytes end before it does or if
// it does not fit 64 bits; `at` is then wherever.
inline bool read_varint(const std::byte*& at, const std::byte* end, std::uint64_t& value) {
  // Most numbers of a trace have one byte.
  if (at != end) [[likely]] {
    const auto first = std::to_integer<std::uint8_t>(*at);
    if (first < 0x80) [[likely]] {
      ++at;
      value = first;
      return true;
    }
  }
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < kMaxVarintSize && at != end; ++i) {
    const auto byte = std::to_integer<std::uint8_t>(*at++);
    if (byte < 0x80) {
      if (i == kMaxVarintSize - 1 && byte > 1) return false;
      value = result | static_cast<std::uint64_t>(byte) << (7 * i);
      return true;
    }
    result |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
  }
  return false;
}

inline void append_varint(std::vector<std::byte>& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<std::byte>(value | 0x80));
  }
  out.push_back(static_cast<std::byte>(value));
}

}  // namespace mpglab::format
