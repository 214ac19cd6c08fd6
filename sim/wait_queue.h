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
  void clear() { head_ = tail_ = nullptr; }

 private:
  G* head_ = nullptr;
  G* tail_ = nullptr;
};

}  // namespace mpglab::sim
