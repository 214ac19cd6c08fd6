// Semaphore: a counter that a thread can take from while it is above zero.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "interleave/engine.h"

namespace mpglab::interleave {

class Semaphore {
 public:
  Semaphore(Engine& engine, std::string name, std::uint32_t initial)
      : engine_(&engine), id_(engine.add_object(std::move(name))), count_(initial) {}

  // Waits until the count is above zero and takes one. Choice point.
  void acquire() {
    engine_->step_when(count_ > 0, waiters_, id_, Access::kAcquire);
    MPG_CHECK(count_ > 0, "a thread was picked to take from an empty semaphore");
    if (--count_ == 0) engine_->forbid(waiters_);
    engine_->done(id_, Access::kAcquire, count_ + 1, count_);
  }

  // Choice point.
  void release() {
    engine_->step(id_, Access::kRelease);
    ++count_;
    engine_->progress();
    engine_->permit(waiters_);
    engine_->done(id_, Access::kRelease, count_ - 1, count_);
  }

  // Not a choice point; between executions only.
  void reset(std::uint32_t count) {
    count_ = count;
    waiters_ = 0;
  }

 private:
  Engine* engine_;
  ObjectId id_;
  std::uint32_t count_;
  ThreadSet waiters_ = 0;
};

}  // namespace mpglab::interleave
