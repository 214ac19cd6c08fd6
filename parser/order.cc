#include "parser/order.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::parser {

void Order::clear() {
  gs_.clear();
  ps_.clear();
  ms_.clear();
  tasks_.clear();
  names_.clear();
  gc_seq_ = 0;
  gc_state_ = GcState::kUndetermined;
  initial_gen_ = 0;
  queued_ = taken_ = 0;
}

// ---- names ----

std::string_view Order::name(GoStatus status) {
  switch (status) {
    case GoStatus::kRunnable:
      return "Runnable";
    case GoStatus::kRunning:
      return "Running";
    case GoStatus::kSyscall:
      return "Syscall";
    case GoStatus::kWaiting:
      return "Waiting";
    case GoStatus::kBad:
      break;
  }
  return "Bad";
}

std::string_view Order::name(ProcStatus status) {
  switch (status) {
    case ProcStatus::kRunning:
      return "Running";
    case ProcStatus::kIdle:
      return "Idle";
    case ProcStatus::kSyscall:
      return "Syscall";
    case ProcStatus::kSyscallAbandoned:
    case ProcStatus::kBad:
      break;
  }
  return "Bad";
}

ProcState Order::public_state(ProcStatus status) {
  switch (status) {
    case ProcStatus::kRunning:
    case ProcStatus::kSyscall:
      return ProcState::kRunning;
    case ProcStatus::kIdle:
    case ProcStatus::kSyscallAbandoned:
      return ProcState::kIdle;
    case ProcStatus::kBad:
      break;
  }
  return ProcState::kUndetermined;
}

GoState Order::public_state(GoStatus status) {
  switch (status) {
    case GoStatus::kRunnable:
      return GoState::kRunnable;
    case GoStatus::kRunning:
      return GoState::kRunning;
    case GoStatus::kSyscall:
      return GoState::kSyscall;
    case GoStatus::kWaiting:
      return GoState::kWaiting;
    case GoStatus::kBad:
      break;
  }
  return GoState::kUndetermined;
}

std::string wire_event_text(EventType type, const std::uint64_t* args) {
  const format::EventSpec& spec = format::spec_of(type);
  std::string text(spec.name);
  for (std::size_t i = 1; i < spec.arg_count; ++i) {
    const std::uint64_t value = args[i - 1];
    // An absent thread reads better as -1.
    if (value == ~std::uint64_t{0}) {
      fmt::format_to(std::back_inserter(text), " {}=-1", spec.args[i]);
    } else {
      fmt::format_to(std::back_inserter(text), " {}={}", spec.args[i], value);
    }
  }
  return text;
}

// ---- one event ----

Advance Order::advance(const WireEvent& event, ThreadId thread, const Table& table,
                       std::uint64_t gen) {
  if (initial_gen_ == 0) initial_gen_ = gen;
  queued_ = taken_ = 0;
  Context now{thread, kNoId, kNoId};
  MState* m = nullptr;
  if (thread != kNoId) {
    m = ms_.find(thread);
    if (m == nullptr) {
      m = &ms_.add(thread);
      m->g = m->p = kNoId;
    }
    now.p = m->p;
    now.g = m->g;
  }
  Step step{event, table, gen, now, now};
  const Advance answer = dispatch(step);
  if (answer == Advance::kAdvanced && m != nullptr &&
      (m->p != step.after.p || m->g != step.after.g)) {
    m->p = step.after.p;
    m->g = step.after.g;
    m->set_by = place(step);
  }
  return answer;
}

