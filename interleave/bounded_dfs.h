// Bounded DFS: every schedule that leaves the default one (tape.h) not too often, one after the
// other. After it has nothing more to try, no schedule within the bounds was left out.
//
// Two bounds, of which either may be absent:
//  - preemptions: how often a thread that could go on is interrupted (Musuvathi, Qadeer, "Iterative
//    Context Bounding", PLDI 2007). Who follows a thread that waits, ends or gives way costs
//    nothing.
//  - deviations: how often anything but the default is chosen, whatever the kind (delay bounding:
//    Emmi, Qadeer, Rakamaric, POPL 2011). Also for choices of the program.
// With few of them it reaches the shallow places of a program that has far too many schedules in
// all: with k choices in a schedule there are about k^d/d! with d deviations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "interleave/strategy.h"

namespace mpglab::interleave {

class BoundedDfs final : public Strategy {
 public:
  static constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();

  struct Bounds {
    std::uint32_t preemptions = kUnbounded;
    std::uint32_t deviations = kUnbounded;
  };

  explicit BoundedDfs(const Bounds& bounds) : bounds_(bounds) {}

  bool begin() override {
    next_ = 0;
    if (begun_ && !advance()) return false;
    begun_ = true;
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (next_ < tape_.size()) return tape_[next_++].value;
    ++next_;
    tape_.push_back({decision.kind, decision.bound, 0});
    return 0;
  }

  void end(const Tape& /*tape*/) override {}

  // Something was left out for the bounds' sake. After the last execution: if nothing was, these
  // were all the schedules there are.
  bool left_out() const { return left_out_; }

  // The tape of the execution that was begun last, and how often it deviates and preempts.
  const Tape& tape() const { return tape_; }
  std::uint32_t deviations() const { return deviations_; }
  std::uint32_t preemptions() const { return preemptions_; }

  // Goes on behind the execution with this tape, as if it had just been made.
  // REQUIRES: nothing was tried yet; the tape is one of a search with the same bounds.
  void go_on_behind(Tape tape) {
    MPG_CHECK(!begun_, "a search that has begun is somewhere else");
    tape_ = std::move(tape);
    begun_ = true;
    for (const Choice& choice : tape_) {
      if (choice.value == 0) continue;
      deviations_ += 1;
      preemptions_ += choice.kind == ChoiceKind::kPreempt ? 1U : 0U;
    }
  }

 private:
  // To the next tape in lexicographic order that keeps the bounds. False: there is none.
  bool advance() {
    while (!tape_.empty()) {
      Choice& last = tape_.back();
      if (last.value != 0) {
        if (last.value + 1 < last.bound) return ++last.value, true;
        forget(last);
      } else if (may_deviate(last)) {
        deviations_ += 1;
        preemptions_ += last.kind == ChoiceKind::kPreempt ? 1U : 0U;
        last.value = 1;
        return true;
      } else {
        left_out_ = true;
      }
      tape_.pop_back();
    }
    return false;
  }

  bool may_deviate(const Choice& choice) const {
    if (deviations_ >= bounds_.deviations) return false;
    return choice.kind != ChoiceKind::kPreempt || preemptions_ < bounds_.preemptions;
  }
  void forget(const Choice& choice) {
    deviations_ -= 1;
    preemptions_ -= choice.kind == ChoiceKind::kPreempt ? 1U : 0U;
  }

  Bounds bounds_;
  Tape tape_;  // its last entries are 0 but for the last that is not
  std::size_t next_ = 0;
  std::uint32_t preemptions_ = 0;  // in the tape
  std::uint32_t deviations_ = 0;
  bool begun_ = false;
  bool left_out_ = false;
};

}  // namespace mpglab::interleave
