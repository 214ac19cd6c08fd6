// Random walk: at each choice, every alternative is equally likely.
//
// Execution n of seed s is a function of (s, n) alone, so any of them can be had again without the
// others.
#pragma once

#include <cstdint>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t seed, std::uint64_t first_execution = 0)
      : seed_(seed), execution_(first_execution), random_(seed) {}

  bool begin() override {
    random_ = Random(seed_, execution_++);
    return true;
  }
  std::uint32_t pick(const Decision& decision) override { return random_.below(decision.bound); }
  void end(const Tape& /*tape*/) override {}

 private:
  std::uint64_t seed_;
  std::uint64_t execution_;
  Random random_;
};

}  // namespace mpglab::interleave
