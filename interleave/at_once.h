// AtOnce: what a thread does while one lives is one step, of several operations: its first one is a
// choice point, and then nobody else comes before it is over or has to wait.
//
// For the parts of a program that are not under test beside others that are. It leaves out
// schedules, and whoever reports on a search must say so.
//
// A thread that begins to run another coroutine carries on as it is: who switches says with
// Engine::set_at_once how it is to be there.
#pragma once

#include "interleave/engine.h"

namespace mpglab::interleave {

class AtOnce {
 public:
  // `on`: false for one that does nothing.
  AtOnce(Engine& engine, bool on) : engine_(engine), on_(on), before_(engine.at_once()) {
    if (on_) engine_.set_at_once(true);
  }
  ~AtOnce() {
    if (on_) engine_.set_at_once(before_);
  }
  AtOnce(const AtOnce&) = delete;
  AtOnce& operator=(const AtOnce&) = delete;

 private:
  Engine& engine_;
  const bool on_;
  const bool before_;
};

}  // namespace mpglab::interleave
