// Into a syscall and out of it. Source: Go 1.22 reentersyscall to exitsyscall0 (proc.go at
// 3d20a327a1); the fault of entersyscall_gcwait is the one before b6b72c775a.

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

void Runtime::entersyscall() {
  reentersyscall();
}

void Runtime::reentersyscall() {
  const InFunction here(calls(), "reentersyscall");
  M& mp = this_m();
  G& g = this_g();
  tracer::TraceLocker trace = tracer_.acquire();
  ++mp.locks;
  g.stackguard0.raise();
  P& p = *mp.pp();

  casgstatus(g, kGrunning, kGsyscall);
  truth(g, ResourceState::kSyscall);
  place(g, G::Place::kOnM, G::Place::kSyscall);
  if (trace.ok()) {
    trace.go_syscall();
    tracer_.release(trace);
  }
  if (sched_.sysmonwait.load()) entersyscall_sysmon();
  // Before the P can be taken: in a syscall nobody would run the function for it, and nobody else
  // may until then.
  if (p.run_safe_point_fn.load() != 0) run_safe_point_fn();

  mp.syscalltick = p.syscalltick.load();
  mp.oldp = &p;
  mp.p = nullptr;
  p.syscall_owner = &mp;
  // From this store on the P can be taken, run by somebody else, and be in that one's syscall.
  p.status.store(PStatus::kPsyscall);
  p.m = nullptr;
  if (sched_.gcwaiting.load()) entersyscall_gcwait();
  --mp.locks;
}

void Runtime::entersyscall_sysmon() {
  const InFunction here(calls(), "entersyscall_sysmon");
  const interleave::AtOnce at_once = this->at_once();
  sched_.lock.lock();
  wake_sysmon_locked();
  sched_.lock.unlock();
}

void Runtime::wake_sysmon_locked() {
  if (!sched_.sysmonwait.load()) return;
  sched_.sysmonwait.store(false);
  sched_.sysmonnote.wakeup();
}

// The world is being stopped: hand the P over at once instead of letting them come for it.
void Runtime::entersyscall_gcwait() {
  const InFunction here(calls(), "entersyscall_gcwait");
  const interleave::AtOnce at_once = this->at_once();
  M& mp = this_m();
  P& p = *mp.oldp;
  sched_.lock.lock();
  tracer::TraceLocker trace = tracer_.acquire();
  if (sched_.stopwait.load() > 0 && p.status.cas(PStatus::kPsyscall, PStatus::kPgcstop)) {
    truth_steal(p);
    if (trace.ok()) {
      // The P is not this thread's any more, and perhaps not even in this thread's syscall: since
      // it was left, somebody may have taken it and entered a syscall with it. So it is a steal,
      // from whoever had it last, which mostly is this thread itself.
      if (faults_.gcwait_stop_not_steal) {
        trace.proc_stop();
      } else {
        trace.proc_steal(p, true);
      }
      tracer_.release(trace);
    }
    p.syscalltick.bump(1);
    stopped_one_locked();
  } else if (trace.ok()) {
    tracer_.release(trace);
  }
  sched_.lock.unlock();
}

void Runtime::entersyscallblock() {
  const InFunction here(calls(), "entersyscallblock");
  M& mp = this_m();
  G& g = this_g();
  ++mp.locks;
  g.stackguard0.raise();
  P& p = *mp.pp();
  mp.syscalltick = p.syscalltick.load();
  p.syscalltick.bump(1);
  casgstatus(g, kGrunning, kGsyscall);
  truth(g, ResourceState::kSyscall);
  place(g, G::Place::kOnM, G::Place::kSyscall);
  tracer::TraceLocker trace = tracer_.acquire();
  if (trace.ok()) {
    trace.go_syscall();
    tracer_.release(trace);
  }
  handoffp(releasep());
  --mp.locks;
}

