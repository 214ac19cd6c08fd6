// GrowingDfs: every schedule that leaves the default one at most 0 times, then 1, then 2 times and
// so on, so that a finding is one with the fewest deviations, and it is known how far all were
// tried.
//
// Each round begins anew, so schedules with few deviations are run again in the next; since a round
// is many times as large as the one before, that costs little.
#pragma once

#include <cstdint>
#include <utility>

#include "interleave/bounded_dfs.h"

namespace mpglab::explore {

class GrowingDfs final : public interleave::Strategy {
 public:
  static constexpr std::uint32_t kUnbounded = interleave::BoundedDfs::kUnbounded;

  // `bounds`: how far to go; with both unbounded it goes on until there is nothing left.
  explicit GrowingDfs(const interleave::BoundedDfs::Bounds& bounds)
      : bounds_(bounds), round_({bounds.preemptions, 0}) {}

  bool begin() override {
    while (!round_.begin()) {
      complete_ = deviations_ + 1;
      whole_ = !round_.left_out();
      if (whole_ || deviations_ == bounds_.deviations) return false;
      round_ = interleave::BoundedDfs({bounds_.preemptions, ++deviations_});
    }
    return true;
  }
  std::uint32_t pick(const interleave::Decision& decision) override {
    return round_.pick(decision);
  }
  void end(const interleave::Tape& tape) override { round_.end(tape); }

  // All schedules with fewer deviations than that, within the bound of preemptions, were tried.
  std::uint32_t complete_below() const { return complete_; }
  // There are no others, whatever the bounds.
  bool whole() const { return whole_; }

  // Where it is between two schedules: for going on in another process.
  struct Position {
    std::uint32_t deviations = 0;  // of this round
    std::uint32_t complete_below = 0;
    interleave::BoundedDfs::Position round;

    friend bool operator==(const Position&, const Position&) = default;
  };
  Position position() const { return {deviations_, complete_, round_.position()}; }
  // REQUIRES: no schedule was tried yet; the position is of a search with the same bounds, and
  // there was more to try.
  void go_on_from(Position position) {
    deviations_ = position.deviations;
    complete_ = position.complete_below;
    round_ = interleave::BoundedDfs({bounds_.preemptions, deviations_});
    round_.go_on_from(std::move(position.round));
  }

 private:
  const interleave::BoundedDfs::Bounds bounds_;
  interleave::BoundedDfs round_;
  std::uint32_t deviations_ = 0;
  std::uint32_t complete_ = 0;
  bool whole_ = false;
};

}  // namespace mpglab::explore
