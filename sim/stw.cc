// The world is stopped and started; every P is visited at a safe point. Source: Go 1.22
// stopTheWorld, startTheWorld, procresize, forEachP (proc.go at 3d20a327a1).

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

void Runtime::stop_the_world(tracer::StwReason reason) {
  const InFunction here(calls(), "stopTheWorld");
  semacquire(tracer::Sema::kWorld);
  G& g = this_g();
  // The caller runs on, but must be seen as waiting: somebody who wants to suspend it may hold a P
  // that this very stop waits for.
  cas_g_to_waiting(g, kGrunning, WaitReason::kStoppingTheWorld);
  stop_the_world_with_sema(reason);
  casgstatus(g, kGwaiting, kGrunning);
}

void Runtime::start_the_world() {
  const InFunction here(calls(), "startTheWorld");
  start_the_world_with_sema();
  // The M stays pinned over the release, so that whoever gets the semaphore is not run here first.
  M& mp = this_m();
  ++mp.locks;
  semrelease(tracer::Sema::kWorld, true);
  --mp.locks;
}

void Runtime::stop_the_world_with_sema(tracer::StwReason reason) {
  const InFunction here(calls(), "stopTheWorldWithSema");
  tracer::TraceLocker trace = tracer_.acquire();
  if (trace.ok()) {
    trace.stw_start(reason, tracer::Site::kStopTheWorld);
    tracer_.release(trace);
  }
  M& mp = this_m();
  check(mp.locks == 0, "stopTheWorld: holding locks");

  const bool wait = !take_ps();
  if (wait) {
    while (!sched_.stopnote.sleep_with_timeout()) preemptall();
    sched_.stopnote.clear();
  }
  check(sched_.stopwait.peek() == 0, "stopTheWorld: not stopped (stopwait != 0)");
  for (const auto& p : ps_) {
    check(p->status.peek() == PStatus::kPgcstop, "stopTheWorld: not stopped (status != _Pgcstop)");
  }
}

// The world is to be stopped from here on. True: every P is.
bool Runtime::take_ps() {
  const interleave::AtOnce at_once = this->at_once();
  sched_.lock.lock();
  sched_.stopwait.store(static_cast<std::int32_t>(gomaxprocs_));
  sched_.gcwaiting.store(true);
  preemptall();
  // This P is shown as running on: it belongs to the one who has the world.
  this_m().pp()->status.store(PStatus::kPgcstop);
  sched_.stopwait.bump(-1);
  // Ps in syscalls are taken.
  tracer::TraceLocker trace = tracer_.acquire();
  for (const auto& p : ps_) {
    if (!p->status.look_and_cas(PStatus::kPsyscall, PStatus::kPgcstop)) continue;
    truth_steal(*p);
    if (trace.ok()) trace.proc_steal(*p, false);
    p->syscalltick.bump(1);
    sched_.stopwait.bump(-1);
  }
  if (trace.ok()) tracer_.release(trace);
  while (P* idle = pidleget()) {
    idle->status.store(PStatus::kPgcstop);
    sched_.stopwait.bump(-1);
  }
  const bool all = sched_.stopwait.load() == 0;
  sched_.lock.unlock();
  return all;
}

void Runtime::start_the_world_with_sema() {
  const InFunction here(calls(), "startTheWorldWithSema");
  {
    M& mp = this_m();
    ++mp.locks;
    if (netpollinited()) {
      WaitQueue list = netpoll(false);
      injectglist(list);
    }
    P* runnable = nullptr;
    {
      const interleave::AtOnce at_once = this->at_once();
      sched_.lock.lock();
      runnable = procresize(gomaxprocs_);
      sched_.gcwaiting.store(false);
      wake_sysmon_locked();
      sched_.lock.unlock();
    }

    while (runnable != nullptr) {
      P& p = *runnable;
      engine_.saw(number_of(&p));
      engine_.saw(number_of(p.m));
      runnable = p.link;
      p.link = nullptr;
      if (p.m != nullptr) {
        M& woken = *p.m;
        p.m = nullptr;
        check(woken.nextp == nullptr, "startTheWorld: inconsistent mp->nextp");
        woken.nextp = &p;
        woken.park.wakeup();
      } else {
        newm(false, p);
      }
    }
    tracer::TraceLocker trace = tracer_.acquire();
    if (trace.ok()) {
      trace.stw_done();
      tracer_.release(trace);
    }
    // There may be more work than Ps that were just started.
    wakep();
    --mp.locks;
  }
}

