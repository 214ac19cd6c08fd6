// WaitQueue: goroutines in a row.
#pragma once

#include "sim/g.h"

namespace mpglab::sim {

// First in, first out, linked by schedlink.
class WaitQueue {
 public:
  void push(G& g) {
    g.schedlink = nullptr;
    if (head_ == nullptr) {
      head_ = &g;
    } else {
      tail_->schedlink = &g;
    }
    tail_ = &g;
  }
  // nullptr: nobody waits.
  G* pop() {
    G* g = head_;
    if (g != nullptr) head_ = g->schedlink;
    return g;
  }
  bool empty() const { return head_ == nullptr; }
  // Who waits and in which order, as a number.
  std::uint64_t fingerprint() const {
    interleave::Past order;
    for (const G* g = head_; g != nullptr; g = g->schedlink) order.saw(std::uint64_t{g->index} + 1);
    return order.number;
  }
  void clear() { head_ = tail_ = nullptr; }

 private:
  G* head_ = nullptr;
  G* tail_ = nullptr;
};

}  // namespace mpglab::sim
