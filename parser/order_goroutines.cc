// The part of Order that is about goroutines: their statuses, and what happens to them.

#include <fmt/format.h>

#include "format/event.h"
#include "parser/order.h"

namespace mpglab::parser {

Advance Order::go_status(Step& s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  const auto thread = static_cast<ThreadId>(s.event.args[1]);
  const auto number = static_cast<std::uint8_t>(s.event.args[2]);
  if (number > static_cast<std::uint8_t>(GoStatus::kWaiting)) {
    return broken(s, ErrorCode::kInvalidStatus,
                  fmt::format("invalid status for goroutine {}: {}", id, number));
  }
  const auto status = static_cast<GoStatus>(number);
  GoState before = public_state(status);
  GState* g = gs_.find(id);
  if (g != nullptr) {
    if (g->status != status) {
      return broken(s, ErrorCode::kInconsistentStatus,
                    fmt::format("inconsistent status for goroutine {}: old {} vs. new {}", id,
                                name(g->status), name(status)),
                    g->set_by, fmt::format("goroutine {} is {}", id, name(g->status)));
    }
    g->seq = {s.gen, 0};
  } else if (s.gen == initial_gen_) {
    g = &gs_.add(id);
    g->regions.clear();
    g->ranges.clear();
    g->seq = {s.gen, 0};
    set(s, *g, status);
    before = GoState::kUndetermined;
  } else {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("found goroutine status for new goroutine after the first "
                              "generation: id={} status={}",
                              id, name(status)));
  }

