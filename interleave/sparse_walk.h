// Sparse walk: a random walk that mostly stays with the running thread.
//
// A race needs one thread to be held up for long at the wrong place while others get far. A uniform
// walk gives every thread its turn at once, so it hardly ever holds anybody up for more than a few
// steps. Here the running thread goes on with probability 1 - 1/r, and r is drawn anew for each
// execution from 2, 4, ..., 128, because how far the others must get depends on the program.
//
// Where the running thread cannot go on, and for choices of the program, every alternative is
// equally likely. Execution n of seed s is a function of (s, n) alone.
//
// Numbers are drawn ahead, many at once, and those that would interrupt the running thread are
// marked; up to the next of these the walk is calm (Calm, strategy.h). Each question is answered
// with the number that it would get if they were drawn one by one.
#pragma once

#include <array>
#include <bit>
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
    const std::uint32_t halvings = 1 + random_.below(kRarities);
    interrupts_below_ = (~std::uint64_t{0} >> halvings) + 1;
    draw_ahead();
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    const bool could_stay = decision.kind == ChoiceKind::kPreempt;
    std::uint32_t at = next();
    if (could_stay) {
      if (calm_.left > 0) {
        --calm_.left;
        return 0;
      }
      // The number interrupts, and the one behind it says for whom.
      if (++at == kAhead) [[unlikely]] {
        draw_ahead();
        at = 0;
      }
    }
    look_ahead(at + 1);
    const std::uint32_t others = could_stay ? decision.bound - 1U : decision.bound;
    return (could_stay ? 1 : 0) + Random::scaled(ahead_[at], others);
  }

  void end(const Tape& /*tape*/) override {}

 private:
  static constexpr std::uint32_t kRarities = 7;
  static constexpr std::uint32_t kAhead = 60;  // fewer than a word has bits: one marks the end

  // The place of the next number, which is drawn now if none is left.
  std::uint32_t next() {
    if (calm_end_ - calm_.left == kAhead) [[unlikely]]
      draw_ahead();
    return calm_end_ - calm_.left;
  }

  [[gnu::noinline]] void draw_ahead() {
    // Locals, which the compiler keeps in registers while it writes the numbers.
    Random random = random_;
    const std::uint64_t below = interrupts_below_;
    std::uint64_t interrupting = 0;
    // No branch depends on a number: it could not be foreseen. The first is the highest bit. Four
    // at a time, so that the generator's words need not change places after each.
    for (std::uint32_t first = 0; first < kAhead; first += 4) {
      for (std::uint32_t i = first; i < first + 4; ++i) {
        const std::uint64_t drawn = random.next();
        ahead_[i] = drawn;
        interrupting += interrupting + std::uint64_t{drawn < below};
      }
    }
    random_ = random;
    interrupting_ = ((interrupting << 1) + 1) << (63 - kAhead);
    look_ahead(0);
  }

  // The numbers before place `at` have been used.
  void look_ahead(std::uint32_t at) {
    calm_.left = static_cast<std::uint32_t>(std::countl_zero(interrupting_ << at));
    calm_end_ = at + calm_.left;
  }

  std::uint64_t seed_;
  std::uint64_t execution_;
  Random random_;
  std::uint64_t interrupts_below_ = 0;  // 2^64 / r
  // The numbers that have been drawn last, and which of them interrupt, the first in the highest
  // bit; behind the last stands a bit that ends any search. Those before place calm_end_ -
  // calm_.left have been used, and of the others the one at calm_end_ is the first that interrupts,
  // if any does, or else kAhead.
  std::array<std::uint64_t, kAhead> ahead_;
  std::uint64_t interrupting_ = 0;
  std::uint32_t calm_end_ = 0;
};

}  // namespace mpglab::interleave
