// Semaphores on which goroutines park. Source: Go 1.22 sema.go at 3d20a327a1.

#include "sim/runtime.h"

namespace mpglab::sim {

namespace {

// cansemacquire
bool can_acquire(Sema& sema) {
  for (;;) {
    const std::uint32_t count = sema.count.load();
    if (count == 0) return false;
    if (sema.count.cas(count, count - 1)) return true;
  }
}

}  // namespace

void Runtime::semacquire(Sema& sema) {
  const interleave::AtOnce at_once = this->at_once();
  if (can_acquire(sema)) return;
  const InFunction here(calls(), "semacquire1");
  G& g = this_g();
  for (;;) {
    sema.lock.lock();
    // First counted as waiting, then asked once more: a release adds first and looks for waiters
    // then.
    sema.nwait.bump(1);
    if (can_acquire(sema)) {
      sema.nwait.bump(static_cast<std::uint32_t>(-1));
      sema.lock.unlock();
      return;
    }
    sema.queue.push(g);
    gopark(
        [](Runtime&, G&, void* lock) {
          static_cast<interleave::Mutex*>(lock)->unlock();
          return true;
        },
        &sema.lock, WaitReason::kSemacquire, tracer::BlockReason::kSync, tracer::Site::kSemacquire);
    engine_.saw(sema.ticket_for == &g ? 1 : 0);
    if (sema.ticket_for == &g) {
      sema.ticket_for = nullptr;
      return;
    }
    if (can_acquire(sema)) return;
  }
}

void Runtime::semrelease(Sema& sema, bool handoff) {
  const interleave::AtOnce at_once = this->at_once();
  const InFunction here(calls(), "semrelease1");
  sema.count.bump(1);
  if (sema.nwait.load() == 0) return;
  sema.lock.lock();
  if (sema.nwait.load() == 0) {
    sema.lock.unlock();
    return;
  }
  G* waiter = sema.queue.pop();
  engine_.saw(number_of(waiter));
  if (waiter != nullptr) sema.nwait.bump(static_cast<std::uint32_t>(-1));
  sema.lock.unlock();
  if (waiter == nullptr) return;
  const bool ticket = handoff && can_acquire(sema);
  if (ticket) sema.ticket_for = waiter;
  goready(*waiter, tracer::Site::kSemacquire);
  // With a ticket the waiter runs next on this P; a pinned M cannot make room for it.
  if (ticket && this_m().locks == 0) goyield();
}

}  // namespace mpglab::sim