  if (status == GoStatus::kRunning) {
    s.after.g = id;
  } else if (status == GoStatus::kSyscall) {
    const auto inconsistent = [&](GoId has, const Place& set_by) {
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
    if (thread == s.now.m) {
      if (s.gen != initial_gen_ && s.now.g != id) return inconsistent(s.now.g, g->set_by);
      s.after.g = id;
    } else {
      // Of another thread: the goroutine has been in its syscall for the whole generation.
      MState* m = ms_.find(thread);
      if (m == nullptr) {
        m = &ms_.add(thread);
        m->g = id;
        m->p = kNoId;
        m->set_by = place(s);
      } else {
        if (m->g != id) return inconsistent(m->g, m->set_by);
        s.now.g = m->g;
      }
      s.now.m = thread;
    }
  }
  deliver(s).old_state = static_cast<std::uint8_t>(before);
  return Advance::kAdvanced;
}

Advance Order::go_create(Step& s) {
  if (!has(s, Need::kMust, Need::kMay)) return Advance::kBroken;
  const std::string_view event = format::spec_of(s.event.type).name;
  if (const GState* creator = gs_.find(s.now.g);
      creator != nullptr && creator->status != GoStatus::kRunning) {
    return broken(s, ErrorCode::kWrongState,
                  fmt::format("{} event for goroutine that's not Running", event), creator->set_by,
                  fmt::format("goroutine {} is {}", creator->id, name(creator->status)));
  }
  const auto id = static_cast<GoId>(s.event.args[0]);
  if (const GState* there = gs_.find(id); there != nullptr) {
    return broken(s, ErrorCode::kAlreadyExists,
                  fmt::format("tried to create goroutine ({}) that already exists", id),
                  there->set_by, fmt::format("goroutine {} is {}", id, name(there->status)));
  }
  GState& g = gs_.add(id);
  g.regions.clear();
  g.ranges.clear();
  g.seq = {s.gen, 0};
  set(s, g, s.event.type == EventType::kGoCreateBlocked ? GoStatus::kWaiting : GoStatus::kRunnable);
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_create_syscall(Step& s) {
  if (!has(s, Need::kMay, Need::kMustNot)) return Advance::kBroken;
  const auto id = static_cast<GoId>(s.event.args[0]);
  if (const GState* there = gs_.find(id); there != nullptr) {
    return broken(s, ErrorCode::kAlreadyExists,
                  fmt::format("tried to create goroutine ({}) in syscall that already exists", id),
                  there->set_by, fmt::format("goroutine {} is {}", id, name(there->status)));
  }
  GState& g = gs_.add(id);
  g.regions.clear();
  g.ranges.clear();
  g.seq = {s.gen, 0};
  set(s, g, GoStatus::kSyscall);
  s.after.g = id;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_start(Step& s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  const Seq seq{s.gen, s.event.args[1]};
  GState* g = gs_.find(id);
  // Waits for whoever makes it runnable.
  if (g == nullptr || g->status != GoStatus::kRunnable || !seq.succeeds(g->seq)) {
    return Advance::kNotYet;
  }
  if (!has(s, Need::kMust, Need::kMustNot)) return Advance::kBroken;
  set(s, *g, GoStatus::kRunning);
  g->seq = seq;
  s.after.g = id;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_stop_exec(Step& s) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  GState* g = running_g(s, GoStatus::kRunning, failed);
  if (g == nullptr) return failed;
  switch (s.event.type) {
    case EventType::kGoDestroy:
      gs_.erase(g->id);
      break;
    case EventType::kGoStop:
      set(s, *g, GoStatus::kRunnable);
      break;
    default:
      set(s, *g, GoStatus::kWaiting);
      break;
  }
  s.after.g = kNoId;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_unblock(Step& s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  const Seq seq{s.gen, s.event.args[1]};
  GState* g = gs_.find(id);
  // Waits for the goroutine to block.
  if (g == nullptr || g->status != GoStatus::kWaiting || !seq.succeeds(g->seq)) {
    return Advance::kNotYet;
  }
  set(s, *g, GoStatus::kRunnable);
  g->seq = seq;
  deliver(s);
  return Advance::kAdvanced;
}

// A switch is three events in one: the next goroutine is woken, this one blocks or ends, the next
// runs.
Advance Order::go_switch(Step& s) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  GState* g = running_g(s, GoStatus::kRunning, failed);
  if (g == nullptr) return failed;
  const auto next_id = static_cast<GoId>(s.event.args[0]);
  const Seq seq{s.gen, s.event.args[1]};
  GState* next = gs_.find(next_id);
  // Waits for the next goroutine to block.
  if (next == nullptr || next->status != GoStatus::kWaiting || !seq.succeeds(next->seq)) {
    return Advance::kNotYet;
  }
  deliver(s);
  Event& stop = deliver(s);
  stop.args = {};
  if (s.event.type == EventType::kGoSwitch) {
    stop.type = EventType::kGoBlock;
    set(s, *g, GoStatus::kWaiting);
  } else {
    stop.type = EventType::kGoDestroy;
    gs_.erase(g->id);
  }
  Event& start = deliver(s);
  start.type = EventType::kGoStart;
  start.goroutine = kNoId;
  set(s, *next, GoStatus::kRunning);
  next->seq = seq;
  s.after.g = next_id;
  return Advance::kAdvanced;
}

Advance Order::go_syscall_begin(Step& s) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  GState* g = running_g(s, GoStatus::kRunning, failed);
  if (g == nullptr) return failed;
  PState* p = ps_.find(s.now.p);
  if (p == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("uninitialized proc {} found during GoSyscallBegin", s.now.p));
  }
  const Seq seq{s.gen, s.event.args[0]};
  if (!seq.succeeds(p->seq)) {
    return broken(s, ErrorCode::kBadSequence,
                  fmt::format("failed to advance GoSyscallBegin: can't make sequence: {} (gen={}) "
                              "-> {} (gen={})",
                              p->seq.number, p->seq.gen, seq.number, seq.gen),
                  p->set_by, fmt::format("P{} is {}", p->id, name(p->status)));
  }
  set(s, *g, GoStatus::kSyscall);
  set(s, *p, ProcStatus::kSyscall);
  p->seq = seq;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_syscall_end(Step& s) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  GState* g = running_g(s, GoStatus::kSyscall, failed);
  if (g == nullptr) return failed;
  PState* p = ps_.find(s.now.p);
  if (p == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("uninitialized proc {} found during GoSyscallEnd", s.now.p));
  }
  if (p->status != ProcStatus::kSyscall) {
    return broken(s, ErrorCode::kWrongState,
                  fmt::format("expected proc {} in state Syscall, but got {} instead", s.now.p,
                              name(p->status)),
                  p->set_by, fmt::format("P{} is {}", p->id, name(p->status)));
  }
  set(s, *g, GoStatus::kRunning);
  set(s, *p, ProcStatus::kRunning);
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_syscall_end_blocked(Step& s) {
  if (s.now.p != kNoId) {
    const PState* p = ps_.find(s.now.p);
    if (p == nullptr) {
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("uninitialized proc {} found during GoSyscallEndBlocked", s.now.p));
    }
    // Waits for the steal that took the P away.
    if (p->status == ProcStatus::kSyscall) return Advance::kNotYet;
  }
  if (!has(s, Need::kMay, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  GState* g = running_g(s, GoStatus::kSyscall, failed);
  if (g == nullptr) return failed;
  set(s, *g, GoStatus::kRunnable);
  s.after.g = kNoId;
  deliver(s);
  return Advance::kAdvanced;
}

// A thread from C goes back to C for good. What it had of a P is left behind.
Advance Order::go_destroy_syscall(Step& s) {
  if (!has(s, Need::kMay, Need::kMust)) return Advance::kBroken;
  Advance failed{};
  const GState* g = running_g(s, GoStatus::kSyscall, failed);
  if (g == nullptr) return failed;
  if (s.now.p != kNoId) {
    PState* p = ps_.find(s.now.p);
    if (p == nullptr) {
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("found invalid proc {} during GoDestroySyscall", s.now.p));
    }
    if (p->status != ProcStatus::kSyscall) {
      return broken(s, ErrorCode::kWrongState,
                    fmt::format("proc {} in unexpected state {} during GoDestroySyscall", s.now.p,
                                name(p->status)),
                    p->set_by, fmt::format("P{} is {}", p->id, name(p->status)));
    }
    set(s, *p, ProcStatus::kSyscallAbandoned);
    s.after.p = kNoId;
    // Thread ids are used again: from here on nobody may look for this P at this thread.
    Event& steal = deliver(s);
    steal.type = EventType::kProcSteal;
    steal.args = {static_cast<std::uint64_t>(s.now.p)};
    steal.old_state = static_cast<std::uint8_t>(ProcState::kRunning);
  }
  gs_.erase(g->id);
  s.after.g = kNoId;
  deliver(s);
  return Advance::kAdvanced;
}

}  // namespace mpglab::parser
