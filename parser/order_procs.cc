// The part of Order that is about Ps: their statuses, and how they pass from thread to thread.

#include <fmt/format.h>

#include "format/event.h"
#include "parser/order.h"

namespace mpglab::parser {

Advance Order::proc_status(Step& s) {
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
  PState* p = ps_.find(id);
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
    p = &ps_.add(id);
    p->ranges.clear();
    set(s, *p, status);
    before = s.gen == initial_gen_ ? ProcState::kUndetermined : ProcState::kNotExist;
  }
  p->seq = {s.gen, 0};

  if (status == ProcStatus::kRunning || status == ProcStatus::kSyscall) s.after.p = id;
  if (status == ProcStatus::kSyscallAbandoned && before == ProcState::kRunning) {
    // The event belongs to the thread that is about to lose the P.
    bool found = false;
    for (std::size_t i = 0; i < ms_.size(); ++i) {
      const MState& m = ms_.at(i);
      if (m.p != id) continue;
      s.now = {m.id, id, m.g};
      found = true;
    }
    if (!found) {
      return broken(
          s, ErrorCode::kBadSteal,
          fmt::format("failed to find sched context for proc {} that's about to be stolen", id),
          p->set_by, fmt::format("P{} is {}, on no thread", id, name(p->status)));
    }
  }
  Event& event = deliver(s);
  event.old_state = static_cast<std::uint8_t>(before);
  event.args[1] = static_cast<std::uint64_t>(shown);
  return Advance::kAdvanced;
}

Advance Order::proc_start(Step& s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  const Seq seq{s.gen, s.event.args[1]};
  PState* p = ps_.find(id);
  // Waits for whoever has the P to give it up, and for this thread to lose the P that it has.
  if (p == nullptr || p->status != ProcStatus::kIdle || !seq.succeeds(p->seq) || s.now.p != kNoId) {
    return Advance::kNotYet;
  }
  if (!has(s, Need::kMustNot, Need::kMay)) return Advance::kBroken;
  set(s, *p, ProcStatus::kRunning);
  p->seq = seq;
  s.after.p = id;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::proc_stop(Step& s) {
  PState* p = ps_.find(s.now.p);
  if (p == nullptr) {
    const MState* m = ms_.find(s.after.m);
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("event ProcStop for proc ({}) that doesn't exist", s.now.p),
                  m == nullptr ? Place{} : m->set_by, fmt::format("thread {} has no P", s.after.m));
  }
  if (p->status != ProcStatus::kRunning && p->status != ProcStatus::kSyscall) {
    return broken(s, ErrorCode::kWrongState,
                  "ProcStop event for proc that's not Running or Syscall", p->set_by,
                  fmt::format("P{} is {}", p->id, name(p->status)));
  }
  if (!has(s, Need::kMust, Need::kMay)) return Advance::kBroken;
  set(s, *p, ProcStatus::kIdle);
  s.after.p = kNoId;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::proc_steal(Step& s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  const Seq seq{s.gen, s.event.args[1]};
  PState* p = ps_.find(id);
  // Waits for the P to be in the syscall that it is taken from.
  if (p == nullptr ||
      (p->status != ProcStatus::kSyscall && p->status != ProcStatus::kSyscallAbandoned) ||
      !seq.succeeds(p->seq)) {
    return Advance::kNotYet;
  }
  if (!has(s, Need::kMay, Need::kMay)) return Advance::kBroken;
  const ProcStatus before = p->status;
  const Place set_by = p->set_by;
  set(s, *p, ProcStatus::kIdle);
  p->seq = seq;

  // An abandoned P is on no thread any more, whatever the event says of one.
  if (before == ProcStatus::kSyscall) {
    const auto from = static_cast<ThreadId>(s.event.args[2]);
    if (from == s.now.m && !faults_.self_steal_update_order) {
      // From oneself: through the context, which is what becomes of this thread's record.
      if (s.now.p != id) {
        return broken(
            s, ErrorCode::kBadSteal,
            fmt::format("tried to self-steal proc {} (thread {}), but got proc {} instead", id,
                        from, s.now.p),
            set_by, fmt::format("P{} is {}", id, name(before)));
      }
      s.after.p = kNoId;
    } else {
      MState* m = ms_.find(from);
      if (m == nullptr) {
        return broken(s, ErrorCode::kBadSteal,
                      fmt::format("stole proc from non-existent thread {}", from), set_by,
                      fmt::format("P{} is {}", id, name(before)));
      }
      if (m->p != id) {
        return broken(s, ErrorCode::kBadSteal,
                      fmt::format("tried to steal proc {} from thread {}, but got proc {} instead",
                                  id, from, m->p),
                      m->set_by, fmt::format("thread {} has proc {}", from, m->p));
      }
      m->p = kNoId;
    }
  }
  deliver(s).old_state = static_cast<std::uint8_t>(
      before == ProcStatus::kSyscallAbandoned ? ProcState::kIdle : ProcState::kRunning);
  return Advance::kAdvanced;
}

}  // namespace mpglab::parser
