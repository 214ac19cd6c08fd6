// One round of the scheduler: schedule, findRunnable, execute, and the queues.

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

namespace {

// Where in the search for work an M is when it has nothing on its stack that it still needs; the
// last two stand for as many places as there are tries and Ps.
enum Place : std::uint64_t {
  kLooking = 1,
  kFoundNothing,
  kWithoutP,
  kSpunInVain,
  kStopping,
  kNoReader,
  kNothingQueued,
  kStealing = 0x10,
  kCheckingRunqs = 0x100,
};

}  // namespace

// What runs on g0 of every M: find a goroutine, run it until it leaves, do what it left for.
void Runtime::m_loop() {
  G* next = nullptr;
  for (;;) {
    if (next == nullptr) next = schedule();
    gogo(*next);
    M& mp = this_m();
    // Leaving a syscall is open, even if the goroutine has lost its P.
    engine_.set_at_once(program_.scheduling_at_once && mp.mcall != &Runtime::exitsyscall0);
    next = (this->*mp.mcall)(*mp.running_g());
  }
}

void Runtime::mstart1() {
  M& mp = this_m();
  engine_.set_at_once(program_.scheduling_at_once);
  engine_.continue_past(mp.past);
  forget_all_but(mp);
  if (mp.start_spinning) {
    mp.start_spinning = false;
    mp.spinning = true;
  }
  acquirep(*mp.nextp);
  mp.nextp = nullptr;
  m_loop();
}

G* Runtime::schedule() {
  const InFunction here(calls(), "schedule");
  engine_.set_at_once(program_.scheduling_at_once);
  M& mp = this_m();
  forget_all_but(mp);
  check(mp.locks == 0, "schedule: holding locks");
  check(!mp.spinning || mp.pp()->runq.looks_empty(), "schedule: spinning with local work");
  const Found found = find_runnable();
  if (mp.spinning) resetspinning();
  if (found.try_wake_p) wakep();
  execute(*found.g, found.inherit_time);
  return found.g;
}

Runtime::Found Runtime::find_runnable() {
  const InFunction here(calls(), "findRunnable");
  M& mp = this_m();
  for (;;) {
    forget_all_but(mp, kLooking);
    if (sched_.gcwaiting.load()) {
      gcstopm();
      continue;
    }
    P& p = *mp.pp();
    if (p.run_safe_point_fn.load() != 0) run_safe_point_fn();
    if (const std::optional<Found> found = look_for_work()) {
      if (found->g == nullptr) continue;
      return *found;
    }

    // Nothing to do: the P goes to the idle list.
    forget_all_but(mp, kFoundNothing);
    sched_.lock.lock();
    if (sched_.gcwaiting.load() || p.run_safe_point_fn.load() != 0) {
      sched_.lock.unlock();
      continue;
    }
    if (sched_.runqsize.load() != 0) {
      G* g = globrunqget(p, 0);
      sched_.lock.unlock();
      return {g, false, false};
    }
    if (!mp.spinning && sched_.needspinning.load() == 1) {
      // Somebody wanted to wake a spinner and found no idle P: be that spinner.
      become_spinning(mp);
      sched_.lock.unlock();
      continue;
    }
    releasep();
    pidleput(p);
    sched_.lock.unlock();
    const bool was_spinning = mp.spinning;
    forget_all_but(mp, kWithoutP);

    // From spinning to not spinning while somebody queues work: they saw a spinner and woke nobody.
    // So after the count is lowered, everything is looked at once more.
    if (mp.spinning) {
      mp.spinning = false;
      sched_.nmspinning.bump(-1);
      check(sched_.nmspinning.peek() >= 0, "findrunnable: negative nmspinning");
      sched_.lock.lock();
      if (sched_.runqsize.load() != 0) {
        if (P* idle = pidleget_spinning()) {
          G* g = globrunqget(*idle, 0);
          sched_.lock.unlock();
          acquirep(*idle);
          become_spinning(mp);
          return {g, false, false};
        }
      }
      sched_.lock.unlock();
      forget_all_but(mp, kSpunInVain);
      if (P* idle = check_runqs_no_p()) {
        acquirep(*idle);
        become_spinning(mp);
        continue;
      }
    }
    // The last thing that can be waited for is the network, by one at a time.
    if (netpollinited() && netpoll_any_waiters() && lastpoll_.exchange(0) != 0) {
      WaitQueue list = netpoll(true);
      lastpoll_.store(nanotime() + 1);
      sched_.lock.lock();
      P* const idle = pidleget();
      sched_.lock.unlock();
      if (idle != nullptr) {
        acquirep(*idle);
        if (G* g = list.pop()) {
          injectglist(list);
          ready_from_netpoll(*g);
          return {g, false, false};
        }
        if (was_spinning) become_spinning(mp);
        continue;
      }
      injectglist(list);
    }
    forget_all_but(mp, kStopping);
    stopm();
  }
}

