// Chan: a channel, reduced to what scheduling sees: how many elements it holds and who waits.
// Source: Go 1.22 hchan (chan.go at 3d20a327a1). The operations are Runtime's.
#pragma once

#include <cstdint>
#include <string>

#include "interleave/mutex.h"
#include "sim/wait_queue.h"

namespace mpglab::sim {

struct Chan {
  Chan(interleave::Engine& engine, const std::string& name, std::uint32_t chan_capacity)
      : capacity(chan_capacity), lock(engine, name + ".lock") {}

  void reset() {
    lock.reset();
    count = 0;
    senders.clear();
    receivers.clear();
  }

  const std::uint32_t capacity;
  interleave::Mutex lock;  // guards the rest
  std::uint32_t count = 0;
  WaitQueue senders;
  WaitQueue receivers;
};

}  // namespace mpglab::sim
