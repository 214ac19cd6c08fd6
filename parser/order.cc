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

// ---- Ps ----

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

// ---- goroutines ----

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
