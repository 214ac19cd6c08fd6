// Sparse walk: a random walk that mostly stays with the running thread.
//
// A race needs one thread to be held up for long at the wrong place while others get far. A uniform
// walk gives every thread its turn at once, so it hardly ever holds anybody up for more than a few
// steps. Here the running thread goes on with probability 1 - 1/r, and r is drawn anew for each
// execution from 2, 4, ..., 128, because how far the others must get depends on the program.
//
// Where the running thread cannot go on, and for choices of the program, every alternative is
// equally likely. Execution n of seed s is a function of (s, n) alone.
#pragma once

#include <cstdint>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

class SparseWalk final : public Strategy {
 public:
  explicit SparseWalk(std::uint64_t seed, std::uint64_t first_execution = 0)
      : seed_(seed), execution_(first_execution), random_(seed) {}

  bool begin() override {
    random_ = Random(seed_, execution_++);
    rarity_ = 2U << random_.below(kRarities);
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (decision.kind != ChoiceKind::kPreempt) return random_.below(decision.bound);
    if (random_.below(rarity_) != 0) return 0;
    return 1 + random_.below(decision.bound - 1U);
  }

  void end(const Tape& /*tape*/) override {}

 private:
  static constexpr std::uint32_t kRarities = 7;

  std::uint64_t seed_;
  std::uint64_t execution_;
  Random random_;
  std::uint32_t rarity_ = 2;
};

}  // namespace mpglab::interleave
