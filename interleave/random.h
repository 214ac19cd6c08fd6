// A small, fast random generator (xoshiro256**, Blackman and Vigna 2018), seeded by SplitMix64.
// The same seed gives the same numbers on every machine, which the standard distributions do not
// promise.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace mpglab::interleave {

class Random {
 public:
  explicit Random(std::uint64_t seed) { reseed(seed); }

  // One independent stream for each pair, so that execution number n needs no knowledge of those
  // before it.
  Random(std::uint64_t seed, std::uint64_t stream) { reseed(mix(seed) ^ mix(~stream)); }

  void reseed(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = mix(seed += kGolden);
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // A number below `bound`. The bias of the multiplication is below bound/2^32: no test of ours can
  // see it. REQUIRES: bound > 0.
  std::uint32_t below(std::uint32_t bound) { return scaled(next(), bound); }

  // What below() makes of a number that next() has given.
  static constexpr std::uint32_t scaled(std::uint64_t number, std::uint32_t bound) {
    return static_cast<std::uint32_t>(((number >> 32) * bound) >> 32);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;

  static constexpr std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace mpglab::interleave
