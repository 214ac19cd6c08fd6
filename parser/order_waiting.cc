// The part of Order that is about waiting: what an event that cannot happen yet waits for.

#include <fmt/format.h>

#include "base/check.h"
#include "format/event.h"
#include "parser/order.h"

namespace mpglab::parser {

// ---- for people ----

Waiting Order::waiting(const Event& event, Thread thread) const {
  const MState& m = ms_[thread];
  Waiting result;
  result.place = place(event, thread);
  result.event = wire_event_text(event.type, event.args.data());
  result.needs = "nothing; it is next";
  const auto needs = [&result](Lack lack, std::string what) {
    result.lack = lack;
    result.needs = std::move(what);
    return result;
  };
  // `what` is "P1" or "goroutine 1".
  const auto resource = [&](const std::string& what, const auto* state, std::uint64_t number,
                            std::string_view wanted) {
    if (state == nullptr)
      return needs(Lack::kIntroduction, fmt::format("{} to be known; no status of it came", what));
    if (state->seq.gen != gen_)
      return needs(Lack::kReintroduction,
                   fmt::format("a status of {} in generation {}; its last is of generation {}",
                               what, number_, generations_[state->seq.gen]));
    if (state->seq.number + 1 != number)
      return needs(Lack::kNumber, fmt::format("number {} of {}; the last was {}", number - 1, what,
                                              state->seq.number));
    return needs(Lack::kState,
                 fmt::format("{} to be {}; it is {}", what, wanted, name(state->status)));
  };
  const auto first = static_cast<std::int64_t>(event.args[0]);
  const auto proc = [&](std::string_view wanted) {
    const PState* p = find_p(first);
    Waiting waiting = resource(fmt::format("P{}", first), p, event.args[1], wanted);
    if (waiting.lack == Lack::kState && p->bound != kNowhere && ms_[p->bound].p == first)
      waiting.needs += fmt::format(" on thread {}", ms_[p->bound].id);
    return waiting;
  };
  const auto goroutine = [&](std::string_view wanted) {
    return resource(fmt::format("goroutine {}", first), find_g(first), event.args[1], wanted);
  };
  switch (event.type) {
    case EventType::kProcStart:
      if (m.p != kNoId)
        return needs(Lack::kFreeThread,
                     fmt::format("thread {} to lose P{}, which it has", m.id, m.p));
      return proc("Idle");
    case EventType::kProcSteal:
      return proc("in a syscall");
    case EventType::kGoStart:
      return goroutine("Runnable");
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      return goroutine("Waiting");
    case EventType::kGoSyscallEndBlocked:
      return needs(
          Lack::kSteal,
          fmt::format("a ProcSteal of P{}, which thread {} still has in a syscall", m.p, m.id));
    case EventType::kGCActive:
    case EventType::kGCBegin:
    case EventType::kGCEnd:
      return needs(Lack::kNumber,
                   fmt::format("number {} of the garbage collection; the last was {}",
                               event.args[0] - 1, gc_seq_));
    default:
      return result;
  }
}

std::optional<Wanted> Order::wanted(const Event& event, Thread thread,
                                    const Waiting& waiting) const {
  using Kind = Wanted::Kind;
  const auto id = static_cast<std::int64_t>(event.args[0]);
  const bool of_proc = event.type == EventType::kProcStart || event.type == EventType::kProcSteal;
  switch (waiting.lack) {
    case Lack::kIntroduction:
    case Lack::kReintroduction:
      return Wanted{of_proc ? Kind::kProc : Kind::kGoroutine, id, 0};
    case Lack::kNumber:
      if (of_proc) return Wanted{Kind::kProc, id, find_p(id)->seq.number + 1};
      if (const GState* g = find_g(id); g != nullptr && event.type != EventType::kGCActive &&
                                        event.type != EventType::kGCBegin &&
                                        event.type != EventType::kGCEnd)
        return Wanted{Kind::kGoroutine, id, g->seq.number + 1};
      return Wanted{Kind::kGc, 0, gc_seq_ + 1};
    case Lack::kFreeThread:
    case Lack::kSteal:
      // Somebody has to take the P that the thread has.
      if (const PState* p = find_p(ms_[thread].p); p != nullptr)
        return Wanted{Kind::kProc, p->id, p->seq.number + 1};
      return std::nullopt;
    case Lack::kState:
    case Lack::kNothing:
      break;
  }
  return std::nullopt;
}

// ---- to be looked up ----

namespace {

// A steal takes a P that is in a syscall, whether its thread is still there or not.
constexpr std::uint8_t kIdle = 2;
constexpr std::uint8_t kInSyscall = 3;

}  // namespace

Condition Order::condition(const Event& event, Thread thread) const {
  using Kind = Condition::Kind;
  const MState& m = ms_[thread];
  const auto id = static_cast<std::int64_t>(event.args[0]);
  const std::uint64_t before = event.args[1] - 1;
  const auto goroutine = [&](GoStatus status) {
    return Condition{Kind::kGoroutine, static_cast<std::uint8_t>(status), id, before};
  };
  switch (event.type) {
    case EventType::kProcStart:
      if (m.p != kNoId) return {Kind::kThreadWithoutProc, 0, m.id, 0};
      return {Kind::kProc, kIdle, id, before};
    case EventType::kProcSteal:
      return {Kind::kProc, kInSyscall, id, before};
    case EventType::kGoStart:
      return goroutine(GoStatus::kRunnable);
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      return goroutine(GoStatus::kWaiting);
    case EventType::kGoSyscallEndBlocked:
      return {Kind::kProcOutOfSyscall, 0, m.p, 0};
    case EventType::kGCActive:
    case EventType::kGCBegin:
    case EventType::kGCEnd:
      return {Kind::kGc, 0, 0, event.args[0] - 1};
    default:
      break;
  }
  MPG_CHECK(false, "this event waits for nothing");
}

void Order::add_conditions(const Event& event, const Has& had, std::vector<Condition>& out) const {
  const auto first = static_cast<std::int64_t>(event.args[0]);
  switch (event.type) {
    case EventType::kProcSteal:
      if (const MState* from =
              const_cast<Order*>(this)->find_m(static_cast<ThreadId>(event.args[2]));
          from != nullptr && from->p == kNoId)
        out.push_back({Condition::Kind::kThreadWithoutProc, 0, from->id, 0});
      [[fallthrough]];
    case EventType::kProcStatus:
    case EventType::kProcStart:
      add_conditions_of_p(first, out);
      break;
    case EventType::kGoStatus:
    case EventType::kGoStatusStack:
    case EventType::kGoCreate:
    case EventType::kGoCreateBlocked:
    case EventType::kGoCreateSyscall:
    case EventType::kGoStart:
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      add_conditions_of_g(first, out);
      break;
    case EventType::kGCActive:
    case EventType::kGCBegin:
    case EventType::kGCEnd:
      out.push_back({Condition::Kind::kGc, 0, 0, gc_seq_});
      break;
    default:
      break;
  }
  if (had.goroutine != kNoId) add_conditions_of_g(had.goroutine, out);
  if (had.proc != kNoId) add_conditions_of_p(had.proc, out);
}

void Order::add_conditions_of_g(GoId id, std::vector<Condition>& out) const {
  const GState* g = find_g(id);
  if (g == nullptr || g->seq.gen != gen_) return;
  out.push_back(
      {Condition::Kind::kGoroutine, static_cast<std::uint8_t>(g->status), id, g->seq.number});
}

void Order::add_conditions_of_p(ProcId id, std::vector<Condition>& out) const {
  const PState* p = find_p(id);
  if (p == nullptr) return;
  if (p->status != ProcStatus::kSyscall)
    out.push_back({Condition::Kind::kProcOutOfSyscall, 0, id, 0});
  if (p->seq.gen != gen_) return;
  if (p->status == ProcStatus::kIdle) {
    out.push_back({Condition::Kind::kProc, kIdle, id, p->seq.number});
  } else if (p->status != ProcStatus::kRunning) {
    out.push_back({Condition::Kind::kProc, kInSyscall, id, p->seq.number});
  }
}

}  // namespace mpglab::parser
