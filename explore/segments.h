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

// Lets another strategy choose and notes the schedule in both forms.
class NoteSchedule final : public interleave::Strategy {
 public:
  explicit NoteSchedule(interleave::Strategy& inner) : inner_(inner) {}

  bool begin() override {
    deviations_.clear();
    schedule_.segments.clear();
    schedule_.answers.clear();
    running_ = interleave::kNoThread;
    return inner_.begin();
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    const std::uint32_t value = inner_.pick(decision);
    if (value >= decision.bound) return value;
    if (value != 0) deviations_.push_back(interleave::anchored_deviation(decision, value));
    if (!decision.picks_thread()) {
      if (value != 0) schedule_.answers.push_back(deviations_.back());
      return value;
    }
    // Where only one thread can go on nobody is asked, so the running one may have changed.
    if (running_ != interleave::kNoThread && running_ != decision.current)
      add(running_, decision.visits[running_]);
    running_ = decision.thread_at(value);
    if (running_ != decision.current) add(decision.current, decision.visits[decision.current]);
    return value;
  }

  void end(const interleave::Tape& tape) override {
    if (running_ != interleave::kNoThread) add(running_, Segment::kAsFarAsItCan);
    inner_.end(tape);
  }

  const std::vector<interleave::AnchoredDeviation>& deviations() const { return deviations_; }
  const SegmentedSchedule& schedule() const { return schedule_; }

 private:
  void add(interleave::ThreadId thread, std::uint32_t until) {
    schedule_.segments.push_back({thread, until});
  }

  interleave::Strategy& inner_;
  std::vector<interleave::AnchoredDeviation> deviations_;
  SegmentedSchedule schedule_;
  interleave::ThreadId running_ = interleave::kNoThread;
};

}  // namespace mpglab::explore