// Everything that can be found while the P is kept. A result without goroutine: begin anew.
std::optional<Runtime::Found> Runtime::look_for_work() {
  M& mp = this_m();
  P& p = *mp.pp();

  if (tracer_.enabled() || tracer_.shutting_down()) {
    if (const std::uint64_t goid = tracer_.trace_reader(); goid != 0) {
      G* reader = nullptr;
      for (G* g : goroutines()) {
        if (g->goid == goid && g->body == G::kTraceReaderBody) reader = g;
      }
      MPG_CHECK(reader != nullptr, "the trace reader is no goroutine");
      tracer::TraceLocker trace = tracer_.acquire();
      casgstatus(*reader, kGwaiting, kGrunnable);
      truth(*reader, ResourceState::kRunnable);
      place(*reader, G::Place::kWaiting, G::Place::kQueue);
      if (trace.ok()) {
        trace.go_unpark(*reader, tracer::Site::kNone);
        tracer_.release(trace);
      }
      return Found{reader, false, true};
    }
  }

  forget_all_but(mp, kNoReader);
  // Once in a while the global queue first, or two goroutines that keep waking each other on the
  // local queue could starve it.
  if (p.schedtick.load() % 61 == 0 && sched_.runqsize.load() > 0) {
    sched_.lock.lock();
    G* g = globrunqget(p, 1);
    sched_.lock.unlock();
    if (g != nullptr) return Found{g, false, false};
  }
  bool inherit_time = false;
  if (G* g = p.runq.get(inherit_time)) return Found{g, inherit_time, false};
  if (sched_.runqsize.load() != 0) {
    sched_.lock.lock();
    G* g = globrunqget(p, 0);
    sched_.lock.unlock();
    if (g != nullptr) return Found{g, false, false};
  }

  forget_all_but(mp, kNothingQueued);
  // Only to spare stealing: somebody else may be polling, and nobody has to.
  if (netpollinited() && netpoll_any_waiters() && lastpoll_.load() != 0) {
    WaitQueue list = netpoll(false);
    if (G* g = list.pop()) {
      injectglist(list);
      ready_from_netpoll(*g);
      return Found{g, false, false};
    }
  }

  // At most half of the busy Ps look for work at others.
  if (mp.spinning ||
      2 * sched_.nmspinning.load() < static_cast<std::int32_t>(gomaxprocs_) -
                                         static_cast<std::int32_t>(sched_.npidle.load())) {
    if (!mp.spinning) become_spinning(mp);
    bool new_work = false;
    if (G* g = steal_work(new_work)) return Found{g, false, false};
    if (new_work) return Found{nullptr, false, false};
  }
  return std::nullopt;
}

G* Runtime::steal_work(bool& new_work) {
  const InFunction here(calls(), "stealWork");
  P& thief = *this_m().pp();
  constexpr unsigned kStealTries = 4;
  for (unsigned i = 0; i < kStealTries; ++i) {
    const bool steal_run_next_g = i + 1 == kStealTries;
    // Go walks the Ps from a random one by a random step coprime to their number. One forward or
    // one backward are such steps; with two Ps there is only one victim anyway.
    const std::uint32_t orders = gomaxprocs_ > 2 ? 2 * gomaxprocs_ : 1;
    const std::uint32_t order = engine_.choose(kStealOrder, orders);
    const std::uint32_t step = order % 2 == 0 ? 1 : gomaxprocs_ - 1;
    std::uint32_t position = order / 2;
    for (std::uint32_t n = 0; n < gomaxprocs_; ++n, position = (position + step) % gomaxprocs_) {
      if (sched_.gcwaiting.load()) {
        new_work = true;
        return nullptr;
      }
      forget_all_but(this_m(), (std::uint64_t{i} << 32 | order << 16 | n) + kStealing);
      P& victim = p_at(position);
      if (&victim == &thief) continue;
      if (G* g = runqsteal(thief, victim, steal_run_next_g)) return g;
    }
  }
  return nullptr;
}

G* Runtime::runqsteal(P& thief, P& victim, bool steal_run_next_g) {
  for (;;) {
    if (G* g = victim.runq.steal_half(thief.runq)) return g;
    if (!steal_run_next_g) return nullptr;
    G* next = victim.runq.peek_next();
    if (next == nullptr) return nullptr;
    // Its P is about to run it: leave it a moment.
    if (victim.status.load() == PStatus::kPrunning) usleep_briefly(3);
    if (victim.runq.steal_next(next)) return next;
  }
}

