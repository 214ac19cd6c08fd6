// Observer: sees an execution step by step. Hunting runs without one; a finding is run again with
// one, to be explained.
#pragma once

#include <cstdint>

#include "interleave/access.h"
#include "interleave/past.h"
#include "interleave/tape.h"

namespace mpglab::interleave {

// An operation that a thread has made.
struct Step {
  std::uint64_t number;  // counts the steps of the execution from 1
  ThreadId thread;
  Operation operation;
  std::uint64_t before;  // the object's value as a word, before and after
  std::uint64_t after;
  bool wrote;  // if only the value that was there already; a compare-and-swap that failed has not
};

class Observer {
 public:
  virtual ~Observer() = default;

  virtual void on_operation(const Step& step) = 0;

  // Does it want to be told of operations of a part that runs undisturbed? Asked when such a part
  // begins.
  virtual bool hears_undisturbed() const { return true; }

  // The operation that was told of last was one on this object as well.
  virtual void on_also(const Step& /*step*/) {}

  // `thread`, in the middle of a step of several operations, has come to one that is not possible:
  // it waits, and will make it in a step of its own.
  virtual void on_wait(ThreadId /*thread*/) {}

  // `thread` gives way.
  virtual void on_yield(ThreadId /*thread*/) {}

  // Time stood still, and nobody could go on but `thread`, whose time limit has run out now.
  virtual void on_time_passed(ThreadId /*thread*/) {}

  // From here on the strategy is not asked, and no choice is told of; or it is asked again.
  virtual void on_undisturbed(bool /*on*/) {}

  // `parent` has started `child`, which from here on is a candidate.
  virtual void on_spawn(ThreadId /*parent*/, ThreadId /*child*/) {}

  // Does it want to know what follows? Asked when it begins to observe.
  virtual bool keeps_pasts() const { return false; }
  // `thread` has read something that is no object's and that others may have written; or goes on in
  // a way that depends on nothing but `key` and what it will see; or keeps its past elsewhere.
  virtual void on_saw(ThreadId /*thread*/, std::uint64_t /*value*/) {}
  virtual void on_forgot(ThreadId /*thread*/, std::uint64_t /*key*/) {}
  virtual void on_past(ThreadId /*thread*/, Past& /*past*/) {}

  // Entry number `index` of the tape was chosen while `current` was running. `taken` is the thread
  // that goes on; for a choice of the program it is `current`.
  virtual void on_choice(std::size_t index, const Choice& choice, ThreadId current,
                         ThreadId taken) = 0;
};

}  // namespace mpglab::interleave
