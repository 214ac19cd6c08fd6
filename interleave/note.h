// Note: a one-shot sleep and wake-up, as Go's runtime notes on a futex. wakeup() may come before
// sleep(). clear() makes it ready for the next time.
#pragma once

#include <string>
#include <utility>

#include "interleave/engine.h"

namespace mpglab::interleave {

class Note {
 public:
  Note(Engine& engine, std::string name)
      : engine_(&engine), id_(engine.add_object(std::move(name))) {}

  // Waits until the note is set. Choice point.
  void sleep() {
    engine_->step_when(set_, waiters_, id_, Access::kSleep);
    MPG_CHECK(set_, "a sleeper was picked before its note was set");
    engine_->done(id_, Access::kSleep, 1, 1);
  }

  // Waits until the note is set or the time is over, which it may be at any moment at which other
  // threads have gone on. Returns whether it was set. Choice point.
  bool sleep_with_timeout() {
    engine_->step_when_or_yield(set_, waiters_, id_, Access::kSleep);
    engine_->done(id_, Access::kSleep, set_ ? 1 : 0, set_ ? 1 : 0);
    return set_;
  }

  // Sets it. REQUIRES: it is not set; waking twice is a fault in the program. Choice point.
  void wakeup() {
    engine_->step(id_, Access::kWake);
    MPG_CHECK(!set_, "a note was set twice");
    set_ = true;
    engine_->progress();
    engine_->permit(waiters_);
    engine_->done(id_, Access::kWake, 0, 1);
  }

  // Choice point.
  void clear() {
    engine_->step(id_, Access::kClear);
    const bool before = set_;
    set_ = false;
    engine_->done(id_, Access::kClear, before ? 1 : 0, 0);
  }

  // As new. Not a choice point; between executions only.
  void reset() {
    set_ = false;
    waiters_ = 0;
  }

 private:
  Engine* engine_;
  ObjectId id_;
  bool set_ = false;
  ThreadSet waiters_ = 0;
};

}  // namespace mpglab::interleave
