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
  };

  bool empty() const { return heads_.empty(); }
  std::size_t size() const { return heads_.size(); }
  const Head& operator[](std::size_t index) const { return heads_[index]; }
  void clear() {
    heads_.clear();
    stays_until_ = kForever;
  }

  void insert(Head head) {
    heads_.push_back(head);
    sift_up(heads_.size() - 1);
    look_ahead();
  }

  // The cursor's event has happened, and its next one is at `time`.
  void update(std::size_t index, Time time) {
    heads_[index].time = time;
    // The usual case: the same thread goes on being the earliest.
    if (index == 0 && time <= stays_until_) [[likely]]
      return;
    if (sift_up(index) == index) sift_down(index);
    look_ahead();
  }

  // The cursor has no more events.
  void remove(std::size_t index) {
    for (; index > 0; index = parent(index)) std::swap(heads_[parent(index)], heads_[index]);
    std::swap(heads_.front(), heads_.back());
    heads_.pop_back();
    sift_down(0);
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

  std::size_t sift_up(std::size_t index) {
    for (; index > 0 && heads_[parent(index)].time > heads_[index].time; index = parent(index))
      std::swap(heads_[parent(index)], heads_[index]);
    return index;
  }

  void sift_down(std::size_t index) {
    const std::size_t count = heads_.size();
    if (index >= count) return;
    const Head head = heads_[index];
    for (;;) {
      std::size_t least = 2 * index + 1;
      if (least >= count) break;
      // Of two children with equal times it is the first.
      if (least + 1 < count && heads_[least + 1].time < heads_[least].time) ++least;
      if (heads_[least].time >= head.time) break;
      heads_[index] = heads_[least];
      index = least;
    }
    heads_[index] = head;
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
