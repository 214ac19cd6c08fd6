// A trace with as many goroutines, threads and generations as one likes, which no scheduler has
// run: goroutines wake, run and block again, each on its thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mpglab::bench {

struct Shape {
  std::uint64_t goroutines = 16;
  std::uint64_t threads = 4;
  // Of which so many have events at a time, one group after the other, as a machine has so many
  // cores.
  std::uint64_t at_a_time = 4;
  std::uint64_t generations = 1;
  std::uint64_t events = 3'000'000;  // about
};

std::vector<std::byte> synthetic_trace(const Shape& shape);

}  // namespace mpglab::bench
