// The garbage collector, as far as the scheduler and the tracer see it: when the world stops, what
// marks, assists and sweeps, and the order of their events. There is no heap.
//
// Source: Go 1.22 gcStart, gcMarkTermination (mgc.go), gcAssistAlloc (mgcmark.go),
// deductSweepCredit (mgcsweep.go) at 3d20a327a1, with the fix of golang/go 72740: who stops the
// world for the collector is seen as waiting meanwhile, or it and somebody who suspends it would
// wait for each other.
//
// Simplified: the goroutine that asks for a collection does all of the marking, as an assist; there
// are no background workers. So the time between the two stops of the world is that goroutine's.

#include "sim/runtime.h"

namespace mpglab::sim {

void Runtime::gc() {
  const InFunction here(calls(), "GC");
  gc_start();
  gc_assist();
  gc_mark_termination();
  deduct_sweep_credit();
}

void Runtime::gc_start() {
  const InFunction inner(calls(), "gcStart");
  // One collection at a time; and the world is stopped for one reason at a time.
  semacquire(gc_sema_);
  semacquire(tracer::Sema::kWorld);
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.gc_start();
    tracer_.release(trace);
  }
  stop_the_world_for_gc(tracer::StwReason::kGcSweepTerm);
  gc_blacken_enabled_.store(true);
  start_the_world();
}

void Runtime::gc_mark_termination() {
  const InFunction inner(calls(), "gcMarkTermination");
  semacquire(tracer::Sema::kWorld);
  stop_the_world_for_gc(tracer::StwReason::kGcMarkTerm);
  gc_blacken_enabled_.store(false);
  // Every P has something to sweep before it may allocate again.
  unswept_.store(gomaxprocs_);
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.gc_done();
    trace.heap_goal(kHeapGoal);
    tracer_.release(trace);
  }
  start_the_world();
  semrelease(gc_sema_, false);
}

void Runtime::stop_the_world_for_gc(tracer::StwReason reason) {
  G& g = this_g();
  cas_g_to_waiting(g, kGrunning, WaitReason::kGarbageCollection);
  stop_the_world_with_sema(reason);
  casgstatus(g, kGwaiting, kGrunning);
}

void Runtime::mallocgc() {
  const InFunction here(calls(), "mallocgc");
  if (gc_blacken_enabled_.load()) gc_assist();
  deduct_sweep_credit();
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.heap_alloc(kHeapAlloc);
    tracer_.release(trace);
  }
}

// The goroutine may be preempted, and generations may pass, between the beginning and the end.
void Runtime::gc_assist() {
  const InFunction inner(calls(), "gcAssistAlloc");
  G& g = this_g();
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.gc_mark_assist_start();
    tracer_.release(trace);
  } else {
    // Known even if nobody traces: a trace may begin meanwhile.
    g.in_mark_assist = true;
  }
  for (int i = 0; i < kAssistWork; ++i) preempt_check();
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.gc_mark_assist_done();
    tracer_.release(trace);
  } else {
    g.in_mark_assist = false;
  }
}

// Whoever allocates sweeps first, without leaving its P.
void Runtime::deduct_sweep_credit() {
  const std::uint32_t left = unswept_.load();
  if (left == 0 || !unswept_.cas(left, left - 1)) return;
  M& mp = this_m();
  ++mp.locks;
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    trace.gc_sweep_start();
    tracer_.release(trace);
  }
  if (tracer::TraceLocker trace = tracer_.acquire(); trace.ok()) {
    if (mp.p->in_sweep) trace.gc_sweep_done(kSpanSize, 0);
    tracer_.release(trace);
  }
  // A trace that ended meanwhile has not seen the end.
  mp.p->in_sweep = false;
  --mp.locks;
}

}  // namespace mpglab::sim
