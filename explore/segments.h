// Segments: a schedule as who ran how far, one thread after the other; the second of the two forms
// in which shrinking takes a schedule apart (the first is interleave/anchored.h).
//
// A deviation that only makes up for another one cannot be left out alone. Seen as segments, a
// thread that is held up less is one segment the fewer, and the bounds of all the others still
// stand, because each is counted in its thread's own course. After Jalbert and Sen, "A Trace
// Simplification Technique for Effective Debugging of Concurrent Programs", FSE 2010.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "interleave/anchored.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// A thread goes on until it is at its `until`-th choice point, or cannot go on.
struct Segment {
  static constexpr std::uint32_t kAsFarAsItCan = 0xffffffff;

  interleave::ThreadId thread;
  std::uint32_t until;
};

struct SegmentedSchedule {
  std::vector<Segment> segments;
  std::vector<interleave::AnchoredDeviation> answers;  // choices of the program that are not 0
};

// Runs a segmented schedule as far as it fits: a segment whose thread cannot go on, or is past its
// bound, ends at once, and after the last one comes the default schedule. Never diverges.
class FollowSegments final : public interleave::Strategy {
 public:
  explicit FollowSegments(const SegmentedSchedule& schedule)
      : segments_(schedule.segments), answers_(schedule.answers) {}

  bool begin() override {
    at_ = 0;
    return answers_.begin();
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    if (!decision.picks_thread()) return answers_.pick(decision);
    for (; at_ < segments_.size(); ++at_) {
      const Segment& segment = segments_[at_];
      const bool can = ((decision.candidates >> segment.thread) & 1) != 0;
      if (can && decision.visits[segment.thread] < segment.until)
        return decision.place(segment.thread);
    }
    return 0;
  }

  void end(const interleave::Tape& /*tape*/) override {}

 private:
  std::vector<Segment> segments_;
  interleave::Anchored answers_;
  std::size_t at_ = 0;
};

}  // namespace mpglab::explore
