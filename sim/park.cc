// Goroutines come, wait and go: newproc, gopark, ready, gosched, goexit.

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

void Runtime::casgstatus(G& g, std::uint32_t from, std::uint32_t to) {
  // While somebody holds the scan bit the word is not what is expected: wait for them.
  while (!g.atomicstatus.cas(from, to)) {
    check(!(from == kGwaiting && g.atomicstatus.load() == kGrunnable),
          "casgstatus: waiting for Gwaiting but is Grunnable");
    osyield();
  }
}

void Runtime::cas_g_to_waiting(G& g, std::uint32_t from, WaitReason reason) {
  // The reason first: whoever sees the status must see the reason that belongs to it.
  g.waitreason = reason;
  casgstatus(g, from, kGwaiting);
}

void Runtime::set_curg(M& mp, G* g) {
  engine_.step(mp.curg_word, interleave::Access::kStore);
  const auto word = [](const tracer::TracedG* who) { return who == nullptr ? 0 : who->goid; };
  engine_.done(mp.curg_word, interleave::Access::kStore, word(mp.curg), word(g));
  mp.curg = g;
}

void Runtime::dropg(M& mp) {
  G& g = *mp.running_g();
  set_curg(mp, nullptr);
  g.m = nullptr;
}

// ---- creation ----

void Runtime::newproc(std::uint32_t body, std::uint32_t position) {
  const InFunction here(calls(), "newproc");
  const interleave::AtOnce at_once = this->at_once();
  G* g = newproc1(body, position);
  runqput(*this_m().pp(), *g, true);
  wakep();
}

G* Runtime::gfget(P& p) {
  G* g = p.gfree;
  if (g != nullptr) p.gfree = g->schedlink;
  engine_.saw(number_of(g));
  return g;
}

void Runtime::gfput(P& p, G& g) {
  g.schedlink = p.gfree;
  p.gfree = &g;
}

G* Runtime::newproc1(std::uint32_t body, std::uint32_t position) {
  M& mp = this_m();
  ++mp.locks;
  P& p = *mp.pp();
  G* g = gfget(p);
  if (g == nullptr) {
    engine_.touch(allgs_word_, interleave::Access::kChange);
    g = &add_g();
  }
  check(g->atomicstatus.load() == kGdead, "newproc1: new g is not Gdead");
  g->body = body;
  g->position = position;
  g->pc = 0;
  g->repeat_depth = 0;
  g->started = g->at_once = false;
  g->calls.clear();
  g->past = {};
  g->system = body == G::kTraceReaderBody;
  g->waitreason = WaitReason::kZero;

  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(*g, kGdead, kGrunnable);
  if (p.goidcache == p.goidcacheend) {
    constexpr std::uint64_t kGoidCacheBatch = 16;
    p.goidcache = sched_.goidgen.add(kGoidCacheBatch) - kGoidCacheBatch + 1;
    p.goidcacheend = p.goidcache + kGoidCacheBatch;
  }
  g->goid = p.goidcache++;
  g->trace.reset();
  truth(*g, ResourceState::kRunnable);
  if (trace.ok()) {
    trace.go_create(*g, position);
    tracer_.release(trace);
  }
  --mp.locks;
  return g;
}

// ---- leaving a goroutine ----

// Leaves the running goroutine; `fn` goes on with it on g0. Returns when the goroutine runs again,
// perhaps on another M. No choice point of its own.
void Runtime::mcall(M::Mcall fn) {
  M& mp = this_m();
  mp.running_g()->at_once = engine_.at_once();
  mp.mcall = fn;
  mp.calls = &mp.g0_calls;
  engine_.continue_past(mp.past);
  forget_all_but(mp);
  engine_.switch_coroutine(engine_.thread_coroutine());
}

void Runtime::gopark(UnlockF unlockf, void* lock, WaitReason reason,
                     tracer::BlockReason block_reason, tracer::Site site) {
  M& mp = this_m();
  mp.waitunlockf = unlockf;
  mp.waitlock = lock;
  mp.running_g()->waitreason = reason;
  mp.wait_block_reason = block_reason;
  mp.wait_site = site;
  mcall(&Runtime::park_m);
}

