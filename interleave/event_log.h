// EventLog: the operations of one execution in their order, and which of them happen before which.
//
// An operation happens before those that come after it in its own thread, before what a thread does
// that it has started, and before operations that it depends on or that depend on it, in the order
// of the execution. Two executions with the same such order are equivalent: one Mazurkiewicz trace.
// What counts as dependent: two operations on one object of which at least one has written, but for
// two that add and do not look (Access::kAdd) or both raise (Access::kRaise). A compare-and-swap
// that failed has only read.
//
// A step of several operations (at_once.h) is one event: it happens before what any of its
// operations happens before, and after what any of them happens after. An object that stands alone
// (Engine::stands_alone) and that it leaves as it found it, it has only read: two critical sections
// of one lock commute if what they do inside does.
//
// Kept as vector clocks (Mattern 1989), one for each event.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "interleave/access.h"
#include "interleave/footprint.h"

namespace mpglab::interleave {

// A step that a thread has made, or would make at some place: an operation, and perhaps more behind
// it.
struct Event {
  ThreadId thread = kNoThread;
  Operation operation;
  bool wrote = false;
  std::uint64_t operand = 0;  // what a compare-and-swap expects, what a wait waits for
  std::uint64_t before = 0;   // the object's value as a word, before and after
  std::uint64_t after = 0;
  bool at_once = false;             // there may be more behind the operation
  const Footprint* more = nullptr;  // what that touches, if there is any
  bool alone = false;               // the object stands alone (Engine::stands_alone)
  bool kept = false;                // and the step as a whole left it as it had found it
};

inline Effect effect_of(const Event& event) {
  return event.kept ? Effect::kRead : effect_of(event.operation.access, event.wrote);
}

// Was it not made in this order yet, so that not all of what it would do is known?
inline bool is_open(const Event& event) {
  return event.more != nullptr && event.more->open;
}

inline bool dependent_steps(const Event& a, const Event& b) {
  if (a.more != nullptr && b.more != nullptr && a.more->depends_on(*b.more)) return true;
  if (a.more != nullptr && a.more->depends_on(b.operation.object, effect_of(b))) return true;
  return b.more != nullptr && b.more->depends_on(a.operation.object, effect_of(a));
}

// May the order of these two matter? They are of different threads.
inline bool dependent(const Event& a, const Event& b) {
  if (is_open(a) || is_open(b)) return true;
  if (a.operation.object == b.operation.object && a.operation.object != kNoObject &&
      dependent(effect_of(a), effect_of(b)))
    return true;
  return (a.more != nullptr || b.more != nullptr) && dependent_steps(a, b);
}

// Does what sleeps wake up when `event` is made?
inline bool is_woken(const Event& asleep, const Event& event) {
  return asleep.thread == event.thread || dependent(asleep, event);
}

class EventLog {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;

  Index size() const { return static_cast<Index>(events_.size()); }
  const Event& operator[](Index index) const { return events_[index]; }

  // Of a step of several operations only its thread counts until it is complete.
  void append(const Event& event);
  // The last event goes on with this operation.
  void extend(const Event& operation);
  // The last event is complete: from now on it has its footprint, and its place in the order.
  // Whether that is new.
  bool seal(KnownFootprints& footprints);
  // What an event has done behind its first operation, in order.
  const std::vector<Event>& rest(Index index) const { return rests_[index]; }
  // `child` begins after what `parent` has done before the place `at`.
  void spawned(ThreadId parent, ThreadId child, Index at);
  // `thread` makes its first step behind the first one of `other`.
  void follows(ThreadId thread, ThreadId other);
  // The step of another thread behind which the first one of `thread` comes, if that is what comes
  // next from it at the place `at`; or kNone.
  Index followed_by(ThreadId thread, Index at) const;
  bool has_begun(ThreadId thread) const {
    return thread < of_thread_.size() && !of_thread_[thread].empty();
  }
  // Forgets the events from `size` on.
  void truncate(Index size);

  // REQUIRES: a < b.
  bool happens_before(Index a, Index b) const {
    return clocks_[std::size_t{b} * width_ + events_[a].thread] >= numbers_[a];
  }

  // What `event`, if it came at the place `at` (behind all events before that place), would depend
  // on directly: the last event of its thread, or the one after which its thread was started.
  Index last_of_thread(const Event& event, Index at) const {
    return last_of_thread(event.thread, at);
  }

  // What an event has done to an object.
  struct Touch {
    Index index;           // of the event
    Effect effect;         // of all of its operations
    std::uint64_t before;  // the object's value before it, and after
    std::uint64_t after;
    // So many of those on the object there are up to the last one that is no read, and this one at
    // most. Reads are many, and a read asks for all others.
    std::size_t changes;
  };
  // Of the first `behind` of these, so many there are up to the last that depends on such an
  // effect; 0: none does.
  static std::size_t depending(const std::vector<Touch>& touches, std::size_t behind,
                               Effect effect) {
    if (effect == Effect::kRead) return behind == 0 ? 0 : touches[behind - 1].changes;
    while (behind > 0 && !dependent(effect, touches[behind - 1].effect)) --behind;
    return behind;
  }
  // The events on an object, in order.
  const std::vector<Touch>& on_object(ObjectId object) const {
    return object < on_object_.size() ? on_object_[object] : nothing_;
  }
  // Those on the object that are before the place `at`: behind the last of them.
  std::vector<Touch>::const_iterator before(const std::vector<Touch>& touches, Index at) const {
    return std::lower_bound(touches.begin(), touches.end(), at,
                            [](const Touch& touch, Index index) { return touch.index < index; });
  }

  // The events that happen before some place: a clock.
  void begin_clock(std::vector<std::uint32_t>& clock, Index first) const {
    clock.assign(width_, 0);
    if (first != kNone) join_clock(clock, first);
  }
  void join_clock(std::vector<std::uint32_t>& clock, Index other) const {
    for (std::size_t i = 0; i < width_; ++i)
      clock[i] = std::max(clock[i], clocks_[std::size_t{other} * width_ + i]);
  }
  bool in_clock(const std::vector<std::uint32_t>& clock, Index index) const {
    return clock[events_[index].thread] >= numbers_[index];
  }

 private:
  void widen(std::size_t threads);
  void join(std::size_t clock, Index other);
  void touch(const Event& operation, Index index);
  Event& operation(std::size_t number) {
    return number == 0 ? events_.back() : rests_[events_.size() - 1][number - 1];
  }
  void find_kept();
  Index last_of_thread(ThreadId thread, Index at) const;

  std::vector<Event> events_;
  std::vector<std::uint32_t> numbers_;  // which of its thread an event is, from 1
  std::vector<std::uint32_t> clocks_;   // width_ numbers for each event
  std::size_t width_ = 8;
  std::vector<std::vector<Index>> of_thread_;
  std::vector<Index> started_after_;  // by thread
  std::vector<ThreadId> follows_;     // by thread
  std::vector<std::vector<Touch>> on_object_;
  std::vector<Touch> nothing_;
  std::vector<std::vector<Event>> rests_;  // by event; old ones behind
  // Operations of the last event that have their places in the order; kNone: it is sealed.
  Index placed_ = kNone;
};

}  // namespace mpglab::interleave
