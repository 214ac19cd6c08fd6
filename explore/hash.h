// Hash: numbers and texts to 32 bits, the same on every machine and in every build (FNV-1a, Fowler,
// Noll and Vo). For telling things apart that nobody forges, such as programs and tapes.
#pragma once

#include <cstdint>
#include <string_view>

namespace mpglab::explore {

class Hash {
 public:
  void add(std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8)
      add_byte(static_cast<std::uint8_t>(number >> shift));
  }

  // The length goes in as well, so that "ab", "c" is not "a", "bc".
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    for (const char c : text) add_byte(static_cast<std::uint8_t>(c));
  }

  std::uint32_t value() const {
    // FNV's low bits are its weak ones: fold the high half in.
    const std::uint64_t mixed = state_ * kPrime;
    return static_cast<std::uint32_t>(mixed ^ (mixed >> 32));
  }

 private:
  static constexpr std::uint64_t kPrime = 0x100000001b3;

  void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * kPrime; }

  std::uint64_t state_ = 0xcbf29ce484222325;
};

}  // namespace mpglab::explore
