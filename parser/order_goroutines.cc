// The part of Order that is about goroutines: their statuses, and what happens to them.

#include <algorithm>

#include <fmt/format.h>

#include "format/event.h"
#include "parser/order.h"

namespace mpglab::parser {

Advance Order::go_status(Step s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  const auto thread = static_cast<ThreadId>(s.event.args[1]);
  const auto number = static_cast<std::uint8_t>(s.event.args[2]);
  if (number > static_cast<std::uint8_t>(GoStatus::kWaiting)) {
    return broken(s, ErrorCode::kInvalidStatus,
                  fmt::format("invalid status for goroutine {}: {}", id, number));
  }
  const auto status = static_cast<GoStatus>(number);
  GoState before = public_state(status);
  GState* g = find_g(id);
  if (g != nullptr) {
    if (g->status != status) {
      return broken(s, ErrorCode::kInconsistentStatus,
                    fmt::format("inconsistent status for goroutine {}: old {} vs. new {}", id,
                                name(g->status), name(status)),
                    g->set_by, fmt::format("goroutine {} is {}", id, name(g->status)));
    }
  } else if (in_initial()) {
    // Status 0 exists on the wire and means nothing; the goroutine counts as known all the same.
    g = &add_g(id);
    set(s, *g, status);
    before = GoState::kUndetermined;
  } else {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("found goroutine status for new goroutine after the first "
                              "generation: id={} status={}",
                              id, name(status)));
  }
  g->seq = {0, gen_};

  deliver(s);
  s.event.old_state = static_cast<std::uint8_t>(before);
  if (status == GoStatus::kRunning) {
    bind_g(s, g);
    return Advance::kAdvanced;
  }
  if (status != GoStatus::kSyscall) return Advance::kAdvanced;

  const auto inconsistent = [&](GoId has, const Mark& set_by) {
    return broken(s, ErrorCode::kInconsistentThread,
                  fmt::format("inconsistent thread for syscalling goroutine {}: thread has "
                              "goroutine {}",
                              id, has),
                  set_by,
                  has == kNoId ? fmt::format("thread {} has no goroutine", thread)
                               : fmt::format("thread {} has goroutine {}", thread, has));
  };
  if (thread == kNoId) {
    return broken(s, ErrorCode::kInconsistentThread,
                  fmt::format("found goroutine {} in syscall without a thread", id));
  }
  if (thread == s.m.id) {
    if (!in_initial() && s.m.g != id) return inconsistent(s.m.g, g->set_by);
    bind_g(s, g);
    return Advance::kAdvanced;
  }
  // Of another thread: the goroutine has been in its syscall for the whole generation.
  s.event.thread = thread;
  if (MState* m = find_m(thread)) {
    if (m->g != id) return inconsistent(m->g, m->set_by);
    s.event.goroutine = m->g;
    return Advance::kAdvanced;
  }
  const Mark now = mark(s);
  MState& m = ms_[this->thread(thread)];  // from here on s.m may have moved
  m.known = true;
  m.g = id;
  m.g_at = static_cast<std::uint32_t>(g - gs_.data());
  m.set_by = now;
  return Advance::kAdvanced;
}

Advance Order::go_create(Step s) {
  if (!has(s, Need::kMust, Need::kMay)) return lacks(s, Need::kMust, Need::kMay);
  const GState* creator = g_of(s.m);
  const auto id = static_cast<GoId>(s.event.args[0]);
  if ((creator != nullptr && creator->status != GoStatus::kRunning) || find_g(id) != nullptr)
    return creates_badly(s);
  deliver(s);
  GState& g = add_g(id);
  g.seq = {0, gen_};
  set(s, g, s.event.type == EventType::kGoCreateBlocked ? GoStatus::kWaiting : GoStatus::kRunnable);
  return Advance::kAdvanced;
}

