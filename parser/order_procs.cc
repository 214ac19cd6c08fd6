// The part of Order that is about Ps: their statuses, and how they pass from thread to thread.

#include <fmt/format.h>

#include "format/event.h"
#include "parser/order.h"

namespace mpglab::parser {

Order::MState* Order::bound_to(PState& p) {
  if (p.bound == kNowhere) return nullptr;
  if (ms_[p.bound].p == p.id) return &ms_[p.bound];
  // Each of these is looked at once: whoever is bound again comes back by bind_p.
  while (!p.also_bound.empty()) {
    p.bound = p.also_bound.back();
    p.also_bound.pop_back();
    if (ms_[p.bound].p == p.id) return &ms_[p.bound];
  }
  return nullptr;
}

Advance Order::proc_status(Step s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  // The wire's number is taken as a byte, as Go's reader does.
  const auto number = static_cast<std::uint8_t>(s.event.args[1]);
  if (number > static_cast<std::uint8_t>(ProcStatus::kSyscallAbandoned)) {
    return broken(s, ErrorCode::kInvalidStatus,
                  fmt::format("invalid status for proc {}: {}", id, number));
  }
  const auto status = static_cast<ProcStatus>(number);
  ProcStatus shown = status;
  ProcState before = public_state(status);
  PState* p = find_p(id);
  if (p != nullptr) {
    if (status == ProcStatus::kSyscallAbandoned && p->status == ProcStatus::kSyscall) {
      // The status says what will be in a moment: the steal that follows knows the same P as being
      // in its syscall still.
      before = ProcState::kRunning;
      shown = ProcStatus::kSyscall;
    } else if (status == ProcStatus::kSyscallAbandoned &&
               p->status == ProcStatus::kSyscallAbandoned) {
      before = ProcState::kIdle;
    } else if (p->status != status) {
      return broken(s, ErrorCode::kInconsistentStatus,
                    fmt::format("inconsistent status for proc {}: old {} vs. new {}", id,
                                name(p->status), name(status)),
                    p->set_by, fmt::format("P{} is {}", id, name(p->status)));
    }
  } else {
    p = &add_p(id);
    set(s, *p, status);
    before = in_initial() ? ProcState::kUndetermined : ProcState::kNotExist;
  }
  p->seq = {0, gen_};

  deliver(s);
  s.event.old_state = static_cast<std::uint8_t>(before);
  if (status == ProcStatus::kSyscallAbandoned && before == ProcState::kRunning) {
    // The event belongs to the thread that is about to lose the P.
    const MState* m = bound_to(*p);
    if (m == nullptr) {
      return broken(
          s, ErrorCode::kBadSteal,
          fmt::format("failed to find sched context for proc {} that's about to be stolen", id),
          p->set_by, fmt::format("P{} is {}, on no thread", id, name(p->status)));
    }
    s.event.thread = m->id;
    s.event.proc = id;
    s.event.goroutine = m->g;
  }
  if (status == ProcStatus::kRunning || status == ProcStatus::kSyscall) bind_p(s, p);
  s.event.args[1] = static_cast<std::uint64_t>(shown);
  return Advance::kAdvanced;
}

Advance Order::proc_start(Step s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  PState* p = find_p(id);
  // Waits for whoever has the P to give it up, and for this thread to lose the P that it has.
  if (p == nullptr || p->status != ProcStatus::kIdle || !succeeds(s.event.args[1], p->seq) ||
      s.m.p != kNoId) {
    if (faults_.mstate_written_without_advance && s.m.p == kNoId) s.m.p = id;
    return Advance::kNotYet;
  }
  if (!has(s, Need::kMustNot, Need::kMay)) return lacks(s, Need::kMustNot, Need::kMay);
  deliver(s);
  set(s, *p, ProcStatus::kRunning);
  p->seq.number = s.event.args[1];
  bind_p(s, p);
  return Advance::kAdvanced;
}

Advance Order::proc_stop(Step s) {
  PState* p = own_p(s.m);
  if (p == nullptr) return unknown_p(s);
  if (p->status != ProcStatus::kRunning && p->status != ProcStatus::kSyscall) return wrong_p(s, *p);
  if (!has(s, Need::kMust, Need::kMay)) return lacks(s, Need::kMust, Need::kMay);
  deliver(s);
  set(s, *p, ProcStatus::kIdle);
  bind_p(s, nullptr);
  return Advance::kAdvanced;
}

Advance Order::wrong_p(Step s, const PState& p) {
  std::string message;
  switch (s.event.type) {
    case EventType::kProcStop:
      message = "ProcStop event for proc that's not Running or Syscall";
      break;
    case EventType::kGoSyscallEnd:
      message = fmt::format("expected proc {} in state Syscall, but got {} instead", s.m.p,
                            name(p.status));
      break;
    case EventType::kGoDestroySyscall:
      message = fmt::format("proc {} in unexpected state {} during GoDestroySyscall", s.m.p,
                            name(p.status));
      break;
    default:
      MPG_CHECK(false, "no other event needs its P in a certain state");
  }
  return broken(s, ErrorCode::kWrongState, std::move(message), p.set_by,
                fmt::format("P{} is {}", p.id, name(p.status)));
}

Advance Order::proc_steal(Step s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  const std::uint64_t number = s.event.args[1];
  PState* p = find_p(id);
  // Waits for the P to be in the syscall that it is taken from.
  if (p == nullptr ||
      (p->status != ProcStatus::kSyscall && p->status != ProcStatus::kSyscallAbandoned)) {
    return Advance::kNotYet;
  }
  // The reader before Go c06beb9eff knew no numbers of syscalls: any later one would do.
  const bool in_turn = faults_.syscall_steal_ambiguity
                           ? p->seq.gen == gen_ && number > p->seq.number
                           : succeeds(number, p->seq);
  if (!in_turn) return Advance::kNotYet;
  if (!has(s, Need::kMay, Need::kMay)) return lacks(s, Need::kMay, Need::kMay);

  const bool abandoned = p->status == ProcStatus::kSyscallAbandoned;
  deliver(s);
  s.event.old_state = static_cast<std::uint8_t>(abandoned ? ProcState::kIdle : ProcState::kRunning);
  // An abandoned P is on no thread any more, whatever the event says of one.
  if (!abandoned) {
    const auto from = static_cast<ThreadId>(s.event.args[2]);
    if (from == s.m.id && !faults_.self_steal_update_order) {
      if (s.m.p != id) return steals_badly(s, *p);
      bind_p(s, nullptr);
    } else {
      MState* m = find_m(from);
      if (m == nullptr || m->p != id) return steals_badly(s, *p);
      // The old reader's record of a thread that takes its own P: cleared, then written over.
      if (m != &s.m) {
        m->p = kNoId;
        m->set_by = mark(s);
      }
    }
  }
  set(s, *p, ProcStatus::kIdle);
  p->seq.number = number;
  return Advance::kAdvanced;
}

Advance Order::steals_badly(Step s, const PState& p) {
  const auto from = static_cast<ThreadId>(s.event.args[2]);
  const std::string is = fmt::format("P{} is {}", p.id, name(p.status));
  if (from == s.m.id && !faults_.self_steal_update_order)
    return broken(s, ErrorCode::kBadSteal,
                  fmt::format("tried to self-steal proc {} (thread {}), but got proc {} instead",
                              p.id, from, s.m.p),
                  p.set_by, is);
  const MState* m = find_m(from);
  if (m == nullptr)
    return broken(s, ErrorCode::kBadSteal,
                  fmt::format("stole proc from non-existent thread {}", from), p.set_by, is);
  return broken(s, ErrorCode::kBadSteal,
                fmt::format("tried to steal proc {} from thread {}, but got proc {} instead", p.id,
                            from, m->p),
                m->set_by, fmt::format("thread {} has proc {}", from, m->p));
}

}  // namespace mpglab::parser
