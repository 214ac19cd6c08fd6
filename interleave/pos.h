// POS: partial order sampling. Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV
// 2018.
//
// Every step that a thread announces gets a random priority, and the highest that can be made is
// made. Steps that depend on it get new priorities, so that which of several racing steps comes
// first is drawn anew each time, while steps that race with nothing draw once and do not matter. It
// samples partial orders more evenly than a random walk does, which favours those with many
// orders of independent steps.
//
// A thread that gives way (kYield) gets a priority below all others'. Choices of the program are
// answered uniformly. Execution n of seed s is a function of (s, n).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

class Pos final : public Strategy {
 public:
  explicit Pos(std::uint64_t seed, std::uint64_t first_execution = 0)
      : seed_(seed), execution_(first_execution), random_(seed) {}

  bool begin() override {
    random_ = Random(seed_, execution_++);
    drawn_at_.fill(kNever);
    lowest_ = kFirst - 1;
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (!decision.picks_thread()) return random_.below(decision.bound);
    if (decision.kind == ChoiceKind::kYield) {
      // Below everybody else, or spinners would keep them from what they have to do.
      drawn_at_[decision.current] = decision.visits[decision.current];
      priority_[decision.current] = lowest_--;
    }
    ThreadId best = kNoThread;
    for (ThreadSet left = decision.candidates; left != 0; left &= left - 1) {
      const auto thread = static_cast<ThreadId>(std::countr_zero(left));
      if (drawn_at_[thread] != decision.visits[thread]) {
        drawn_at_[thread] = decision.visits[thread];
        priority_[thread] = random_.next() | kFirst;
      }
      if (best == kNoThread || priority_[thread] > priority_[best]) best = thread;
    }
    for (ThreadSet left = decision.candidates; left != 0; left &= left - 1) {
      const auto thread = static_cast<ThreadId>(std::countr_zero(left));
      if (thread != best && dependent(decision.pending[thread], decision.pending[best]))
        drawn_at_[thread] = kNever;
    }
    return decision.place(best);
  }

  void end(const Tape& /*tape*/) override {}

 private:
  static constexpr std::uint32_t kNever = 0xffffffff;
  // Who gives way comes below this, and everybody else from here on.
  static constexpr std::uint64_t kFirst = std::uint64_t{1} << 63;

  std::uint64_t seed_;
  std::uint64_t execution_;
  Random random_;
  std::uint64_t lowest_ = kFirst;
  std::array<std::uint64_t, kMaxThreads> priority_{};
  std::array<std::uint32_t, kMaxThreads> drawn_at_{};  // at which of its steps a thread drew
};

}  // namespace mpglab::interleave