Advance Order::dispatch(Step& s) {
  using enum EventType;
  switch (s.event.type) {
    case kProcStatus:
      return proc_status(s);
    case kProcStart:
      return proc_start(s);
    case kProcStop:
      return proc_stop(s);
    case kProcSteal:
      return proc_steal(s);
    case kGoStatus:
    case kGoStatusStack:
      return go_status(s);
    case kGoCreate:
    case kGoCreateBlocked:
      return go_create(s);
    case kGoCreateSyscall:
      return go_create_syscall(s);
    case kGoStart:
      return go_start(s);
    case kGoDestroy:
    case kGoStop:
    case kGoBlock:
      return go_stop_exec(s);
    case kGoUnblock:
      return go_unblock(s);
    case kGoSwitch:
    case kGoSwitchDestroy:
      return go_switch(s);
    case kGoSyscallBegin:
      return go_syscall_begin(s);
    case kGoSyscallEnd:
      return go_syscall_end(s);
    case kGoSyscallEndBlocked:
      return go_syscall_end_blocked(s);
    case kGoDestroySyscall:
      return go_destroy_syscall(s);
    case kSTWBegin:
    case kGCMarkAssistBegin:
      return go_range(s, true);
    case kSTWEnd:
    case kGCMarkAssistEnd:
      return go_range(s, false);
    case kGCMarkAssistActive:
      return go_range_active(s);
    case kGCActive:
      return gc_active(s);
    case kGCBegin:
      return gc_begin(s);
    case kGCEnd:
      return gc_end(s);
    case kGCSweepActive:
      return sweep_active(s);
    case kGCSweepBegin:
      return sweep(s, true);
    case kGCSweepEnd:
      return sweep(s, false);
    case kHeapAlloc:
    case kHeapGoal:
      return annotation(s, Need::kMust, Need::kMay);
    case kProcsChange:
    case kGoLabel:
    case kUserLog:
      return annotation(s, Need::kMust, Need::kMust);
    case kUserTaskBegin:
      return task_begin(s);
    case kUserTaskEnd:
      return task_end(s);
    case kUserRegionBegin:
      return region(s, true);
    case kUserRegionEnd:
      return region(s, false);
    default:
      break;
  }
  if (format::spec_of(s.event.type).experiment != format::Experiment::kNone) {
    return annotation(s, Need::kMay, Need::kMay);
  }
  return broken(
      s, ErrorCode::kBadEvent,
      fmt::format("bad event type found while ordering: {}", static_cast<unsigned>(s.event.type)));
}

// ---- what handlers have in common ----

Place Order::place(const Step& s) const {
  return {s.gen, s.event.offset, s.after.m, s.event.type};
}

Event& Order::deliver(const Step& s) {
  MPG_CHECK(queued_ < queue_.size(), "one wire event makes at most three events");
  Event& event = queue_[queued_++];
  event.type = s.event.type;
  event.old_state = 0;
  event.time = s.event.time;
  event.thread = s.now.m;
  event.proc = s.now.p;
  event.goroutine = s.now.g;
  event.args = s.event.args;
  event.task_type = {};
  event.table = &s.table;
  event.generation = s.gen;
  event.offset = s.event.offset;
  return event;
}

Advance Order::broken(const Step& s, ErrorCode code, std::string message) {
  error_ = Error{};
  error_.code = code;
  error_.message = std::move(message);
  error_.place = Place{s.gen, s.event.offset, s.after.m, s.event.type};
  error_.event = wire_event_text(s.event.type, s.event.args.data());
  return Advance::kBroken;
}

Advance Order::broken(const Step& s, ErrorCode code, std::string message, const Place& set_by,
                      std::string contradiction) {
  broken(s, code, std::move(message));
  if (set_by.generation != 0) error_.contradicts = set_by;
  error_.contradiction = std::move(contradiction);
  return Advance::kBroken;
}

bool Order::has(const Step& s, Need p, Need g) {
  const auto check = [&](std::int64_t id, Need need, std::string_view what) {
    if ((need == Need::kMust && id == kNoId) || (need == Need::kMustNot && id != kNoId)) {
      std::string message = need == Need::kMust
                                ? fmt::format("expected a {} but didn't have one", what)
                                : fmt::format("expected no {} but had one", what);
      const MState* m = ms_.find(s.after.m);
      broken(s, ErrorCode::kBadContext, std::move(message), m == nullptr ? Place{} : m->set_by,
             fmt::format("thread {} has {} and {}", s.after.m,
                         s.now.p == kNoId ? "no P" : fmt::format("P{}", s.now.p),
                         s.now.g == kNoId ? "no goroutine" : fmt::format("goroutine {}", s.now.g)));
      return false;
    }
    return true;
  };
  return check(s.now.m, Need::kMust, "thread") && check(s.now.p, p, "proc") &&
         check(s.now.g, g, "goroutine");
}

