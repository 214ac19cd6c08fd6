// M: an OS thread. Source: Go 1.22 type m (runtime2.go at 3d20a327a1).
#pragma once

#include <cstdint>
#include <string>

#include "interleave/note.h"
#include "interleave/past.h"
#include "sim/call_stack.h"
#include "sim/g.h"
#include "sim/p.h"
#include "tracer/reasons.h"
#include "tracer/sites.h"
#include "tracer/traced.h"

namespace mpglab::sim {

class Runtime;

struct M : tracer::TracedM {
  // What g0 does after a goroutine has left it with mcall. Returns the goroutine that it has
  // already made running on this M, or nullptr: then the M schedules.
  using Mcall = G* (Runtime::*)(G&);

  M(interleave::Engine& engine, std::int32_t m_id)
      : tracer::TracedM(engine, "M" + std::to_string(m_id)),
        id(m_id),
        label(m_id == kSysmonId ? "sysmon" : "M" + std::to_string(m_id)),
        park(engine, label + ".park"),
        curg_word(engine.add_object(label + ".curg")) {}

  static constexpr std::int32_t kSysmonId = 1;
  // A thread's id in the trace differs from its index in the runtime, as in Go.
  static constexpr std::int64_t procid_of(std::int32_t m_id) { return 1001 + m_id; }

  const std::int32_t id;
  const std::string label;
  interleave::Note park;
  // Announces accesses to curg, which preemptone reads from other threads.
  interleave::ObjectId curg_word;

  P* pp() const { return static_cast<P*>(p); }
  G* running_g() const { return static_cast<G*>(curg); }

  P* nextp = nullptr;  // given by startm, taken when the M wakes
  P* oldp = nullptr;   // the P before a syscall
  std::uint32_t syscalltick = 0;
  bool spinning = false;
  bool start_spinning = false;
  Runtime* runtime = nullptr;
  G* starting = nullptr;   // a goroutine that runs for the first time, until its entry has seen it
  M* schedlink = nullptr;  // the idle list

  Mcall mcall = nullptr;
  // park_m's part: run on g0 after the goroutine is waiting; false: it must not wait after all.
  bool (*waitunlockf)(Runtime&, G&, void*) = nullptr;
  void* waitlock = nullptr;
  tracer::BlockReason wait_block_reason{};
  tracer::Site wait_site{};
  tracer::Site stop_site{};
  interleave::Past past;  // of what runs on g0
  CallStack g0_calls;
  CallStack* calls = nullptr;  // of what runs on this M now
};

}  // namespace mpglab::sim
