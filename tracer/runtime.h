// Runtime: what the tracer asks of the runtime that it traces. The simulator implements it.
//
// Calls marked [cp] have choice points in them; during such a call other threads may do anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tracer/reasons.h"
#include "tracer/status.h"
#include "tracer/traced.h"

namespace mpglab::tracer {

// The semaphores on which goroutines park in the tracer, and the one that guards the world.
enum class Sema : std::uint8_t {
  kWorld,
  kTraceAdvance,
  kTraceShutdown,
  kTraceDone0,  // generations with gen % 2 == 0
  kTraceDone1,
  kCount,
};

constexpr Sema done_sema(std::uint64_t gen) {
  return gen % 2 == 0 ? Sema::kTraceDone0 : Sema::kTraceDone1;
}

// A goroutine as it was while it was suspended.
struct SuspendedG {
  std::uint64_t goid;
  std::int64_t procid;  // of the thread it is bound to; -1: none
  GoStatus status;
  bool in_mark_assist;
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  // The M that runs now.
  virtual TracedM& getm() = 0;
  // A clock that never stands still between two steps; its unit is that of the trace's timestamps.
  virtual std::uint64_t trace_clock_now() = 0;

  virtual void osyield() = 0;                            // [cp]
  virtual void semacquire(Sema sema) = 0;                // [cp]
  virtual void semrelease(Sema sema, bool handoff) = 0;  // [cp]
  virtual void stop_the_world(StwReason reason) = 0;     // [cp]
  virtual void start_the_world() = 0;                    // [cp]
  // A garbage collection marks (gcBlackenEnabled). REQUIRES: the world is stopped.
  virtual bool gc_blacken_enabled() { return false; }
  virtual void lock_sysmon() = 0;    // [cp]
  virtual void unlock_sysmon() = 0;  // [cp]

  // allp: the live Ps, and those that a lower GOMAXPROCS has destroyed.
  virtual std::span<TracedP* const> live_ps() = 0;
  virtual std::span<TracedP* const> dead_ps() = 0;
  virtual std::uint32_t gomaxprocs() = 0;
  // The state of a P that cannot change while it is asked for. In a stop-the-world, `owns_world`
  // says that it is the P of the one who stopped it.
  virtual ProcStatus status_of(TracedP& p, bool owns_world) = 0;  // [cp]

  // Every goroutine record there is, the dead included, as forEachGRace: without a lock.
  virtual std::span<TracedG* const> all_gs() = 0;
  // Suspends the goroutine, looks at it, lets it go on. Nothing if it is dead.
  virtual std::optional<SuspendedG> suspend_and_look(TracedG& g) = 0;  // [cp]

  // allm and sched.freem, under sched.lock.
  virtual void snapshot_ms(std::vector<TracedM*>& out) = 0;  // [cp]

  // Runs `fn` for every P while the P can do nothing else (forEachP).
  using ForP = void (*)(void* context, TracedP& p);
  virtual void for_each_p(ForP fn, void* context) = 0;  // [cp]

  // Parks the calling goroutine, which reads the trace, unless commit_reader says no (gopark).
  virtual void park_trace_reader() = 0;  // [cp]

  // The runtime's throw: an invariant does not hold. Ends the execution.
  [[noreturn]] virtual void throw_(const char* message) = 0;
};

}  // namespace mpglab::tracer
