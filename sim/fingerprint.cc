// The runtime's plain data as numbers, for searches that recognise a state. What is in words, and
// what threads know, is not in here: that the engine sees for itself.

#include "base/check.h"
#include "interleave/past.h"
#include "sim/runtime.h"

namespace mpglab::sim {

using interleave::Past;

std::uint64_t Runtime::number_of(const M* mp) {
  return mp == nullptr ? 0 : static_cast<std::uint64_t>(mp->id) + 1;
}
std::uint64_t Runtime::number_of(const P* p) {
  return p == nullptr ? 0 : static_cast<std::uint64_t>(p->id) + 1;
}
std::uint64_t Runtime::number_of(const G* g) {
  return g == nullptr ? 0 : std::uint64_t{g->index} + 1;
}

std::uint64_t Runtime::fingerprint(const M& mp) {
  Past past;
  past.saw(number_of(&mp) << 32 | number_of(mp.pp()) << 24 | number_of(mp.nextp) << 16 |
           number_of(mp.oldp) << 8 | static_cast<std::uint64_t>(mp.locks));
  past.saw(number_of(mp.running_g()) << 32 | mp.syscalltick);
  std::uint64_t flags = (mp.spinning ? 1U : 0U) | (mp.start_spinning ? 2U : 0U) |
                        (mp.waitunlockf != nullptr ? 4U : 0U) | (mp.buf[0] != nullptr ? 8U : 0U) |
                        (mp.buf[1] != nullptr ? 16U : 0U);
  past.saw(flags << 32 | static_cast<std::uint64_t>(mp.wait_block_reason) << 16 |
           static_cast<std::uint64_t>(mp.wait_site));
  past.saw(mp.mcall == nullptr ? 0 : mcall_number(mp.mcall));
  return past.number;
}

std::uint64_t Runtime::mcall_number(M::Mcall fn) {
  const std::array<M::Mcall, 7> known = {
      &Runtime::park_m,       &Runtime::gosched_m, &Runtime::gopreempt_m, &Runtime::goyield_m,
      &Runtime::preempt_park, &Runtime::goexit0,   &Runtime::exitsyscall0};
  for (std::size_t i = 0; i < known.size(); ++i)
    if (known[i] == fn) return i + 1;
  MPG_CHECK(false, "a function that mcall runs has no number");
  return 0;
}

std::uint64_t Runtime::fingerprint(const P& p) {
  Past past;
  past.saw(number_of(p.m) << 32 | number_of(p.syscall_owner) << 16 |
           static_cast<std::uint64_t>(p.syscall_m + 1));
  past.saw(p.runq.fingerprint());
  past.saw(p.goidcache << 32 | p.goidcacheend);
  past.saw(p.trace.fingerprint());
  for (const G* g = p.gfree; g != nullptr; g = g->schedlink) past.saw(number_of(g));
  past.saw(p.in_sweep ? 1 : 0);
  past.saw(p.told.number);
  return past.number;
}

std::uint64_t Runtime::fingerprint(const G& g) {
  Past past;
  past.saw(std::uint64_t{g.index} << 32 | g.body);
  past.saw(std::uint64_t{g.pc} << 32 | g.repeat_depth);
  for (std::size_t i = 0; i < g.repeat_depth; ++i) past.saw(g.repeat_left[i]);
  past.saw(g.goid << 32 | number_of(g.m));
  past.saw(g.trace.fingerprint());
  past.saw(static_cast<std::uint64_t>(g.waitreason) << 16 |
           static_cast<std::uint64_t>(g.place) << 8 | (g.preempt ? 1U : 0U) |
           (g.preempt_stop ? 2U : 0U) | (g.started ? 4U : 0U) | (g.in_mark_assist ? 8U : 0U));
  return past.number;
}

std::uint64_t Runtime::fingerprint() const {
  Past past;
  for (const P* p = sched_.pidle; p != nullptr; p = p->link) past.saw(number_of(p));
  past.saw(0);
  for (const M* mp = sched_.midle; mp != nullptr; mp = mp->schedlink) past.saw(number_of(mp));
  past.saw(sched_.runq.fingerprint());
  past.saw(static_cast<std::uint64_t>(sched_.safe_point_wait));
  for (const auto& p : ps_) past.saw(fingerprint(*p));
  for (std::size_t i = 0; i < mcount_; ++i) past.saw(fingerprint(*ms_[i]));
  for (const G* g : goroutines()) {
    past.saw(fingerprint(*g));
    past.saw(g->past.number);
    past.saw(g->told.number);
  }
  const auto waiting = [&past](const Sema& sema) {
    past.saw(sema.queue.fingerprint());
    past.saw(number_of(sema.ticket_for));
  };
  for (const auto& sema : semas_) waiting(*sema);
  waiting(wait_sema_);
  waiting(gc_sema_);
  for (const auto& chan : chans_) {
    past.saw(chan->count);
    past.saw(chan->senders.fingerprint());
    past.saw(chan->receivers.fingerprint());
  }
  return past.number;
}

}  // namespace mpglab::sim
