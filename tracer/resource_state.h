// SchedResourceState: what the tracer keeps about a G or a P: whether its status is already written
// in a generation, and the resource's sequence number in it.
//
// Source: Go 1.22 traceSchedResourceState (trace2status.go at 3d20a327a1). The status slots are
// three, indexed by generation modulo 3, the counters two, modulo 2: a generation may be prepared
// while the one before is written and the one before that is not yet forgotten.
//
// The status slots are shared words: each access to one is a choice point. The counters are written
// by whoever owns the resource at that moment, and by ready_next_gen for a generation that nobody
// writes yet.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "interleave/shared.h"

namespace mpglab::tracer {

class SchedResourceState {
 public:
  SchedResourceState(interleave::Engine& engine, const std::string& name)
      : traced_{interleave::Shared<std::uint32_t>(engine, name + ".statusTraced[0]"),
                interleave::Shared<std::uint32_t>(engine, name + ".statusTraced[1]"),
                interleave::Shared<std::uint32_t>(engine, name + ".statusTraced[2]")} {}

  // Claims the right to write the status in `gen`; only one caller gets it. Whoever gets it also
  // makes the next generation ready.
  bool acquire_status(std::uint64_t gen) {
    if (!traced_[gen % 3].cas(0, 1)) return false;
    ready_next_gen(gen);
    return true;
  }

  // Forgets what the slots of generation gen+1 say from three (or two) generations ago.
  void ready_next_gen(std::uint64_t gen) {
    const std::uint64_t next = gen + 1;
    seq_[next % 2] = 0;
    traced_[next % 3].store(0);
  }

  bool status_was_traced(std::uint64_t gen) const { return traced_[gen % 3].load() != 0; }

  // For a resource that is being created: the creation says its status.
  void set_status_traced(std::uint64_t gen) { traced_[gen % 3].store(1); }

  // The next number in `gen`, counting from 1. REQUIRES: the caller owns the resource.
  std::uint64_t next_seq(std::uint64_t gen) { return ++seq_[gen % 2]; }

  // The counters, as a number.
  std::uint64_t fingerprint() const { return seq_[0] << 32 | seq_[1]; }

  // As new. Not a choice point: for a goroutine whose record is used again, which nobody else can
  // see yet, and between executions.
  void reset() {
    for (interleave::Shared<std::uint32_t>& slot : traced_) slot.poke(0);
    seq_ = {};
  }

 private:
  std::array<interleave::Shared<std::uint32_t>, 3> traced_;
  std::array<std::uint64_t, 2> seq_{};
};

}  // namespace mpglab::tracer
