// TruthLog: what really happened to each goroutine and P, written by the simulator beside the
// tracer.
//
// Purpose: the judge of false traces (explore) compares what a trace tells of a resource with this.
// The log knows nothing of generations, sequence numbers or statuses: it is written at the
// transitions themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mpglab::sim {

enum class ResourceKind : std::uint8_t { kGoroutine, kProc };

// As the trace's reader names them. A P in a syscall is kRunning until it is taken away; a P that
// is stopped for a stop-the-world is kIdle, except that of the one who stopped the world.
enum class ResourceState : std::uint8_t {
  kNotExist,
  kRunnable,
  kRunning,
  kWaiting,
  kSyscall,
  kIdle,
};

struct TruthRecord {
  std::uint64_t step;    // of the engine, when it happened
  std::uint64_t id;      // goroutine id, or P id
  std::uint64_t thread;  // OS thread id (procid) of the M that made the transition
  ResourceKind kind;
  ResourceState from;
  ResourceState to;
  // The event is written after the transition, in a critical section of its own (into running:
  // execute, acquirep), so a trace that is stopped in between lawfully misses it.
  bool event_follows;
};

// One trace: from StartTrace to StopTrace.
struct TraceSession {
  std::uint64_t started;  // the step at which trace.gen was set
  // Until here a goroutine may leave its syscall unseen: the world's stop does not hold it, and it
  // may have asked whether tracing is on just before it was. StartTrace waits for these.
  std::uint64_t settled;
  std::uint64_t stopped;  // the step at which trace.gen was set to 0; max if the run ended before
  std::vector<std::byte> bytes;  // what ReadTrace delivered, header and all
  bool complete;                 // StopTrace has returned
};

// Owner: the World. Records are in the order in which they happened. P ids from 0; at the beginning
// of a run every P is kIdle and every goroutine kNotExist, and the records say the rest.
struct TruthLog {
  std::vector<TruthRecord> records;
};

}  // namespace mpglab::sim
