// Shared<T>: a word that threads share, sequentially consistent. Every access is a choice point.
//
// T is a number, a bool or an enum: what is shared by reference is named by a number, so that no
// address gets into a schedule or an output.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "interleave/engine.h"

namespace mpglab::interleave {

template <class T>
class Shared {
  static_assert(std::is_integral_v<T> || std::is_enum_v<T>, "a shared word is a number or an enum");

 public:
  Shared(Engine& engine, std::string name, T initial = T{})
      : engine_(&engine), id_(engine.add_object(std::move(name))), value_(initial) {}

  // Choice point.
  T load() const {
    engine_->step(id_, Access::kLoad);
    engine_->done(id_, Access::kLoad, word(value_), word(value_));
    return value_;
  }

  // Choice point.
  void store(T value) {
    engine_->step(id_, Access::kStore);
    set(Access::kStore, value);
  }

  // Compare and swap: puts `desired` where `expected` was, and tells whether it was there.
  // Choice point.
  bool cas(T expected, T desired) {
    not_with(kRaised);
    engine_->step_cas(id_, word(expected));
    if (value_ != expected) {
      engine_->done_in_vain(id_, word(value_));
      return false;
    }
    set(Access::kCas, desired);
    return true;
  }

  // Looks whether `expected` is there, and only then tries to swap: nothing comes of the look but
  // that. If the look finds something else, so would the swap in its place; if it does not, the
  // swap tells by itself whether that is so still. So whatever the two do together, at any places
  // in the order, the swap alone does at one of them, and EngineOptions::spare_looks leaves the
  // look out. Choice point, or two.
  bool look_and_cas(T expected, T desired) {
    if (!engine_->spares_looks() && load() != expected) return false;
    return cas(expected, desired);
  }

  // Adds and returns the new value, as Go's atomic.Add. Choice point.
  T add(T delta) {
    engine_->step(id_, Access::kUpdate);
    set(Access::kUpdate, static_cast<T>(value_ + delta));
    return value_;
  }

  // Adds and does not look, so that two of them may as well come in the other order. Choice point.
  // REQUIRES: nobody waits for the word's value, ever: which of several adds made it so would
  // matter.
  void bump(T delta) {
    changed_as(kBumped);
    engine_->step(id_, Access::kAdd);
    set(Access::kAdd, static_cast<T>(value_ + delta));
  }

  // Stores 1, so that two of them may as well come in the other order. Choice point.
  // REQUIRES: what is written to plain data in the same steps commutes as well. Nobody waits for
  // the word's value, compares and swaps it, or bumps it, ever.
  void raise() {
    changed_as(kRaised);
    engine_->step(id_, Access::kRaise);
    set(Access::kRaise, static_cast<T>(1));
  }

  // Puts `value` and returns what was there. Choice point.
  T exchange(T value) {
    engine_->step(id_, Access::kUpdate);
    const T before = value_;
    set(Access::kUpdate, value);
    return before;
  }

  // Waits until the word has that value, or has another one: what a loop of loads does, as one
  // step. Choice point.
  void await_equal(T value) { await(Access::kAwaitEqual, value); }
  void await_other(T value) { await(Access::kAwaitOther, value); }

  // Looks without being noticed: for judges, and for a thread that alone can write the word. Not a
  // choice point.
  T peek() const { return value_; }

  // Writes without being noticed: for setting a world up, and for a thread that writes a second
  // word in the same step as an access before it. Not a choice point.
  void poke(T value) {
    value_ = value;
    if (waiters_ != 0) [[unlikely]]
      tell_waiters();
  }

  ObjectId id() const { return id_; }

 private:
  // Changes that commute with their like.
  static constexpr std::uint8_t kBumped = 1;
  static constexpr std::uint8_t kRaised = 2;

  void changed_as(std::uint8_t how) {
    has_been_ |= how;
    MPG_CHECK(has_been_ != (kBumped | kRaised), "a word is both added to and raised");
  }
  // It would matter which of several such changes it was that came first.
  void not_with(std::uint8_t how) const {
    MPG_CHECK((has_been_ & how) == 0, "a word is looked at in a way that its changes do not allow");
  }

  static std::uint64_t word(T value) { return static_cast<std::uint64_t>(value); }

  void set(Access access, T value) {
    const T before = value_;
    if (before != value) engine_->progress();
    value_ = value;
    if (waiters_ != 0) [[unlikely]]
      tell_waiters();
    engine_->done(id_, access, word(before), word(value));
  }

  bool ends_wait(Access access, std::uint64_t operand) const {
    return (word(value_) == operand) == (access == Access::kAwaitEqual);
  }

  void await(Access access, T value) {
    not_with(kBumped | kRaised);
    engine_->step_await(ends_wait(access, word(value)), waiters_, id_, access, word(value));
    MPG_CHECK(ends_wait(access, word(value)), "a wait ended before its time");
    engine_->done(id_, access, word(value_), word(value_));
  }

  // The value is another one: who waits for it may go on, or has to wait again.
  void tell_waiters() {
    for (ThreadSet left = waiters_; left != 0; left &= left - 1) {
      const auto thread = static_cast<ThreadId>(std::countr_zero(left));
      const ThreadSet waiter = left & -left;
      const Operation waits = engine_->pending(thread);
      if (waits.object != id_ ||
          (waits.access != Access::kAwaitEqual && waits.access != Access::kAwaitOther)) {
        waiters_ &= ~waiter;  // left over from an execution that has ended
      } else if (ends_wait(waits.access, engine_->operand(thread))) {
        engine_->permit(waiter);
      } else {
        engine_->forbid(waiter);
      }
    }
  }

  Engine* engine_;
  ObjectId id_;
  T value_;
  std::uint8_t has_been_ = 0;  // ever: kBumped, kRaised
  ThreadSet waiters_ = 0;
};

}  // namespace mpglab::interleave
