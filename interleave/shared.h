// Shared<T>: a word that threads share, sequentially consistent. Every access is a choice point.
//
// T is a number, a bool or an enum: what is shared by reference is named by a number, so that no
// address gets into a schedule or an output.
#pragma once

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
    engine_->step_cas(id_, word(expected));
    if (value_ != expected) {
      engine_->done_in_vain(id_, word(value_));
      return false;
    }
    set(Access::kCas, desired);
    return true;
  }

  // Adds and returns the new value, as Go's atomic.Add. Choice point.
  T add(T delta) {
    engine_->step(id_, Access::kUpdate);
    set(Access::kUpdate, static_cast<T>(value_ + delta));
    return value_;
  }

  // Puts `value` and returns what was there. Choice point.
  T exchange(T value) {
    engine_->step(id_, Access::kUpdate);
    const T before = value_;
    set(Access::kUpdate, value);
    return before;
  }

  // Looks without being noticed: for judges, and for a thread that alone can write the word. Not a
  // choice point.
  T peek() const { return value_; }

  // Writes without being noticed: for setting a world up, and for a thread that writes a second
  // word in the same step as an access before it. Not a choice point.
  void poke(T value) { value_ = value; }

  ObjectId id() const { return id_; }

 private:
  static std::uint64_t word(T value) { return static_cast<std::uint64_t>(value); }

  void set(Access access, T value) {
    const T before = value_;
    if (before != value) engine_->progress();
    value_ = value;
    engine_->done(id_, access, word(before), word(value));
  }

  Engine* engine_;
  ObjectId id_;
  T value_;
};

}  // namespace mpglab::interleave
