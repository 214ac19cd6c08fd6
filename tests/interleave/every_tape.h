// EveryTape: all schedules of a small program, one after the other, so that a test can say exactly
// which outcomes there are. It knows nothing of equivalence: for programs of a dozen steps.
#pragma once

#include <cstddef>

#include "interleave/strategy.h"
#include "interleave/tape.h"

namespace mpglab::interleave::test {

class EveryTape final : public Strategy {
 public:
  bool begin() override {
    next_ = 0;
    if (first_) return true;
    // The next tape in lexicographic order: the last entry that can go up does, the rest starts
    // anew.
    while (!tape_.empty() && tape_.back().value + 1 == tape_.back().bound) tape_.pop_back();
    if (tape_.empty()) return false;
    ++tape_.back().value;
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (next_ == tape_.size()) tape_.push_back({decision.kind, decision.bound, 0});
    return tape_[next_++].value;
  }

  void end(const Tape& tape) override {
    first_ = false;
    tape_ = tape;
    ++executions_;
  }

  std::size_t executions() const { return executions_; }

 private:
  Tape tape_;
  std::size_t next_ = 0;
  bool first_ = true;
  std::size_t executions_ = 0;
};

}  // namespace mpglab::interleave::test