G* Runtime::park_m(G& g) {
  const InFunction here(calls(), "park_m");
  M& mp = this_m();
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGrunning, kGwaiting);
  truth(g, ResourceState::kWaiting);
  place(g, G::Place::kOnM, G::Place::kWaiting);
  if (trace.ok()) {
    trace.go_park(mp.wait_block_reason, mp.wait_site);
    tracer_.release(trace);
  }
  dropg(mp);
  if (mp.waitunlockf != nullptr) {
    const UnlockF unlockf = mp.waitunlockf;
    mp.waitunlockf = nullptr;
    if (!unlockf(*this, g, mp.waitlock)) {
      trace = tracer_.acquire();
      casgstatus(g, kGwaiting, kGrunnable);
      truth(g, ResourceState::kRunnable);
      place(g, G::Place::kWaiting, G::Place::kQueue);
      if (trace.ok()) {
        trace.go_unpark(g, tracer::Site::kNone);
        tracer_.release(trace);
      }
      execute(g, true);
      return &g;
    }
  }
  return nullptr;
}

void Runtime::ready(G& g, tracer::Site site, bool next) {
  const InFunction here(calls(), "ready");
  M& mp = this_m();
  ++mp.locks;
  check((g.atomicstatus.load() & ~kGscan) == kGwaiting, "bad g->status in ready");
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGwaiting, kGrunnable);
  truth(g, ResourceState::kRunnable);
  place(g, G::Place::kWaiting, G::Place::kNowhere);
  if (trace.ok()) {
    trace.go_unpark(g, site);
    tracer_.release(trace);
  }
  // Queued only now: before its event is written nobody may run it.
  runqput(*mp.pp(), g, next);
  wakep();
  --mp.locks;
}

void Runtime::gosched() {
  mcall(&Runtime::gosched_m);
}
void Runtime::goyield() {
  mcall(&Runtime::goyield_m);
}
G* Runtime::gosched_m(G& g) {
  return gosched_impl(g, false);
}
G* Runtime::gopreempt_m(G& g) {
  return gosched_impl(g, true);
}

G* Runtime::gosched_impl(G& g, bool preempted) {
  const InFunction here(calls(), "goschedImpl");
  M& mp = this_m();
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGrunning, kGrunnable);
  truth(g, ResourceState::kRunnable);
  place(g, G::Place::kOnM, G::Place::kNowhere);
  if (trace.ok()) {
    if (preempted) {
      trace.go_stop(tracer::StopReason::kPreempted, tracer::Site::kPreempted);
    } else {
      trace.go_stop(tracer::StopReason::kGosched, tracer::Site::kGosched);
    }
    tracer_.release(trace);
  }
  dropg(mp);
  sched_.lock.lock();
  globrunqput(g);
  sched_.lock.unlock();
  wakep();
  return nullptr;
}

// As gosched, but onto the P's own queue: for whoever has handed something over to the next.
G* Runtime::goyield_m(G& g) {
  const InFunction here(calls(), "goyield_m");
  M& mp = this_m();
  P& p = *mp.pp();
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGrunning, kGrunnable);
  truth(g, ResourceState::kRunnable);
  place(g, G::Place::kOnM, G::Place::kNowhere);
  if (trace.ok()) {
    trace.go_stop(tracer::StopReason::kPreempted, tracer::Site::kSemacquire);
    tracer_.release(trace);
  }
  dropg(mp);
  runqput(p, g, false);
  return nullptr;
}

// ---- the end ----

void Runtime::goexit() {
  const InFunction here(calls(), "goexit");
  engine_.set_at_once(program_.scheduling_at_once);
  tracer::TraceLocker trace = tracer_.acquire();
  truth(this_g(), ResourceState::kNotExist);
  if (trace.ok()) {
    trace.go_end();
    tracer_.release(trace);
  }
  mcall(&Runtime::goexit0);
}

G* Runtime::goexit0(G& g) {
  gdestroy(g);
  return nullptr;
}

void Runtime::gdestroy(G& g) {
  const InFunction here(calls(), "gdestroy");
  M& mp = this_m();
  casgstatus(g, kGrunning, kGdead);
  place(g, G::Place::kOnM, G::Place::kNowhere);
  g.preempt_stop = false;
  g.waitreason = WaitReason::kZero;
  dropg(mp);
  gfput(*mp.pp(), g);
}

}  // namespace mpglab::sim