// Sorts the Ps after a stop: the caller's runs, those with work are returned, the others are idle.
// REQUIRES: the world is stopped and sched.lock held.
P* Runtime::procresize(std::uint32_t procs) {
  const InFunction here(calls(), "procresize");
  MPG_CHECK(sched_.lock.held(), "procresize without sched.lock");
  MPG_CHECK(procs == gomaxprocs_, "the number of Ps cannot be changed yet");
  tracer::TraceLocker trace = tracer_.acquire();
  if (trace.ok()) {
    trace.gomaxprocs(procs, tracer::Site::kStartTheWorld);
    tracer_.release(trace);
  }
  P* mine = this_m().pp();
  mine->status.store(PStatus::kPrunning);
  P* runnable = nullptr;
  for (std::size_t i = ps_.size(); i-- > 0;) {
    P& p = p_at(i);
    if (&p == mine) continue;
    p.status.store(PStatus::kPidle);
    if (p.runq.empty()) {
      pidleput(p);
    } else {
      p.m = mget();
      p.link = runnable;
      runnable = &p;
    }
  }
  return runnable;
}

void Runtime::stopped_one_locked() {
  MPG_CHECK(sched_.lock.held(), "stopwait is changed without sched.lock");
  if (sched_.stopwait.add(-1) == 0) sched_.stopnote.wakeup();
}

void Runtime::preemptall() {
  for (const auto& p : ps_) {
    if (p->status.load() == PStatus::kPrunning) preemptone(*p);
  }
}

// Asks whoever runs on the P to give way. It may already be somebody else's or nobody's.
void Runtime::preemptone(P& p) {
  M* mp = p.m;
  engine_.saw(number_of(mp));
  if (mp == nullptr || mp == &this_m()) return;
  engine_.step(mp->curg_word, interleave::Access::kLoad);
  G* g = mp->running_g();
  engine_.saw(number_of(g));
  const std::uint64_t goid = g == nullptr ? 0 : g->goid;
  engine_.done(mp->curg_word, interleave::Access::kLoad, goid, goid);
  if (g == nullptr) return;
  g->stackguard0.raise();
  g->preempt = true;
}

// ---- safe points ----

// Runs `fn` once for every P: by the P's own M at its next safe point, or here for those that are
// idle or in a syscall, which are taken for it.
void Runtime::for_each_p(ForP fn, void* context) {
  const InFunction here(calls(), "forEachP");
  G& g = this_g();
  cas_g_to_waiting(g, kGrunning, WaitReason::kTraceProcStatus);
  M& mp = this_m();
  ++mp.locks;
  P& mine = *mp.pp();

  sched_.lock.lock();
  check(sched_.safe_point_wait == 0, "forEachP: sched.safePointWait != 0");
  sched_.safe_point_wait = static_cast<std::int32_t>(gomaxprocs_) - 1;
  sched_.safe_point_fn = fn;
  sched_.safe_point_context = context;
  for (const auto& p : ps_) {
    if (p.get() != &mine) p->run_safe_point_fn.store(1);
  }
  preemptall();
  // While the flag is set, each P that becomes idle or enters a syscall looks at it first; so those
  // that are idle now can be done here and none is forgotten.
  for (P* p = sched_.pidle; p != nullptr; p = p->link) {
    if (!p->run_safe_point_fn.cas(1, 0)) continue;
    fn(context, *p);
    --sched_.safe_point_wait;
  }
  const bool wait = sched_.safe_point_wait > 0;
  sched_.lock.unlock();

  fn(context, mine);

  for (const auto& p : ps_) {
    const PStatus status = p->status.load();
    tracer::TraceLocker trace = tracer_.acquire();
    if (status == PStatus::kPsyscall && p->run_safe_point_fn.load() == 1 &&
        p->status.cas(PStatus::kPsyscall, PStatus::kPidle)) {
      truth_steal(*p);
      if (trace.ok()) {
        trace.proc_steal(*p, false);
        tracer_.release(trace);
      }
      p->syscalltick.bump(1);
      handoffp(*p);
    } else if (trace.ok()) {
      tracer_.release(trace);
    }
  }
  if (wait) {
    while (!sched_.safe_point_note.sleep_with_timeout()) preemptall();
    sched_.safe_point_note.clear();
  }
  check(sched_.safe_point_wait == 0, "forEachP: not done");
  for (const auto& p : ps_) {
    check(p->run_safe_point_fn.peek() == 0, "forEachP: P did not run fn");
  }
  sched_.lock.lock();
  sched_.safe_point_fn = nullptr;
  sched_.safe_point_context = nullptr;
  sched_.lock.unlock();
  --mp.locks;
  casgstatus(g, kGwaiting, kGrunning);
}

void Runtime::run_safe_point_fn() {
  const InFunction here(calls(), "runSafePointFn");
  const interleave::AtOnce at_once = this->at_once();
  P& p = *this_m().pp();
  // Whoever asks may have done it already, if the P was idle for a moment.
  if (!p.run_safe_point_fn.cas(1, 0)) return;
  sched_.safe_point_fn(sched_.safe_point_context, p);
  sched_.lock.lock();
  guarded(sched_.safe_point, interleave::Access::kChange);
  if (--sched_.safe_point_wait == 0) sched_.safe_point_note.wakeup();
  sched_.lock.unlock();
}

}  // namespace mpglab::sim
