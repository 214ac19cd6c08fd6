#include "parser/event.h"

#include "base/check.h"
#include "parser/table.h"

namespace mpglab::parser {

namespace {

// Which kind of event each type of the wire is to whoever reads a trace.
constexpr EventKind kind_of(EventType type) {
  using enum EventType;
  if (type == kSyncEvent) return EventKind::kSync;
  switch (type) {
    case kCPUSample:
      return EventKind::kStackSample;
    case kProcsChange:
    case kHeapAlloc:
    case kHeapGoal:
      return EventKind::kMetric;
    case kGoLabel:
      return EventKind::kLabel;
    case kSTWBegin:
    case kGCBegin:
    case kGCSweepBegin:
    case kGCMarkAssistBegin:
      return EventKind::kRangeBegin;
    case kGCActive:
    case kGCSweepActive:
    case kGCMarkAssistActive:
      return EventKind::kRangeActive;
    case kSTWEnd:
    case kGCEnd:
    case kGCSweepEnd:
    case kGCMarkAssistEnd:
      return EventKind::kRangeEnd;
    case kUserTaskBegin:
      return EventKind::kTaskBegin;
    case kUserTaskEnd:
      return EventKind::kTaskEnd;
    case kUserRegionBegin:
      return EventKind::kRegionBegin;
    case kUserRegionEnd:
      return EventKind::kRegionEnd;
    case kUserLog:
      return EventKind::kLog;
    case kProcStart:
    case kProcStop:
    case kProcSteal:
    case kProcStatus:
    case kGoCreate:
    case kGoCreateSyscall:
    case kGoCreateBlocked:
    case kGoStart:
    case kGoDestroy:
    case kGoDestroySyscall:
    case kGoStop:
    case kGoBlock:
    case kGoUnblock:
    case kGoSyscallBegin:
    case kGoSyscallEnd:
    case kGoSyscallEndBlocked:
    case kGoStatus:
    case kGoStatusStack:
    case kGoSwitch:
    case kGoSwitchDestroy:
      return EventKind::kStateTransition;
    default:
      break;
  }
  return static_cast<std::size_t>(type) < format::kEventTypes &&
                 format::spec_of(type).experiment != format::Experiment::kNone
             ? EventKind::kExperimental
             : EventKind::kBad;
}

GoState state_of_status(std::uint64_t wire_status) {
  switch (static_cast<std::uint8_t>(wire_status)) {
    case 1:
      return GoState::kRunnable;
    case 2:
      return GoState::kRunning;
    case 3:
      return GoState::kSyscall;
    case 4:
      return GoState::kWaiting;
    default:
      return GoState::kUndetermined;
  }
}

ProcState proc_state_of_status(std::uint64_t wire_status) {
  switch (static_cast<std::uint8_t>(wire_status)) {
    case 1:
    case 3:
      return ProcState::kRunning;
    case 2:
    case 4:
      return ProcState::kIdle;
    default:
      return ProcState::kUndetermined;
  }
}

std::string_view text(const Event& event, std::uint64_t id) {
  return event.table == nullptr ? std::string_view{} : event.table->string(id).value_or("");
}

}  // namespace

std::string_view kind_name(EventKind kind) {
  switch (kind) {
    case EventKind::kSync:
      return "Sync";
    case EventKind::kMetric:
      return "Metric";
    case EventKind::kLabel:
      return "Label";
    case EventKind::kStackSample:
      return "StackSample";
    case EventKind::kRangeBegin:
      return "RangeBegin";
    case EventKind::kRangeActive:
      return "RangeActive";
    case EventKind::kRangeEnd:
      return "RangeEnd";
    case EventKind::kTaskBegin:
      return "TaskBegin";
    case EventKind::kTaskEnd:
      return "TaskEnd";
    case EventKind::kRegionBegin:
      return "RegionBegin";
    case EventKind::kRegionEnd:
      return "RegionEnd";
    case EventKind::kLog:
      return "Log";
    case EventKind::kStateTransition:
      return "StateTransition";
    case EventKind::kExperimental:
      return "Experimental";
    case EventKind::kBad:
      break;
  }
  return "Bad";
}

std::string_view state_name(GoState state) {
  switch (state) {
    case GoState::kUndetermined:
      return "Undetermined";
    case GoState::kNotExist:
      return "NotExist";
    case GoState::kRunnable:
      return "Runnable";
    case GoState::kRunning:
      return "Running";
    case GoState::kWaiting:
      return "Waiting";
    case GoState::kSyscall:
      return "Syscall";
  }
  return "Bad";
}

std::string_view state_name(ProcState state) {
  switch (state) {
    case ProcState::kUndetermined:
      return "Undetermined";
    case ProcState::kNotExist:
      return "NotExist";
    case ProcState::kRunning:
      return "Running";
    case ProcState::kIdle:
      return "Idle";
  }
  return "Bad";
}

std::string_view resource_name(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kNone:
      return "None";
    case ResourceKind::kGoroutine:
      return "Goroutine";
    case ResourceKind::kProc:
      return "Proc";
    case ResourceKind::kThread:
      return "Thread";
  }
  return "Bad";
}

std::size_t StackView::size() const {
  return table_ == nullptr ? 0 : table_->stack_size(id_);
}
StackFrame StackView::operator[](std::size_t index) const {
  return table_->frame(id_, index);
}

StateTransition Event::state_transition() const {
  StateTransition transition;
  transition.reason = reason();
  transition.stack = transition_stack();
  if (const auto of_g = go_transition()) {
    transition.resource = {ResourceKind::kGoroutine, of_g->goroutine};
    transition.go_from = of_g->from;
    transition.go_to = of_g->to;
  } else if (const auto of_p = proc_transition()) {
    transition.resource = {ResourceKind::kProc, of_p->proc};
    transition.proc_from = of_p->from;
    transition.proc_to = of_p->to;
  }
  return transition;
}

