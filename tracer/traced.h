// What the tracer needs to know of an M, a P and a G: the tracer's own fields and the few of the
// runtime that an event is made of. The runtime's records derive from these.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "interleave/shared.h"
#include "tracer/resource_state.h"

namespace mpglab::tracer {

struct TraceBuf;

struct TracedG {
  TracedG(interleave::Engine& engine, const std::string& name) : trace(engine, name) {}

  SchedResourceState trace;
  std::uint64_t goid = 0;
  // Where in the scenario the goroutine is: an index into the stack table's positions.
  std::uint32_t position = 0;
  bool in_mark_assist = false;
};

struct TracedP {
  TracedP(interleave::Engine& engine, const std::string& name, std::int32_t p_id)
      : id(p_id), trace(engine, name) {}

  const std::int32_t id;
  SchedResourceState trace;
  // The thread (procid) that last took this P into a syscall; -1 when it is in none. Written by the
  // P's owner and by whoever has won the P from it.
  std::int64_t syscall_m = -1;
  bool in_sweep = false;
};

struct TracedM {
  TracedM(interleave::Engine& engine, const std::string& name)
      : seqlock(engine, name + ".trace.seqlock") {}

  std::int64_t procid = 0;  // the thread's id in the trace, as the operating system would give it
  TracedP* p = nullptr;     // the P that this M owns
  TracedG* curg = nullptr;  // the goroutine that runs on it, if it is not in the scheduler

  // Odd while this M is inside the tracer. Only the M itself writes it; traceAdvance waits for
  // even.
  interleave::Shared<std::uint32_t> seqlock;
  // Buffer of each generation, by gen % 2. The M's while its seqlock is odd, else traceAdvance's.
  std::array<TraceBuf*, 2> buf{};
  std::int32_t locks = 0;  // above zero: not preemptible
};

}  // namespace mpglab::tracer