// The thread's goroutine, which must be known and in `status`. nullptr: it is not, and `failed`
// says how.
Order::GState* Order::running_g(const Step& s, GoStatus status, Advance& failed) {
  const std::string_view event = format::spec_of(s.event.type).name;
  GState* g = gs_.find(s.now.g);
  if (g == nullptr) {
    failed = broken(s, ErrorCode::kUnknownResource,
                    fmt::format("event {} for goroutine ({}) that doesn't exist", event, s.now.g));
    return nullptr;
  }
  if (g->status != status) {
    // Go's reader says "not Running" for all of these but the destruction of a goroutine in a
    // syscall.
    const std::string_view wanted =
        s.event.type == EventType::kGoDestroySyscall ? "Syscall" : "Running";
    failed = broken(s, ErrorCode::kWrongState,
                    fmt::format("{} event for goroutine that's not {}", event, wanted), g->set_by,
                    fmt::format("goroutine {} is {}", g->id, name(g->status)));
    return nullptr;
  }
  return g;
}

std::string_view Order::keep(std::string_view text) {
  auto found = names_.find(text);
  if (found == names_.end()) found = names_.emplace(text).first;
  return *found;
}

// ---- what an event waits for ----

std::string Order::needs(const WireEvent& event, ThreadId thread, std::uint64_t gen) const {
  const MState* m = ms_.find(thread);
  const auto proc = [&](ProcId id, std::uint64_t seq, std::string_view state) -> std::string {
    const PState* p = ps_.find(id);
    if (p == nullptr) return fmt::format("P{} to be known; no status of it came", id);
    if (p->seq.gen != gen) {
      return fmt::format("a status of P{} in generation {}; its last is of generation {}", id, gen,
                         p->seq.gen);
    }
    if (p->seq.number + 1 != seq) {
      return fmt::format("number {} of P{}; the last was {}", seq - 1, id, p->seq.number);
    }
    return fmt::format("P{} to be {}; it is {}", id, state, name(p->status));
  };
  const auto goroutine = [&](GoId id, std::uint64_t seq, std::string_view state) -> std::string {
    const GState* g = gs_.find(id);
    if (g == nullptr) return fmt::format("goroutine {} to be known", id);
    if (g->seq.gen != gen) {
      return fmt::format("a status of goroutine {} in generation {}; its last is of generation {}",
                         id, gen, g->seq.gen);
    }
    if (g->seq.number + 1 != seq) {
      return fmt::format("number {} of goroutine {}; the last was {}", seq - 1, id, g->seq.number);
    }
    return fmt::format("goroutine {} to be {}; it is {}", id, state, name(g->status));
  };
  const auto first = static_cast<std::int64_t>(event.args[0]);
  switch (event.type) {
    case EventType::kProcStart:
      if (m != nullptr && m->p != kNoId) {
        return fmt::format("thread {} to lose P{}, which it has", thread, m->p);
      }
      return proc(first, event.args[1], "Idle");
    case EventType::kProcSteal:
      return proc(first, event.args[1], "in a syscall");
    case EventType::kGoStart:
      return goroutine(first, event.args[1], "Runnable");
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      return goroutine(first, event.args[1], "Waiting");
    case EventType::kGoSyscallEndBlocked:
      return fmt::format("a ProcSteal of P{}, which thread {} still has in a syscall",
                         m == nullptr ? kNoId : m->p, thread);
    case EventType::kGCActive:
    case EventType::kGCBegin:
    case EventType::kGCEnd:
      return fmt::format("number {} of the garbage collection; the last was {}", event.args[0] - 1,
                         gc_seq_);
    default:
      return "nothing; it is next";
  }
}

}  // namespace mpglab::parser
