// sysmon: the thread without a P that takes Ps out of long syscalls. Source: Go 1.22 sysmon, retake
// (proc.go at 3d20a327a1, with c9d88ea2aa: the tracer's critical section spans the CAS).

#include <algorithm>

#include "sim/runtime.h"

namespace mpglab::sim {

std::uint64_t Runtime::nanotime() const {
  return engine_.steps() * kNanosecondsPerTick + slept_ns_;
}

void Runtime::usleep(std::uint64_t microseconds) {
  const std::uint64_t until = nanotime() + microseconds * 1000;
  engine_.nap();
  let_pass(until);
}

void Runtime::usleep_briefly(std::uint64_t microseconds) {
  const std::uint64_t until = nanotime() + microseconds * 1000;
  engine_.nap_briefly();
  let_pass(until);
}

void Runtime::let_pass(std::uint64_t until) {
  if (nanotime() < until) slept_ns_ += until - nanotime();
}

void Runtime::sysmon() {
  const InFunction here(calls(), "sysmon");
  engine_.make_daemon();
  std::uint32_t idle = 0;
  std::uint64_t delay = 0;
  for (;;) {
    if (idle == 0) {
      delay = 20;
    } else if (idle > 50) {
      delay *= 2;
    }
    delay = std::min<std::uint64_t>(delay, 10'000);
    usleep(delay);
    // The operating system may let a thread sleep as long as it likes: after that, every time limit
    // has run out.
    if (engine_.choose(kOversleep, 2) == 1) slept_ns_ += kForcePreemptNs;

    if (sched_.gcwaiting.load() || sched_.npidle.load() == gomaxprocs_) {
      sched_.lock.lock();
      if (sched_.gcwaiting.load() || sched_.npidle.load() == gomaxprocs_) {
        sched_.sysmonwait.store(true);
        sched_.lock.unlock();
        if (sched_.sysmonnote.sleep_with_timeout()) {
          idle = 0;
          delay = 20;
        }
        sched_.lock.lock();
        sched_.sysmonwait.store(false);
        sched_.sysmonnote.clear();
      }
      sched_.lock.unlock();
    }
    sched_.sysmonlock.lock();
    if (netpollinited()) {
      const std::uint64_t last = lastpoll_.load();
      const std::uint64_t now = nanotime();
      if (last != 0 && last + kPollNs < now) {
        lastpoll_.cas(last, now);
        WaitQueue list = netpoll(false);
        injectglist(list);
      }
    }
    if (retake(nanotime()) != 0) {
      idle = 0;
    } else {
      ++idle;
    }
    sched_.sysmonlock.unlock();
  }
}

std::uint32_t Runtime::retake(std::uint64_t now) {
  const InFunction here(calls(), "retake");
  std::uint32_t taken = 0;
  // Ps may not come and go meanwhile.
  sched_.allplock.lock();
  for (const auto& each : ps_) {
    P& p = *each;
    P::SysmonTick& seen = p.sysmontick;
    const PStatus status = p.status.load();
    bool too_long = false;
    if (status == PStatus::kPrunning || status == PStatus::kPsyscall) {
      const std::uint32_t tick = p.schedtick.load();
      if (seen.schedtick != tick) {
        seen.schedtick = tick;
        seen.schedwhen = now;
      } else if (seen.schedwhen + kForcePreemptNs <= now) {
        preemptone(p);
        too_long = true;
      }
    }
    if (status != PStatus::kPsyscall) continue;
    const std::uint32_t tick = p.syscalltick.load();
    if (!too_long && seen.syscalltick != tick) {
      // A syscall that sysmon has not seen before: it gets one more round.
      seen.syscalltick = tick;
      seen.syscallwhen = now;
      continue;
    }
    // Nobody needs the P, and it is not for long yet.
    if (p.runq.empty() &&
        sched_.nmspinning.load() + static_cast<std::int32_t>(sched_.npidle.load()) > 0 &&
        seen.syscallwhen + kForcePreemptNs > now) {
      continue;
    }
    // handoffp takes sched.lock, which comes before allpLock.
    sched_.allplock.unlock();
    tracer::TraceLocker trace = tracer_.acquire();
    if (p.status.cas(status, PStatus::kPidle)) {
      truth_steal(p);
      if (trace.ok()) {
        trace.proc_steal(p, false);
        tracer_.release(trace);
      }
      ++taken;
      p.syscalltick.bump(1);
      handoffp(p);
    } else if (trace.ok()) {
      tracer_.release(trace);
    }
    sched_.allplock.lock();
  }
  sched_.allplock.unlock();
  return taken;
}

}  // namespace mpglab::sim
