// Ms and Ps: who starts a thread, who gets a P, who gives it up.

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

namespace {

// What taking the first of a list does to it.
interleave::Access taken_from(const void* first) {
  return first == nullptr ? interleave::Access::kLook : interleave::Access::kChange;
}

}  // namespace

void Runtime::startm(P* p, bool spinning, bool lockheld) {
  const InFunction here(calls(), "startm");
  const interleave::AtOnce at_once = this->at_once();
  M& mp = this_m();
  ++mp.locks;
  if (!lockheld) sched_.lock.lock();
  if (p == nullptr) {
    check(!spinning, "startm: P required for spinning=true");
    p = pidleget();
    if (p == nullptr) {
      if (!lockheld) sched_.lock.unlock();
      --mp.locks;
      return;
    }
  }
  M* idle = mget();
  if (idle == nullptr) {
    sched_.lock.unlock();
    newm(spinning, *p);
    if (lockheld) sched_.lock.lock();
    --mp.locks;
    return;
  }
  if (!lockheld) sched_.lock.unlock();
  check(!idle->spinning, "startm: m is spinning");
  check(idle->nextp == nullptr, "startm: m has p");
  check(!spinning || p->runq.looks_empty(), "startm: p has runnable gs");
  idle->spinning = spinning;
  idle->nextp = p;
  idle->park.wakeup();
  --mp.locks;
}

void Runtime::stopm() {
  const InFunction here(calls(), "stopm");
  const interleave::AtOnce at_once = this->at_once();
  M& mp = this_m();
  check(mp.locks == 0, "stopm holding locks");
  check(mp.p == nullptr, "stopm holding p");
  check(!mp.spinning, "stopm spinning");
  sched_.lock.lock();
  mput(mp);
  sched_.lock.unlock();
  mp.park.sleep();
  mp.park.clear();
  // Given by whoever has woken this M.
  engine_.saw(number_of(mp.nextp));
  engine_.saw(mp.spinning ? 1 : 0);
  acquirep(*mp.nextp);
  mp.nextp = nullptr;
}

void Runtime::gcstopm() {
  const InFunction here(calls(), "gcstopm");
  M& mp = this_m();
  if (mp.spinning) {
    mp.spinning = false;
    sched_.nmspinning.bump(-1);
    check(sched_.nmspinning.peek() >= 0, "gcstopm: negative nmspinning");
  }
  P& p = releasep();
  sched_.lock.lock();
  p.status.store(PStatus::kPgcstop);
  stopped_one_locked();
  sched_.lock.unlock();
  stopm();
}

void Runtime::newm(bool spinning, P& p) {
  const InFunction here(calls(), "newm");
  const interleave::AtOnce at_once = this->at_once();
  M& mp = allocm(p);
  mp.start_spinning = spinning;
  mp.nextp = &p;
  start_thread(mp, [](void* self) { static_cast<M*>(self)->runtime->mstart1(); });
}

M& Runtime::allocm(P& p) {
  const InFunction here(calls(), "allocm");
  M& self = this_m();
  ++self.locks;
  // Whoever has no P borrows the new M's for what it allocates; the trace shows it.
  const bool borrows = self.p == nullptr;
  if (borrows) acquirep(p);
  sched_.lock.lock();
  guarded(sched_.allm_list, interleave::Access::kChange);
  M& mp = add_m();
  sched_.lock.unlock();
  if (borrows) releasep();
  --self.locks;
  return mp;
}

