// Round robin: threads take turns, each for `quantum` choice points or until it cannot go on. With
// quantum 0 nobody is preempted: the default schedule.
#pragma once

#include <cstdint>

#include "interleave/strategy.h"

namespace mpglab::interleave {

class RoundRobin final : public Strategy {
 public:
  explicit RoundRobin(std::uint32_t quantum = 0) : quantum_(quantum) {}

  bool begin() override {
    left_ = quantum_;
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (!decision.picks_thread()) return 0;
    if (decision.kind == ChoiceKind::kPreempt && (quantum_ == 0 || --left_ > 0)) return 0;
    left_ = quantum_;
    // Place 0 is whoever runs now, if it can go on; place 1 the next in turn.
    return decision.kind == ChoiceKind::kPreempt ? 1 : 0;
  }

  void end(const Tape& /*tape*/) override {}

 private:
  std::uint32_t quantum_;
  std::uint32_t left_ = 0;
};

}  // namespace mpglab::interleave
