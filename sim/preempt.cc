// Preemption and suspension. Source: Go 1.22 preempt.go and preemptPark (proc.go at 3d20a327a1),
// with the later fix of preemptPark (golang/go 75665): the goroutine is dropped after its event.

#include "sim/runtime.h"

namespace mpglab::sim {

bool Runtime::can_preempt_m(const M& mp) const {
  return mp.locks == 0 && mp.pp()->status.peek() == PStatus::kPrunning;
}

void Runtime::preempt_check() {
  G& g = this_g();
  if (!g.stackguard0.load()) return;
  const InFunction here(calls(), "newstack");
  engine_.saw(g.preempt_stop ? 1 : 0);
  engine_.saw(can_preempt_m(this_m()) ? 1 : 0);
  if (!can_preempt_m(this_m())) {
    // Not now; g.preempt still says that it is wanted.
    g.stackguard0.store(false);
    return;
  }
  if (g.preempt_stop) {
    mcall(&Runtime::preempt_park);
  } else {
    mcall(&Runtime::gopreempt_m);
  }
}

G* Runtime::preempt_park(G& g) {
  const InFunction here(calls(), "preemptPark");
  M& mp = this_m();
  g.waitreason = WaitReason::kPreempted;
  // With the scan bit nobody can touch the goroutine until its event is written.
  while (!g.atomicstatus.cas(kGrunning, kGscan | kGpreempted)) osyield();
  tracer::TraceLocker trace = tracer_.acquire();
  truth(g, ResourceState::kWaiting);
  place(g, G::Place::kOnM, G::Place::kWaiting);
  if (trace.ok()) trace.go_park(tracer::BlockReason::kPreempted, tracer::Site::kPreempted);
  dropg(mp);
  g.atomicstatus.store(kGpreempted);
  if (trace.ok()) tracer_.release(trace);
  return nullptr;
}

bool Runtime::suspend_g(G& g, bool& stopped) {
  const InFunction here(calls(), "suspendG");
  stopped = false;
  for (;;) {
    const std::uint32_t status = g.atomicstatus.load();
    switch (status) {
      case kGdead:
        return false;
      case kGpreempted:
        // Whoever turns preempted into waiting has the duty to make it ready again.
        if (!g.atomicstatus.cas(kGpreempted, kGwaiting)) break;
        stopped = true;
        if (g.atomicstatus.cas(kGwaiting, kGwaiting | kGscan)) {
          g.stackguard0.store(false);
          g.preempt = g.preempt_stop = false;
          return true;
        }
        break;
      case kGrunnable:
      case kGsyscall:
      case kGwaiting:
        if (!g.atomicstatus.cas(status, status | kGscan)) break;
        // It is held: whatever was asked of it before is not needed any more.
        g.stackguard0.store(false);
        g.preempt = g.preempt_stop = false;
        return true;
      case kGrunning:
        if (g.preempt_stop && g.preempt && g.stackguard0.load()) break;
        if (!g.atomicstatus.cas(kGrunning, kGrunning | kGscan)) break;
        g.stackguard0.raise();
        g.preempt = g.preempt_stop = true;
        g.atomicstatus.store(kGrunning);
        break;
      default:
        break;  // somebody else holds the scan bit
    }
    osyield();
  }
}

void Runtime::resume_g(G& g, bool stopped) {
  const std::uint32_t status = g.atomicstatus.load();
  check((status & kGscan) != 0, "resumeG of a goroutine that is not suspended");
  g.atomicstatus.store(status & ~static_cast<std::uint32_t>(kGscan));
  if (stopped) ready(g, tracer::Site::kNone, true);
}

}  // namespace mpglab::sim