void Runtime::handoffp(P& p) {
  const InFunction here(calls(), "handoffp");
  const interleave::AtOnce at_once = this->at_once();
  if (!p.runq.empty() || sched_.runqsize.load() != 0) {
    startm(&p, false, false);
    return;
  }
  if ((tracer_.enabled() || tracer_.shutting_down()) && tracer_.trace_reader_available() != 0) {
    startm(&p, false, false);
    return;
  }
  // Nobody looks for work and nobody is idle: somebody should look.
  if (sched_.nmspinning.load() + static_cast<std::int32_t>(sched_.npidle.load()) == 0 &&
      sched_.nmspinning.cas(0, 1)) {
    sched_.needspinning.store(0);
    startm(&p, true, false);
    return;
  }
  sched_.lock.lock();
  if (sched_.gcwaiting.load()) {
    p.status.store(PStatus::kPgcstop);
    stopped_one_locked();
    sched_.lock.unlock();
    return;
  }
  // The P is nobody's now and about to be idle, where nobody would run the function for it.
  if (p.run_safe_point_fn.load() != 0 && p.run_safe_point_fn.cas(1, 0)) {
    sched_.safe_point_fn(sched_.safe_point_context, p);
    guarded(sched_.safe_point, interleave::Access::kChange);
    if (--sched_.safe_point_wait == 0) sched_.safe_point_note.wakeup();
  }
  if (sched_.runqsize.load() != 0) {
    sched_.lock.unlock();
    startm(&p, false, false);
    return;
  }
  // The last P that runs, and nobody polls the network: somebody has to.
  if (netpollinited() && sched_.npidle.load() == gomaxprocs_ - 1 && lastpoll_.load() != 0) {
    sched_.lock.unlock();
    startm(&p, false, false);
    return;
  }
  pidleput(p);
  sched_.lock.unlock();
}

// ---- an M takes a P and gives it up ----

void Runtime::acquirep(P& p) {
  const InFunction here(calls(), "acquirep");
  wirep(p);
  truth(p, ResourceState::kRunning, true);
  // The P was taken from its list before: inside the critical section it could be one that has been
  // given up in the next generation, and would start before it has stopped.
  tracer::TraceLocker trace = tracer_.acquire();
  if (trace.ok()) {
    trace.proc_start();
    tracer_.release(trace);
  }
}

void Runtime::wirep(P& p) {
  M& mp = this_m();
  check(mp.p == nullptr, "wirep: already in go");
  check(p.m == nullptr && p.status.peek() == PStatus::kPidle, "wirep: invalid p state");
  mp.p = &p;
  p.status.store(PStatus::kPrunning);
  p.m = &mp;
}

P& Runtime::releasep() {
  const InFunction here(calls(), "releasep");
  M& mp = this_m();
  tracer::TraceLocker trace = tracer_.acquire();
  P& p = *mp.pp();
  truth(p, ResourceState::kIdle);
  if (trace.ok()) {
    trace.proc_stop();
    tracer_.release(trace);
  }
  check(p.m == &mp && p.status.peek() == PStatus::kPrunning, "releasep: invalid p state");
  p.status.store(PStatus::kPidle);
  mp.p = nullptr;
  p.m = nullptr;
  return p;
}

// ---- idle lists; under sched.lock ----

void Runtime::mput(M& mp) {
  MPG_CHECK(sched_.lock.held(), "mput without sched.lock");
  M** at = &sched_.midle;
  if (program_.idle_ms_alike) {
    // By number: then the order of two that come does not matter.
    while (*at != nullptr && (*at)->id < mp.id) at = &(*at)->schedlink;
    guarded(sched_.midle_list, interleave::Access::kAdd);
  } else {
    guarded(sched_.midle_list, interleave::Access::kChange);
  }
  mp.schedlink = *at;
  *at = &mp;
}

M* Runtime::mget() {
  MPG_CHECK(sched_.lock.held(), "mget without sched.lock");
  M* mp = sched_.midle;
  guarded(sched_.midle_list, taken_from(mp));
  if (mp != nullptr) sched_.midle = mp->schedlink;
  engine_.saw(number_of(mp));
  return mp;
}

void Runtime::pidleput(P& p) {
  MPG_CHECK(sched_.lock.held(), "pidleput without sched.lock");
  check(p.runq.looks_empty(), "pidleput: P has non-empty run queue");
  guarded(sched_.pidle_list, interleave::Access::kChange);
  p.link = sched_.pidle;
  sched_.pidle = &p;
  sched_.npidle.bump(1);
}

P* Runtime::pidleget() {
  MPG_CHECK(sched_.lock.held(), "pidleget without sched.lock");
  P* p = sched_.pidle;
  guarded(sched_.pidle_list, taken_from(p));
  if (p != nullptr) {
    sched_.pidle = p->link;
    sched_.npidle.bump(static_cast<std::uint32_t>(-1));
  }
  engine_.saw(number_of(p));
  return p;
}

P* Runtime::pidleget_spinning() {
  P* p = pidleget();
  // Somebody wanted a spinner and could not have one: the next M that would stop shall spin
  // instead.
  if (p == nullptr) sched_.needspinning.store(1);
  return p;
}

}  // namespace mpglab::sim