Advance Order::creates_badly(Step s) {
  if (const GState* creator = g_of(s.m);
      creator != nullptr && creator->status != GoStatus::kRunning) {
    return broken(
        s, ErrorCode::kWrongState,
        fmt::format("{} event for goroutine that's not Running", event_name(s.event.type)),
        creator->set_by, fmt::format("goroutine {} is {}", creator->id, name(creator->status)));
  }
  const auto id = static_cast<GoId>(s.event.args[0]);
  const GState* there = find_g(id);
  return broken(s, ErrorCode::kAlreadyExists,
                fmt::format("tried to create goroutine ({}) that already exists", id),
                there->set_by, fmt::format("goroutine {} is {}", id, name(there->status)));
}

Advance Order::go_create_syscall(Step s) {
  // Before Go aae7734658 a P that the thread's last callback had left behind was an error here.
  const Need proc = faults_.thread_id_reuse ? Need::kMustNot : Need::kMay;
  if (!has(s, proc, Need::kMustNot)) return lacks(s, proc, Need::kMustNot);
  const auto id = static_cast<GoId>(s.event.args[0]);
  if (const GState* there = find_g(id); there != nullptr) {
    return broken(s, ErrorCode::kAlreadyExists,
                  fmt::format("tried to create goroutine ({}) in syscall that already exists", id),
                  there->set_by, fmt::format("goroutine {} is {}", id, name(there->status)));
  }
  deliver(s);
  GState& g = add_g(id);
  g.seq = {0, gen_};
  set(s, g, GoStatus::kSyscall);
  bind_g(s, &g);
  return Advance::kAdvanced;
}

Advance Order::go_start(Step s) {
  GState* g = find_g(static_cast<GoId>(s.event.args[0]));
  // Waits for whoever makes it runnable.
  if (g == nullptr || g->status != GoStatus::kRunnable || !succeeds(s.event.args[1], g->seq)) {
    return Advance::kNotYet;
  }
  if (!has(s, Need::kMust, Need::kMustNot)) return lacks(s, Need::kMust, Need::kMustNot);
  deliver(s);
  set(s, *g, GoStatus::kRunning);
  g->seq.number = s.event.args[1];
  bind_g(s, g);
  return Advance::kAdvanced;
}

Advance Order::go_stop_exec(Step s) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kRunning);
  if (g == nullptr) return not_in(s, GoStatus::kRunning);
  deliver(s);
  switch (s.event.type) {
    case EventType::kGoDestroy:
      erase_g(*g);
      break;
    case EventType::kGoStop:
      set(s, *g, GoStatus::kRunnable);
      break;
    default:
      set(s, *g, GoStatus::kWaiting);
      break;
  }
  bind_g(s, nullptr);
  return Advance::kAdvanced;
}

Advance Order::go_unblock(Step s) {
  GState* g = find_g(static_cast<GoId>(s.event.args[0]));
  // Waits for the goroutine to block.
  if (g == nullptr || g->status != GoStatus::kWaiting || !succeeds(s.event.args[1], g->seq)) {
    return Advance::kNotYet;
  }
  deliver(s);
  set(s, *g, GoStatus::kRunnable);
  g->seq.number = s.event.args[1];
  return Advance::kAdvanced;
}

// A switch is three events in one: the next goroutine is woken, this one blocks or ends, the next
// runs.
Advance Order::go_switch(Step s) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kRunning);
  if (g == nullptr) return not_in(s, GoStatus::kRunning);
  const std::uint64_t number = s.event.args[1];
  GState* next = find_g(static_cast<GoId>(s.event.args[0]));
  // Waits for the next goroutine to block.
  if (next == nullptr || next->status != GoStatus::kWaiting || !succeeds(number, next->seq)) {
    return Advance::kNotYet;
  }
  deliver(s);
  const bool ends = s.event.type == EventType::kGoSwitchDestroy;
  Event& stop = deliver_extra(s.event, ends ? EventType::kGoDestroy : EventType::kGoBlock);
  stop.args = {};
  if (ends) {
    erase_g(*g);
  } else {
    set(s, *g, GoStatus::kWaiting);
  }
  Event& start = deliver_extra(s.event, EventType::kGoStart);
  start.goroutine = kNoId;
  set(s, *next, GoStatus::kRunning);
  next->seq.number = number;
  bind_g(s, next);
  return Advance::kAdvancedWithMore;
}

