// P: what an M needs to run Go code. Source: Go 1.22 type p (runtime2.go at 3d20a327a1).
//
// Invariant: a P has at most one M; wirep and releasep check it.
#pragma once

#include <cstdint>
#include <string>

#include "interleave/shared.h"
#include "sim/run_queue.h"
#include "sim/status.h"
#include "sim/truth.h"
#include "tracer/traced.h"

namespace mpglab::sim {

struct M;

struct P : tracer::TracedP {
  P(interleave::Engine& engine, std::int32_t p_id) : P(engine, p_id, "P" + std::to_string(p_id)) {}

  interleave::Shared<PStatus> status;
  // Raised at each end of a syscall and each time the P is taken out of one: who comes back sees
  // whether the P was away.
  interleave::Shared<std::uint32_t> syscalltick;
  interleave::Shared<std::uint32_t> schedtick;  // raised at each execute
  interleave::Shared<std::uint32_t> run_safe_point_fn;
  RunQueue runq;

  // Written in the same step as `status`.
  M* m = nullptr;
  // Links the idle list, or the list of Ps that procresize returns; under sched.lock.
  P* link = nullptr;
  G* gfree = nullptr;  // records of ended goroutines
  std::uint64_t goidcache = 0;
  std::uint64_t goidcacheend = 0;

  // What sysmon saw last time; sysmon's alone.
  struct SysmonTick {
    std::uint32_t schedtick = 0;
    std::uint64_t schedwhen = 0;
    std::uint32_t syscalltick = 0;
    std::uint64_t syscallwhen = 0;
  } sysmontick;

  // For the truth: who took this P into the syscall that it is in.
  M* syscall_owner = nullptr;
  ResourceState truth = ResourceState::kIdle;
  interleave::Past told;  // the truth's course so far

 private:
  P(interleave::Engine& engine, std::int32_t p_id, const std::string& name)
      : tracer::TracedP(engine, name, p_id),
        status(engine, name + ".status"),
        syscalltick(engine, name + ".syscalltick"),
        schedtick(engine, name + ".schedtick"),
        run_safe_point_fn(engine, name + ".runSafePointFn"),
        runq(engine, name + ".runq") {}
};

}  // namespace mpglab::sim
