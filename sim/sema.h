// Sema: a semaphore on which goroutines park. Source: Go 1.22 semacquire1, semrelease1 (sema.go at
// 3d20a327a1). The functions are Runtime's; this is the record.
#pragma once

#include <cstdint>
#include <string>

#include "interleave/mutex.h"
#include "interleave/shared.h"
#include "sim/wait_queue.h"

namespace mpglab::sim {

struct Sema {
  Sema(interleave::Engine& engine, const std::string& name, std::uint32_t initial_count)
      : initial(initial_count),
        count(engine, name),
        nwait(engine, name + ".nwait"),
        lock(engine, name + ".lock") {}

  void reset() {
    count.poke(initial);
    nwait.poke(0);
    lock.reset();
    queue.clear();
    ticket_for = nullptr;
  }

  const std::uint32_t initial;
  interleave::Shared<std::uint32_t> count;
  interleave::Shared<std::uint32_t> nwait;
  interleave::Mutex lock;  // guards the queue
  WaitQueue queue;
  G* ticket_for = nullptr;  // was given the count directly (handoff)
};

}  // namespace mpglab::sim
