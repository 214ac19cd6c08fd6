// Frontier: the next event of each thread, the earliest first.
//
// Times do not decide what may happen next, but they decide what is tried first, and among equal
// times the place in this heap does. So it is Go's reader's heap, move by move (golang/exp
// trace/batchcursor.go and reader.go, August 2026): two readers that tried in another order would
// deliver the same events in another order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "parser/event.h"
#include "parser/pattern_sort.h"

namespace mpglab::parser {

class StreamCursor;

class Frontier {
 public:
  struct Head {
    Time time;
    StreamCursor* cursor;

    // A word at a time, as put().
    friend void swap(Head& a, Head& b) {
      std::swap(a.time, b.time);
      std::swap(a.cursor, b.cursor);
    }
  };

  bool empty() const { return heads_.empty(); }
  std::size_t size() const { return heads_.size(); }
  const Head& operator[](std::size_t index) const { return heads_[index]; }
  void clear() {
    heads_.clear();
    stays_until_ = kForever;
  }

  // Until when the first may go on without a look at the others: as long as it is not later.
  Time stays_until() const { return stays_until_; }

  void insert(Head head) {
    heads_.push_back(head);
    put(sift_up(heads_.size() - 1, head.time), head);
    look_ahead();
  }

  // The cursor's event has happened, and its next one is at `time`.
  void update(std::size_t index, Time time) {
    // The usual case: the same thread goes on being the earliest.
    if (index == 0 && time <= stays_until_) [[likely]] {
      heads_[0].time = time;
      return;
    }
    StreamCursor* const cursor = heads_[index].cursor;
    std::size_t at = sift_up(index, time);
    if (at == index) at = sift_down(index, time);
    put(at, {time, cursor});
    look_ahead();
  }

  // The cursor has no more events.
  void remove(std::size_t index) {
    for (; index > 0; index = parent(index)) put(index, heads_[parent(index)]);
    const Head last = heads_.back();
    heads_.pop_back();
    if (!heads_.empty()) put(sift_down(0, last.time), last);
    look_ahead();
  }

  // All by time; what is sorted is a heap as well.
  void sort() {
    sort_by_time(std::span(heads_));
    look_ahead();
  }

 private:
  static constexpr Time kForever = std::numeric_limits<Time>::max();

  static std::size_t parent(std::size_t index) { return (index - 1) / 2; }

  // Where a head with this time has to go that stood, or is to stand, at `index`; those that were
  // in its way have made room.
  std::size_t sift_up(std::size_t index, Time time) {
    for (; index > 0 && heads_[parent(index)].time > time; index = parent(index))
      put(index, heads_[parent(index)]);
    return index;
  }
  std::size_t sift_down(std::size_t index, Time time) {
    const std::size_t count = heads_.size();
    for (;;) {
      std::size_t least = 2 * index + 1;
      if (least >= count) break;
      // Of two children with equal times it is the first.
      if (least + 1 < count && heads_[least + 1].time < heads_[least].time) ++least;
      if (heads_[least].time >= time) break;
      put(index, heads_[least]);
      index = least;
    }
    return index;
  }
  // A word at a time: a processor that is to load two words at once which were stored one by one
  // just before has to wait until they have reached the cache.
  void put(std::size_t index, const Head& head) {
    heads_[index].time = head.time;
    heads_[index].cursor = head.cursor;
  }

  // Until when the first may go on without a look at the others.
  void look_ahead() {
    stays_until_ = kForever;
    if (heads_.size() > 1) stays_until_ = heads_[1].time;
    if (heads_.size() > 2) stays_until_ = std::min(stays_until_, heads_[2].time);
  }

  std::vector<Head> heads_;
  Time stays_until_ = kForever;
};

}  // namespace mpglab::parser
