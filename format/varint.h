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
  std::uint64_t result = 0;
  for (unsigned i = 0; i < kMaxVarintSize && at != end; ++i) {
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

// The same where kMaxVarintSize bytes are readable from `at`, so that no byte needs a look at the
// end. Most numbers of a trace have one byte or two. All in registers: this is what a reader of
// traces spends its time with.
struct Varint {
  const std::byte* behind;  // nullptr: it does not fit 64 bits
  std::uint64_t value;
};

[[gnu::noinline]] inline Varint read_long_varint(const std::byte* at) {
  Varint varint{at, 0};
  if (!read_varint(varint.behind, at + kMaxVarintSize, varint.value)) varint.behind = nullptr;
  return varint;
}

inline Varint read_varint_inside(const std::byte* at) {
  const auto first = std::to_integer<std::uint64_t>(at[0]);
  if (first < 0x80) [[likely]]
    return {at + 1, first};
  const auto second = std::to_integer<std::uint64_t>(at[1]);
  if (second < 0x80) [[likely]]
    return {at + 2, (first & 0x7f) | second << 7};
  const auto third = std::to_integer<std::uint64_t>(at[2]);
  if (third < 0x80) [[likely]]
    return {at + 3, (first & 0x7f) | (second & 0x7f) << 7 | third << 14};
  return read_long_varint(at);
}

inline void append_varint(std::vector<std::byte>& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<std::byte>(value | 0x80));
  }
  out.push_back(static_cast<std::byte>(value));
}

}  // namespace mpglab::format
