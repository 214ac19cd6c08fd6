// Twice: every schedule of another strategy two times, the second time by the tape of the first.
// What differs between the two is a leak: a clock, an address, or state that one execution left to
// the next.
//
// The caller runs executions in pairs and compares what the program made of them; the tapes are
// compared here.
#pragma once

#include <optional>
#include <utility>

#include "interleave/replay.h"
#include "interleave/strategy.h"
#include "interleave/tape.h"

namespace mpglab::interleave {

class Twice final : public Strategy {
 public:
  // `inner` must outlive this.
  explicit Twice(Strategy& inner) : inner_(inner) {}

  bool begin() override {
    second_ = replay_.has_value();
    return second_ ? replay_->begin() : inner_.begin();
  }

  std::uint32_t pick(const Decision& decision) override {
    return second_ ? replay_->pick(decision) : inner_.pick(decision);
  }

  void end(const Tape& tape) override {
    if (!second_) {
      inner_.end(tape);
      first_ = tape;
      replay_.emplace(tape);
      return;
    }
    same_ = same_ && tape == first_;
    replay_.reset();
  }

  // Has each second execution had the tape of the first?
  bool same() const { return same_; }

 private:
  Strategy& inner_;
  std::optional<Replay> replay_;
  Tape first_;
  bool second_ = false;
  bool same_ = true;
};

}  // namespace mpglab::interleave
