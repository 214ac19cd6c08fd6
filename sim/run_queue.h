// RunQueue: a P's own queue of runnable goroutines, with the slot for the one that runs next.
//
// Source: Go 1.22 runqput, runqget, runqgrab, runqempty (proc.go at 3d20a327a1). Go's queue is
// lock-free; its internal races are not what this model is about, so each operation is one step on
// one word: one choice point. runqgrab keeps Go's order: half of the queue, and the next slot only
// when asked for and only after giving its P a moment to run it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "interleave/engine.h"
#include "sim/g.h"

namespace mpglab::sim {

class RunQueue {
 public:
  static constexpr std::uint32_t kCapacity = 256;

  RunQueue(interleave::Engine& engine, const std::string& name)
      : engine_(&engine), word_(engine.add_object(name)) {}

  // Returns a goroutine that found no room and belongs on the global queue; mostly nullptr. [cp]
  G* put(G& g, bool next) {
    announce(interleave::Access::kUpdate);
    G* pushed = &g;
    if (next) {
      pushed = next_;
      next_ = &g;
      if (pushed == nullptr) return saw(nullptr);
    }
    if (size() == kCapacity) return saw(pushed);
    ring_[tail_++ % kCapacity] = pushed;
    return saw(nullptr);
  }

  // [cp]
  G* get(bool& inherit_time) {
    announce(interleave::Access::kUpdate);
    inherit_time = next_ != nullptr;
    if (next_ != nullptr) return saw(take_next());
    if (size() == 0) return saw(nullptr);
    return saw(ring_[head_++ % kCapacity]);
  }

  // [cp]
  bool empty() const {
    announce(interleave::Access::kLoad);
    engine_->saw(looks_empty() ? 0 : 1);
    return looks_empty();
  }
  // Not a choice point: for assertions.
  bool looks_empty() const { return next_ == nullptr && size() == 0; }

  // Moves half of this queue, rounded up, to the end of `thief`, except the last one, which is
  // returned. nullptr: nothing in the ring. [cp]
  G* steal_half(RunQueue& thief) {
    announce(interleave::Access::kUpdate);
    std::uint32_t n = size() - size() / 2;
    if (n == 0) return saw(nullptr);
    for (; n > 1; --n) thief.ring_[thief.tail_++ % kCapacity] = ring_[head_++ % kCapacity];
    return saw(ring_[head_++ % kCapacity]);
  }

  // [cp]
  G* peek_next() const {
    announce(interleave::Access::kLoad);
    return saw(next_);
  }
  // Takes the next slot if it still holds `expected`. [cp]
  bool steal_next(const G* expected) {
    announce(interleave::Access::kUpdate);
    saw(next_);
    if (next_ != expected) return false;
    take_next();
    return true;
  }

  // Not a choice point: between executions, and for setting a world up.
  void reset() {
    next_ = nullptr;
    head_ = tail_ = 0;
  }
  void preload(G& g) { ring_[tail_++ % kCapacity] = &g; }
  // What is in it and in which order, as a number.
  std::uint64_t fingerprint() const {
    interleave::Past content;
    content.saw(number_of(next_));
    for (std::uint32_t i = head_; i != tail_; ++i) content.saw(number_of(ring_[i % kCapacity]));
    return content.number;
  }

 private:
  std::uint32_t size() const { return tail_ - head_; }
  static std::uint64_t number_of(const G* g) { return g == nullptr ? 0 : g->index + 1; }
  G* saw(G* g) const {
    engine_->saw(number_of(g));
    return g;
  }
  G* take_next() {
    G* g = next_;
    next_ = nullptr;
    return g;
  }
  void announce(interleave::Access access) const {
    engine_->step(word_, access);
    if (access != interleave::Access::kLoad) engine_->progress();
    if (engine_->observed()) engine_->done(word_, access, size(), size());
  }

  interleave::Engine* engine_;
  interleave::ObjectId word_;
  G* next_ = nullptr;
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
  std::array<G*, kCapacity> ring_{};
};

}  // namespace mpglab::sim