P* Runtime::check_runqs_no_p() {
  for (const auto& p : ps_) {
    if (p->runq.empty()) {
      forget_all_but(this_m(), kCheckingRunqs + number_of(p.get()));
      continue;
    }
    sched_.lock.lock();
    P* idle = pidleget_spinning();
    sched_.lock.unlock();
    return idle;
  }
  return nullptr;
}

void Runtime::execute(G& g, bool inherit_time) {
  const InFunction here(calls(), "execute");
  M& mp = this_m();
  place(g, G::Place::kQueue, G::Place::kOnM);
  set_curg(mp, &g);
  g.m = &mp;
  casgstatus(g, kGrunnable, kGrunning);
  truth(g, ResourceState::kRunning, true);
  g.preempt = false;
  g.stackguard0.store(false);
  if (!inherit_time) mp.pp()->schedtick.bump(1);
  // The event comes after the change, in a critical section of its own: nobody else can do anything
  // with a running goroutine, and what it was before is always runnable.
  tracer::TraceLocker trace = tracer_.acquire();
  if (trace.ok()) {
    trace.go_start();
    tracer_.release(trace);
  }
}

// Runs the goroutine until it calls mcall. No choice point of its own.
void Runtime::gogo(G& g) {
  M& mp = this_m();
  if (!g.started) {
    g.started = true;
    // Numbers from the other end than those of the threads.
    if (!g.stack) g.stack = std::make_unique<interleave::Stack>(~std::size_t{g.index});
    mp.starting = &g;
    g.coroutine.start(*g.stack, goroutine_entry, this);
  }
  mp.calls = &g.calls;
  engine_.set_at_once(g.at_once);
  engine_.continue_past(g.past);
  engine_.switch_coroutine(g.coroutine);
}

// ---- queues ----

void Runtime::runqput(P& p, G& g, bool next) {
  place(g, G::Place::kNowhere, G::Place::kQueue);
  if (G* overflow = p.runq.put(g, next)) {
    sched_.lock.lock();
    guarded(sched_.runq_list, interleave::Access::kChange);
    sched_.runq.push(*overflow);
    sched_.runqsize.bump(1);
    sched_.lock.unlock();
  }
}

void Runtime::globrunqput(G& g) {
  MPG_CHECK(sched_.lock.held(), "globrunqput without sched.lock");
  place(g, G::Place::kNowhere, G::Place::kQueue);
  guarded(sched_.runq_list, interleave::Access::kChange);
  sched_.runq.push(g);
  sched_.runqsize.bump(1);
}

// Takes one goroutine, and moves a fair share of the others to the P's queue. max 0: no limit.
G* Runtime::globrunqget(P& p, std::uint32_t max) {
  MPG_CHECK(sched_.lock.held(), "globrunqget without sched.lock");
  const std::uint32_t size = sched_.runqsize.peek();
  guarded(sched_.runq_list, size == 0 ? interleave::Access::kLook : interleave::Access::kChange);
  if (size == 0) return nullptr;
  std::uint32_t n = size / gomaxprocs_ + 1;
  if (n > size) n = size;
  if (max > 0 && n > max) n = max;
  if (n > RunQueue::kCapacity / 2) n = RunQueue::kCapacity / 2;
  sched_.runqsize.store(size - n);
  G* first = sched_.runq.pop();
  engine_.saw(number_of(first));
  for (; n > 1; --n) {
    G* overflow = p.runq.put(*sched_.runq.pop(), false);
    MPG_CHECK(overflow == nullptr, "a P that looks for work has a full queue");
  }
  return first;
}

// ---- spinning ----

void Runtime::become_spinning(M& mp) {
  mp.spinning = true;
  sched_.nmspinning.bump(1);
  sched_.needspinning.store(0);
}

void Runtime::resetspinning() {
  M& mp = this_m();
  mp.spinning = false;
  sched_.nmspinning.bump(-1);
  check(sched_.nmspinning.peek() >= 0, "findrunnable: negative nmspinning");
  wakep();
}

void Runtime::wakep() {
  const InFunction here(calls(), "wakep");
  const interleave::AtOnce at_once = this->at_once();
  // One spinner at a time is enough: it wakes the next when it has found something.
  if (sched_.nmspinning.load() != 0 || !sched_.nmspinning.cas(0, 1)) return;
  M& mp = this_m();
  ++mp.locks;
  sched_.lock.lock();
  P* p = pidleget_spinning();
  if (p == nullptr) {
    sched_.nmspinning.bump(-1);
    check(sched_.nmspinning.peek() >= 0, "wakep: negative nmspinning");
    sched_.lock.unlock();
    --mp.locks;
    return;
  }
  sched_.lock.unlock();
  startm(p, true, false);
  --mp.locks;
}

}  // namespace mpglab::sim