StackSample Event::stack_sample() const {
  return {thread, proc, goroutine, stack()};
}

std::optional<Swept> Event::swept() const {
  if (type != EventType::kGCSweepEnd) return std::nullopt;
  return Swept{args[0], args[1]};
}

EventKind Event::kind() const {
  return kind_of(type);
}

StackView Event::stack() const {
  if (type == kSyncEvent) return {};
  if (type == EventType::kCPUSample) return {table, args[0]};
  const std::uint8_t place = format::spec_of(type).stacks[0];
  if (place == 0 || args[place - 1U] == 0) return {};
  return {table, args[place - 1U]};
}

std::optional<ProcTransition> Event::proc_transition() const {
  const auto id = static_cast<ProcId>(args[0]);
  switch (type) {
    case EventType::kProcStart:
      return ProcTransition{id, ProcState::kIdle, ProcState::kRunning};
    case EventType::kProcStop:
      return ProcTransition{proc, ProcState::kRunning, ProcState::kIdle};
    case EventType::kProcSteal:
      return ProcTransition{id, static_cast<ProcState>(old_state), ProcState::kIdle};
    case EventType::kProcStatus:
      return ProcTransition{id, static_cast<ProcState>(old_state), proc_state_of_status(args[1])};
    default:
      return std::nullopt;
  }
}

std::optional<GoTransition> Event::go_transition() const {
  const auto id = static_cast<GoId>(args[0]);
  using enum GoState;
  switch (type) {
    case EventType::kGoCreate:
      return GoTransition{id, kNotExist, kRunnable};
    case EventType::kGoCreateBlocked:
      return GoTransition{id, kNotExist, kWaiting};
    case EventType::kGoCreateSyscall:
      return GoTransition{id, kNotExist, kSyscall};
    case EventType::kGoStart:
      return GoTransition{id, kRunnable, kRunning};
    case EventType::kGoDestroy:
      return GoTransition{goroutine, kRunning, kNotExist};
    case EventType::kGoDestroySyscall:
      return GoTransition{goroutine, kSyscall, kNotExist};
    case EventType::kGoStop:
      return GoTransition{goroutine, kRunning, kRunnable};
    case EventType::kGoBlock:
      return GoTransition{goroutine, kRunning, kWaiting};
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      return GoTransition{id, kWaiting, kRunnable};
    case EventType::kGoSyscallBegin:
      return GoTransition{goroutine, kRunning, kSyscall};
    case EventType::kGoSyscallEnd:
      return GoTransition{goroutine, kSyscall, kRunning};
    case EventType::kGoSyscallEndBlocked:
      return GoTransition{goroutine, kSyscall, kRunnable};
    case EventType::kGoStatus:
    case EventType::kGoStatusStack:
      return GoTransition{id, static_cast<GoState>(old_state), state_of_status(args[2])};
    default:
      return std::nullopt;
  }
}

std::string_view Event::reason() const {
  if (type != EventType::kGoStop && type != EventType::kGoBlock) return {};
  return text(*this, args[0]);
}

StackView Event::transition_stack() const {
  switch (type) {
    case EventType::kGoCreate:
    case EventType::kGoCreateBlocked:
      return {table, args[1]};
    case EventType::kGoStop:
    case EventType::kGoBlock:
    case EventType::kGoSyscallBegin:
    case EventType::kGoStatus:
    case EventType::kGoStatusStack:
      return stack();
    default:
      return {};
  }
}

Metric Event::metric() const {
  switch (type) {
    case EventType::kProcsChange:
      return {"/sched/gomaxprocs:threads", args[0]};
    case EventType::kHeapAlloc:
      return {"/memory/classes/heap/objects:bytes", args[0]};
    default:
      return {"/gc/heap/goal:bytes", args[0]};
  }
}

std::string_view Event::label() const {
  return text(*this, args[0]);
}

Range Event::range() const {
  using enum EventType;
  switch (type) {
    case kSTWBegin:
    case kSTWEnd:
      return {"stop-the-world", text(*this, args[0]), {ResourceKind::kGoroutine, goroutine}};
    case kGCBegin:
    case kGCActive:
    case kGCEnd:
      return {"GC concurrent mark phase", {}, {}};
    case kGCSweepActive:
      return {
          "GC incremental sweep", {}, {ResourceKind::kProc, static_cast<std::int64_t>(args[0])}};
    case kGCSweepBegin:
    case kGCSweepEnd:
      return {"GC incremental sweep", {}, {ResourceKind::kProc, proc}};
    case kGCMarkAssistActive:
      return {"GC mark assist", {}, {ResourceKind::kGoroutine, static_cast<std::int64_t>(args[0])}};
    default:
      return {"GC mark assist", {}, {ResourceKind::kGoroutine, goroutine}};
  }
}

Task Event::task() const {
  if (type == EventType::kUserTaskBegin) return {args[0], args[1], text(*this, args[2])};
  return {args[0], args[2], task_type};
}

Region Event::region() const {
  return {args[0], text(*this, args[1])};
}

Log Event::log() const {
  return {args[0], text(*this, args[1]), text(*this, args[2])};
}

Sync Event::sync() const {
  Sync sync{args[0]};
  if (table != nullptr) sync.experimental_batches = table->experimental_batches();
  if (table != nullptr && table->has_clock_snapshot()) {
    sync.has_clock_snapshot = true;
    sync.trace = table->snapshot_trace();
    sync.mono = table->snapshot_mono();
    sync.wall_seconds = table->snapshot_seconds();
    sync.wall_nanoseconds = table->snapshot_nanoseconds();
  }
  return sync;
}

}  // namespace mpglab::parser
