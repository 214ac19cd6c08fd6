// The network poller: goroutines wait for bytes, and whoever has nothing better to do asks the
// kernel whose have arrived.
//
// Source: Go 1.22 netpollblock, netpollready, netpollunblock (netpoll.go), injectglist and the
// places that poll (proc.go) at 3d20a327a1, with the fix of golang/go 70883: a goroutine is made
// runnable inside the critical section in which its event is written.
//
// When bytes arrive is a decision of the schedule, at each poll and for each connection. A poll
// that may block gives way first and comes back with something, as bytes may arrive at any time.

#include "sim/runtime.h"

namespace mpglab::sim {

namespace {

// netpollblockcommit. The poller may have been faster: then the goroutine must not wait.
bool commit_netpoll_block(Runtime& runtime, G& g, void* /*lock*/) {
  return runtime.netpollblockcommit(g);
}

}  // namespace

bool Runtime::netpollblockcommit(G& g) {
  if (!g.poll->rg.cas(PollDesc::kWait, PollDesc::kParked)) return false;
  netpoll_waiters_.bump(1);
  return true;
}

void Runtime::netread() {
  const InFunction here(calls(), "netpollblock");
  G& g = this_g();
  if (!g.poll) add_poll(g);
  // The read has found nothing; from here on bytes may arrive.
  engine_.touch(network_word_, interleave::Access::kChange);
  g.netlink = unarrived_;
  unarrived_ = &g;
  engine_.progress();

  PollDesc& pd = *g.poll;
  for (;;) {
    if (pd.rg.cas(PollDesc::kReady, PollDesc::kNil)) return;
    if (pd.rg.cas(PollDesc::kNil, PollDesc::kWait)) break;
  }
  gopark(commit_netpoll_block, nullptr, WaitReason::kIoWait, tracer::BlockReason::kNet,
         tracer::Site::kNetpollBlock);
  pd.rg.store(PollDesc::kNil);
}

// Those whose bytes have arrived and who are parked; they are still waiting.
WaitQueue Runtime::netpoll(bool block) {
  const InFunction here(calls(), "netpoll");
  if (block) {
    do {
      engine_.yield();
      engine_.touch(network_word_, interleave::Access::kChange);
    } while (unarrived_ == nullptr);
  } else {
    engine_.touch(network_word_, interleave::Access::kChange);
  }
  // The kernel answers in one step.
  G* arrived = nullptr;
  for (G** at = &unarrived_; *at != nullptr;) {
    G& g = **at;
    const bool must = block && arrived == nullptr && g.netlink == nullptr;
    if (!must && engine_.choose(kArrival, 2) != 0) {
      at = &g.netlink;
      continue;
    }
    *at = g.netlink;
    g.netlink = arrived;
    arrived = &g;
  }
  WaitQueue ready;
  while (arrived != nullptr) {
    G& g = *arrived;
    arrived = g.netlink;
    g.netlink = nullptr;
    // netpollunblock
    for (;;) {
      const std::uint32_t before = g.poll->rg.load();
      if (before == PollDesc::kReady) break;
      if (!g.poll->rg.cas(before, PollDesc::kReady)) continue;
      if (before == PollDesc::kParked) ready.push(g);
      break;
    }
  }
  return ready;
}

// The poller's find, for the M that polled: it runs it itself.
void Runtime::ready_from_netpoll(G& g) {
  tracer::TraceLocker trace = tracer_.acquire();
  casgstatus(g, kGwaiting, kGrunnable);
  truth(g, ResourceState::kRunnable);
  place(g, G::Place::kWaiting, G::Place::kQueue);
  if (trace.ok()) {
    trace.go_unpark(g, tracer::Site::kNone);
    tracer_.release(trace);
  }
  netpoll_waiters_.bump(static_cast<std::uint32_t>(-1));
}

void Runtime::injectglist(WaitQueue& list) {
  const InFunction here(calls(), "injectglist");
  if (list.empty()) return;
  WaitQueue runnable;
  std::uint32_t count = 0;
  tracer::TraceLocker trace = tracer_.acquire();
  while (G* g = list.pop()) {
    casgstatus(*g, kGwaiting, kGrunnable);
    truth(*g, ResourceState::kRunnable);
    place(*g, G::Place::kWaiting, G::Place::kNowhere);
    if (trace.ok()) trace.go_unpark(*g, tracer::Site::kNone);
    runnable.push(*g);
    ++count;
  }
  if (trace.ok()) tracer_.release(trace);

  // Without a P all go to the global queue, with one as many as there are idle Ps to run them.
  P* const p = this_m().pp();
  const std::uint32_t global = p == nullptr ? count : std::min(count, sched_.npidle.load());
  if (global > 0) {
    sched_.lock.lock();
    for (std::uint32_t i = 0; i < global; ++i) globrunqput(*runnable.pop());
    sched_.lock.unlock();
    start_idle(global);
  }
  while (G* g = runnable.pop()) runqput(*p, *g, false);
  netpoll_waiters_.bump(static_cast<std::uint32_t>(-static_cast<std::int32_t>(count)));
}

void Runtime::start_idle(std::uint32_t most) {
  M& mp = this_m();
  for (std::uint32_t i = 0; i < most; ++i) {
    ++mp.locks;
    sched_.lock.lock();
    P* const idle = pidleget_spinning();
    if (idle != nullptr) startm(idle, false, true);
    sched_.lock.unlock();
    --mp.locks;
    if (idle == nullptr) break;
  }
}

}  // namespace mpglab::sim
