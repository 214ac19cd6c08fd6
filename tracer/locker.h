// TraceLocker: proof that an M is inside the tracer's critical section, and the events that it may
// write there.
//
// Source: Go 1.22 traceLocker (trace2runtime.go at 3d20a327a1); methods bear Go's names. A
// transition of a resource and its event belong into one critical section, with one exception: into
// running, the event follows in a section of its own.
//
// Each event first writes, in this order, the status of the M's P and of its current goroutine if
// they are still untraced in the generation: the state that they had just before the event, which
// the kind of event tells. These looks at the status words are choice points.
#pragma once

#include <cstdint>

#include "tracer/reasons.h"
#include "tracer/sites.h"
#include "tracer/status.h"
#include "tracer/traced.h"
#include "tracer/writer.h"

namespace mpglab::tracer {

class Tracer;

class TraceLocker {
 public:
  TraceLocker() = default;
  TraceLocker(Tracer& tracer, TracedM& m, std::uint64_t gen)
      : tracer_(&tracer), m_(&m), gen_(gen) {}

  // False: tracing is off; nothing may be written and nothing must be released.
  bool ok() const { return gen_ != 0; }
  std::uint64_t gen() const { return gen_; }
  TracedM& m() const { return *m_; }

  void gomaxprocs(std::uint32_t procs, Site site);
  void heap_goal(std::uint64_t bytes);
  void heap_alloc(std::uint64_t bytes);
  // One garbage collection runs at a time, so these number themselves.
  void gc_active();
  void gc_start();
  void gc_done();
  // The goroutine is marked as assisting, and the P as sweeping, behind the beginning and behind
  // the end: a status that the event itself has to write first is that of before. REQUIRES: the
  // caller is the goroutine, on its P.
  void gc_mark_assist_start();
  void gc_mark_assist_done();
  void gc_sweep_start();
  void gc_sweep_done(std::uint64_t swept, std::uint64_t reclaimed);
  void stw_start(StwReason reason, Site site);
  void stw_done();

  void proc_start();
  void proc_stop();
  // The P of another M, or this M's own former one, is taken out of its syscall. `in_syscall`: the
  // thief is itself a goroutine in a syscall, which has no P.
  void proc_steal(TracedP& p, bool in_syscall);

  void go_create(TracedG& created, std::uint32_t start_position);
  void go_start();
  void go_end();
  void go_stop(StopReason reason, Site site);
  void go_park(BlockReason reason, Site site);
  void go_unpark(TracedG& g, Site site);
  void go_syscall();
  void go_sysexit(bool lost_p);

  TraceWriter writer() const { return {*tracer_, *m_, gen_}; }

 private:
  TraceWriter event_writer(GoStatus go_status, ProcStatus proc_status) const;
  std::uint64_t stack(Site site) const;

  Tracer* tracer_ = nullptr;
  TracedM* m_ = nullptr;
  std::uint64_t gen_ = 0;
};

}  // namespace mpglab::tracer