Advance Order::go_syscall_begin(Step s) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kRunning);
  if (g == nullptr) return not_in(s, GoStatus::kRunning);
  PState* p = own_p(s.m);
  if (p == nullptr) return unknown_p(s);
  std::uint64_t number = s.event.args[0];
  if (!succeeds(number, p->seq)) {
    if (!faults_.syscall_steal_ambiguity) return out_of_sequence(s, *p);
    number = std::max(number, p->seq.number);
  }
  deliver(s);
  set(s, *g, GoStatus::kSyscall);
  set(s, *p, ProcStatus::kSyscall);
  p->seq.number = number;
  if (p->bound != s.m.self) bind_anew(*p, s.m.self);
  return Advance::kAdvanced;
}

Advance Order::out_of_sequence(Step s, const PState& p) {
  return broken(s, ErrorCode::kBadSequence,
                fmt::format("failed to advance GoSyscallBegin: can't make sequence: {} (gen={}) "
                            "-> {} (gen={})",
                            p.seq.number, generations_[p.seq.gen], s.event.args[0], number_),
                p.set_by, fmt::format("P{} is {}", p.id, name(p.status)));
}

Advance Order::go_syscall_end(Step s) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kSyscall);
  if (g == nullptr) return not_in(s, GoStatus::kSyscall);
  PState* p = own_p(s.m);
  if (p == nullptr) return unknown_p(s);
  if (p->status != ProcStatus::kSyscall) return wrong_p(s, *p);
  deliver(s);
  set(s, *g, GoStatus::kRunning);
  set(s, *p, ProcStatus::kRunning);
  return Advance::kAdvanced;
}

Advance Order::go_syscall_end_blocked(Step s) {
  if (s.m.p != kNoId) {
    const PState* p = own_p(s.m);
    if (p == nullptr) return unknown_p(s);
    // Waits for the steal that took the P away.
    if (p->status == ProcStatus::kSyscall) return Advance::kNotYet;
  }
  if (!has(s, Need::kMay, Need::kMust)) return lacks(s, Need::kMay, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kSyscall);
  if (g == nullptr) return not_in(s, GoStatus::kSyscall);
  deliver(s);
  set(s, *g, GoStatus::kRunnable);
  bind_g(s, nullptr);
  return Advance::kAdvanced;
}

// A thread from C goes back to C for good. What it had of a P is left behind.
Advance Order::go_destroy_syscall(Step s) {
  if (!has(s, Need::kMay, Need::kMust)) return lacks(s, Need::kMay, Need::kMust);
  GState* g = own_g(s.m, GoStatus::kSyscall);
  if (g == nullptr) return not_in(s, GoStatus::kSyscall);
  // Before Go 6d7b3c8cd1 the thread kept its P.
  const bool keeps_p = faults_.thread_id_reuse || faults_.create_syscall_with_proc;
  if (s.m.p != kNoId && !keeps_p) {
    PState* p = own_p(s.m);
    if (p == nullptr) return unknown_p(s);
    if (p->status != ProcStatus::kSyscall) return wrong_p(s, *p);
    // Thread ids are used again: from here on nobody may look for this P at this thread.
    deliver(s);
    deliver_extra(s.event, EventType::kGoDestroySyscall);
    set(s, *p, ProcStatus::kSyscallAbandoned);
    bind_p(s, nullptr);
    erase_g(*g);
    bind_g(s, nullptr);
    s.event.type = EventType::kProcSteal;
    s.event.args = {static_cast<std::uint64_t>(p->id)};
    s.event.old_state = static_cast<std::uint8_t>(ProcState::kRunning);
    return Advance::kAdvancedWithMore;
  }
  deliver(s);
  erase_g(*g);
  bind_g(s, nullptr);
  return Advance::kAdvanced;
}

}  // namespace mpglab::parser
