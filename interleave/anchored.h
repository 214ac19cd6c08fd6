// Anchored: the default schedule with some deviations, each tied to a place in a thread's own
// course.
//
// A deviation says: when thread `thread` is at its `visit`-th choice point, go on with `target`
// (or, for a choice of the program, answer `target`). The place does not depend on what other
// threads do, so a deviation can be taken out of a set without moving the others, which a number of
// a tape entry could not. That is what shrinking needs.
//
// A deviation that does not fit (its thread is never there, its target cannot run) has no effect.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "interleave/strategy.h"

namespace mpglab::interleave {

struct AnchoredDeviation {
  ThreadId thread;      // who decides: Decision::current
  std::uint32_t visit;  // Decision::visits of that thread
  ChoiceKind kind;
  std::uint16_t target;  // a thread id, or the value of a choice of the program

  friend bool operator==(const AnchoredDeviation&, const AnchoredDeviation&) = default;
};

// The deviation that answering `decision` with `value` amounts to. REQUIRES: value != 0.
inline AnchoredDeviation anchored_deviation(const Decision& decision, std::uint32_t value) {
  const auto target =
      static_cast<std::uint16_t>(decision.picks_thread() ? decision.thread_at(value) : value);
  return {decision.current, decision.visits[decision.current], decision.kind, target};
}

class Anchored final : public Strategy {
 public:
  explicit Anchored(std::vector<AnchoredDeviation> deviations)
      : deviations_(std::move(deviations)) {
    std::sort(deviations_.begin(), deviations_.end(), earlier);
  }

  bool begin() override { return true; }

  std::uint32_t pick(const Decision& decision) override {
    const AnchoredDeviation wanted{decision.current, decision.visits[decision.current],
                                   decision.kind, 0};
    const auto found = std::lower_bound(deviations_.begin(), deviations_.end(), wanted, earlier);
    if (found == deviations_.end() || found->thread != wanted.thread ||
        found->visit != wanted.visit || found->kind != wanted.kind) {
      return 0;
    }
    if (!decision.picks_thread()) return found->target < decision.bound ? found->target : 0U;
    const auto target = static_cast<ThreadId>(found->target);
    if (((decision.candidates >> target) & 1) == 0) return 0;
    return decision.place(target);
  }

  void end(const Tape& /*tape*/) override {}

 private:
  static bool earlier(const AnchoredDeviation& a, const AnchoredDeviation& b) {
    return std::pair(a.thread, a.visit) < std::pair(b.thread, b.visit);
  }

  std::vector<AnchoredDeviation> deviations_;
};

}  // namespace mpglab::interleave
