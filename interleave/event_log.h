// EventLog: the operations of one execution in their order, and which of them happen before which.
//
// An operation happens before those that come after it in its own thread, before what a thread does
// that it has started, and before operations that it depends on or that depend on it, in the order
// of the execution. Two executions with the same such order are equivalent: one Mazurkiewicz trace.
// What counts as dependent: two operations on one object of which at least one has written. A
// compare-and-swap that failed has only read.
//
// Kept as vector clocks (Mattern 1989), one for each operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "interleave/access.h"

namespace mpglab::interleave {

// An operation that a thread has made, or would make at some place.
struct Event {
  ThreadId thread = kNoThread;
  Operation operation;
  bool wrote = false;
  std::uint64_t operand = 0;  // what a compare-and-swap expects, what a wait waits for
  std::uint64_t before = 0;   // the object's value as a word, before and after
  std::uint64_t after = 0;
};

// May the order of these two matter? They are of different threads.
inline bool dependent(const Event& a, const Event& b) {
  return a.operation.object == b.operation.object && a.operation.object != kNoObject &&
         (a.wrote || b.wrote);
}

class EventLog {
 public:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffff;

  Index size() const { return static_cast<Index>(events_.size()); }
  const Event& operator[](Index index) const { return events_[index]; }

  void append(const Event& event);
  // `child` begins after what `parent` has done before the place `at`.
  void spawned(ThreadId parent, ThreadId child, Index at);
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

  // The events on an object, in order.
  const std::vector<Index>& on_object(ObjectId object) const {
    return object < on_object_.size() ? on_object_[object] : nothing_;
  }

 private:
  void widen(std::size_t threads);
  void join(std::size_t clock, Index other);
  Index last_of_thread(ThreadId thread, Index at) const;

  std::vector<Event> events_;
  std::vector<std::uint32_t> numbers_;  // which of its thread an event is, from 1
  std::vector<std::uint32_t> clocks_;   // width_ numbers for each event
  std::size_t width_ = 8;
  std::vector<std::vector<Index>> of_thread_;
  std::vector<Index> started_after_;  // by thread
  std::vector<std::vector<Index>> on_object_;
  std::vector<Index> nothing_;
};

}  // namespace mpglab::interleave