void Runtime::exitsyscall() {
  const InFunction here(calls(), "exitsyscall");
  G& g = this_g();
  {
    M& mp = this_m();
    ++mp.locks;
    P* oldp = mp.oldp;
    mp.oldp = nullptr;
    engine_.saw(number_of(oldp));
    if (exitsyscallfast(oldp)) {
      tracer::TraceLocker trace = tracer_.acquire();
      MPG_CHECK(mp.pp() != nullptr, "a syscall was left the fast way without a P");
      P& p = *mp.pp();
      const bool lost_p = oldp != &p || mp.syscalltick != p.syscalltick.load();
      if (lost_p) truth(g, ResourceState::kRunnable);
      truth(g, ResourceState::kRunning);
      if (trace.ok()) {
        trace.go_sysexit(lost_p);
        if (lost_p) trace.go_start();
      }
      p.syscalltick.bump(1);
      place(g, G::Place::kSyscall, G::Place::kOnM);
      casgstatus(g, kGsyscall, kGrunning);
      if (trace.ok()) tracer_.release(trace);
      --mp.locks;
      // A preemption that was asked for meanwhile still stands. Whoever asks for one raises
      // stackguard0 in the same step, so that whether it was before this look is told by the word.
      engine_.also(g.stackguard0.id(), interleave::Access::kLoad);
      engine_.saw(g.preempt ? 1 : 0);
      g.stackguard0.store(g.preempt);
      return;
    }
    --mp.locks;
  }
  mcall(&Runtime::exitsyscall0);
  // Perhaps on another M.
  this_m().pp()->syscalltick.bump(1);
}

bool Runtime::exitsyscallfast(P* oldp) {
  const InFunction here(calls(), "exitsyscallfast");
  tracer::TraceLocker trace = tracer_.acquire();
  if (oldp != nullptr && oldp->status.look_and_cas(PStatus::kPsyscall, PStatus::kPidle)) {
    M* owner = oldp->syscall_owner;
    engine_.saw(number_of(owner));
    wirep(*oldp);
    exitsyscallfast_reacquired(trace, owner);
    if (trace.ok()) tracer_.release(trace);
    return true;
  }
  if (trace.ok()) tracer_.release(trace);
  return sched_.npidle.load() != 0 && exitsyscallfast_pidle();
}

// The old P is back. If it was away in between, it has been taken from whoever had it meanwhile.
// `owner` is for the truth alone.
void Runtime::exitsyscallfast_reacquired(tracer::TraceLocker trace, M* owner) {
  M& mp = this_m();
  P& p = *mp.pp();
  if (owner != &mp) {
    truth(p, ResourceState::kIdle);
    truth(p, ResourceState::kRunning);
  }
  if (mp.syscalltick == p.syscalltick.load()) return;
  if (trace.ok()) {
    trace.proc_steal(p, true);
    trace.proc_start();
  }
  p.syscalltick.bump(1);
}

bool Runtime::exitsyscallfast_pidle() {
  P* p = nullptr;
  {
    const interleave::AtOnce at_once = this->at_once();
    sched_.lock.lock();
    p = pidleget();
    if (p != nullptr) wake_sysmon_locked();
    sched_.lock.unlock();
  }
  if (p == nullptr) return false;
  acquirep(*p);
  return true;
}

// The slow way out, on g0 and without a P.
G* Runtime::exitsyscall0(G& g) {
  const InFunction here(calls(), "exitsyscall0");
  M& mp = this_m();
  // A stop-the-world does not wait for this M: StartTrace does, by this counter.
  tracer_.exiting_syscall();
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGsyscall, kGrunnable);
  truth(g, ResourceState::kRunnable);
  place(g, G::Place::kSyscall, G::Place::kNowhere);
  tracer_.exited_syscall();
  if (trace.ok()) {
    trace.go_sysexit(true);
    tracer_.release(trace);
  }
  dropg(mp);
  P* p = nullptr;
  {
    const interleave::AtOnce at_once = this->at_once();
    sched_.lock.lock();
    p = pidleget();
    if (p == nullptr) {
      globrunqput(g);
    } else {
      wake_sysmon_locked();
    }
    sched_.lock.unlock();
  }
  if (p != nullptr) {
    acquirep(*p);
    place(g, G::Place::kNowhere, G::Place::kQueue);
    execute(g, false);
    return &g;
  }
  stopm();
  return nullptr;
}

}  // namespace mpglab::sim
