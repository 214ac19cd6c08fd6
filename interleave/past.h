// Past: what a thread has seen, as a number: two threads at the same place of a program with the
// same past go on in the same way, as long as they see the same.
//
// For searches that recognise a state which they have met before (state_search.h). A fiber's stack
// cannot be compared, but it is a function of what the thread has read since a moment at which
// nothing was on it; that is what the number is made of.
#pragma once

#include <cstdint>

namespace mpglab::interleave {

// Spreads whatever makes the difference over all bits (Steele, Lea, Flood, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA 2014).
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

struct Past {
  std::uint64_t number = 0;

  void forget(std::uint64_t key) { number = mixed(key + 1); }
  void saw(std::uint64_t value) { number = mixed(number + mixed(value + 0x9e3779b97f4a7c15ULL)); }
};

}  // namespace mpglab::interleave
