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

#include "interleave/at_once.h"
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
    engine_->step(word_, interleave::Access::kChange);
    const std::uint64_t before = value();
    G* const overflow = push(g, next);
    changed(before);
    return saw(overflow);
  }

  // [cp]
  G* get(bool& inherit_time) {
    engine_->step_take(word_, kNextBit | kRingBits);
    const std::uint64_t before = value();
    inherit_time = next_ != nullptr;
    G* taken = nullptr;
    if (next_ != nullptr) {
      taken = take_next();
    } else if (size() != 0) {
      taken = ring_[head_++ % kCapacity];
    }
    took(before);
    engine_->saw(inherit_time ? 1 : 0);
    return saw(taken);
  }

  // [cp]
  bool empty() const {
    look();
    engine_->saw(looks_empty() ? 0 : 1);
    return looks_empty();
  }
  // Not a choice point: for assertions.
  bool looks_empty() const { return next_ == nullptr && size() == 0; }

  // Moves half of this queue, rounded up, to the end of `thief`, except the last one, which is
  // returned. nullptr: nothing in the ring. [cp]
  G* steal_half(RunQueue& thief) {
    // The thief's is changed in the same step. (In Go that is a store of its own, by whom the queue
    // belongs to.)
    const interleave::AtOnce both(*engine_, true);
    engine_->step_take(word_, kRingBits);
    const std::uint64_t before = value();
    const std::uint64_t thiefs_before = thief.value();
    std::uint32_t n = size() - size() / 2;
    G* taken = nullptr;
    if (n != 0) {
      for (; n > 1; --n) thief.ring_[thief.tail_++ % kCapacity] = ring_[head_++ % kCapacity];
      taken = ring_[head_++ % kCapacity];
    }
    took(before);
    if (thief.value() != thiefs_before)
      engine_->also(thief.word_, interleave::Access::kChange, thiefs_before, thief.value());
    return saw(taken);
  }

  // [cp]
  G* peek_next() const {
    look();
    return saw(next_);
  }
  // Takes the next slot if it still holds `expected`. [cp]
  bool steal_next(const G* expected) {
    engine_->step(word_, interleave::Access::kChange);
    const std::uint64_t before = value();
    saw(next_);
    const bool still_there = next_ == expected;
    if (still_there) take_next();
    changed(before);
    return still_there;
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
  // For observers: how many are in the ring, and whether there is one that runs next.
  static constexpr std::uint64_t kNextBit = 1;
  static constexpr std::uint64_t kRingBits = ~kNextBit;
  std::uint64_t value() const {
    return std::uint64_t{size()} << 1 | (next_ != nullptr ? kNextBit : 0);
  }
  G* push(G& g, bool next) {
    G* pushed = &g;
    if (next) {
      pushed = next_;
      next_ = &g;
      if (pushed == nullptr) return nullptr;
    }
    if (size() == kCapacity) return pushed;
    ring_[tail_++ % kCapacity] = pushed;
    return nullptr;
  }
  G* take_next() {
    G* g = next_;
    next_ = nullptr;
    return g;
  }
  void look() const {
    engine_->step(word_, interleave::Access::kLook);
    engine_->done(word_, interleave::Access::kLook, value(), value());
  }
  void changed(std::uint64_t before) {
    engine_->progress();
    engine_->done(word_, interleave::Access::kChange, before, value());
  }
  void took(std::uint64_t before) {
    engine_->progress();
    engine_->took(word_, before, value());
  }

  interleave::Engine* engine_;
  interleave::ObjectId word_;
  G* next_ = nullptr;
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
  std::array<G*, kCapacity> ring_{};
};

}  // namespace mpglab::sim
