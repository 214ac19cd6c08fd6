// Mutex: mutual exclusion between simulated threads. Not recursive.
//
// lock() is a choice point at which a thread waits until nobody holds the mutex, so a thread that
// has been picked gets it. unlock() is a choice point.
#pragma once

#include <string>
#include <utility>

#include "interleave/engine.h"

namespace mpglab::interleave {

class Mutex {
 public:
  Mutex(Engine& engine, std::string name)
      : engine_(&engine), id_(engine.add_object(std::move(name))) {}

  // REQUIRES: this thread does not hold it; that would be a deadlock, and is reported as one.
  void lock() {
    engine_->step_when(holder_ == kNoThread, waiters_, id_, Access::kLock);
    MPG_CHECK(holder_ == kNoThread, "two threads got one mutex");
    set_holder(engine_->current());
    engine_->forbid(waiters_);
    engine_->locked();
    engine_->done(id_, Access::kLock, 0, 1);
  }

  // REQUIRES: this thread holds it.
  void unlock() {
    engine_->step_unlock(id_);
    MPG_CHECK(held(), "unlock by a thread that does not hold the mutex");
    set_holder(kNoThread);
    engine_->permit(waiters_);
    engine_->done(id_, Access::kUnlock, 1, 0);
  }

  // Does this thread hold it? Not a choice point.
  bool held() const { return holder_ == engine_->current(); }

  ObjectId id() const { return id_; }

  // Back to free, whoever held it. Not a choice point; between executions only.
  void reset() {
    set_holder(kNoThread);
    waiters_ = 0;
  }

 private:
  void set_holder(ThreadId holder) {
    holder_ = holder;
    engine_->set_holder(id_, holder);
  }

  Engine* engine_;
  ObjectId id_;
  ThreadId holder_ = kNoThread;
  ThreadSet waiters_ = 0;
};

// Holds a mutex for a scope. An execution that is abandoned in the scope leaves it locked: reset()
// between executions.
class MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace mpglab::interleave
