// NoteSchedule: what a schedule was, in the three forms in which shrinking takes one apart:
// deviations (interleave/anchored.h), segments (segments.h) and holds (holds.h).
#pragma once

#include <cstdint>
#include <vector>

#include "explore/places.h"
#include "explore/segments.h"
#include "interleave/anchored.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// Lets another strategy choose and notes the schedule in all three forms.
class NoteSchedule final : public interleave::Strategy {
 public:
  explicit NoteSchedule(interleave::Strategy& inner) : inner_(inner) {}

  bool begin() override {
    deviations_.clear();
    preempted_at_.clear();
    places_.reset();
    schedule_.segments.clear();
    schedule_.answers.clear();
    running_ = interleave::kNoThread;
    return inner_.begin();
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    const std::uint32_t value = inner_.pick(decision);
    if (value >= decision.bound) return value;
    if (decision.kind == interleave::ChoiceKind::kPreempt) {
      const Place place = places_.here(decision);
      if (value != 0) preempted_at_.push_back(place);
    }
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
  const std::vector<Place>& preempted_at() const { return preempted_at_; }

 private:
  void add(interleave::ThreadId thread, std::uint32_t until) {
    schedule_.segments.push_back({thread, until});
  }

  interleave::Strategy& inner_;
  std::vector<interleave::AnchoredDeviation> deviations_;
  SegmentedSchedule schedule_;
  std::vector<Place> preempted_at_;
  Places places_;
  interleave::ThreadId running_ = interleave::kNoThread;
};

}  // namespace mpglab::explore
