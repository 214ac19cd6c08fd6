#include "parser/order.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::parser {

void Order::clear() {
  gs_.clear();
  free_gs_.clear();
  g_at_.clear();
  // What owns memory is kept, and used again.
  free_g_extras_.clear();
  for (std::size_t i = g_extras_.size(); i > 0; --i) {
    g_extras_[i - 1].regions.clear();
    g_extras_[i - 1].ranges.clear();
    free_g_extras_.push_back(static_cast<std::uint32_t>(i - 1));
  }
  used_ps_ = 0;
  p_at_.clear();
  ms_.clear();
  ms_.emplace_back();  // no thread's
  m_at_.clear();
  tasks_.clear();
  free_tasks_.clear();
  task_at_.clear();
  // Traces of one program use the same names.
  constexpr std::size_t kMostNames = 1000;
  if (names_.size() > kMostNames) names_.clear();
  table_ = nullptr;
  initial_ = 0;
  generations_.clear();
  gen_at_.clear();
  gc_seq_ = 0;
  gc_state_ = GcState::kUndetermined;
  extra_made_ = extra_taken_ = 0;
}

void Order::begin_generation(std::uint64_t number, const Table& table, format::Version version) {
  table_ = &table;
  version_ = version;
  number_ = number;
  kept_.clear();
  kept_at_.clear();
  // Since 1.26 nothing keeps a trace from using a number twice, and sequences then go on.
  gen_ = gen_at_.find(number);
  if (gen_ == IdMap::kAbsent) {
    gen_ = static_cast<std::uint32_t>(generations_.size());
    gen_at_.insert(number, gen_);
    generations_.push_back(number);
  }
  constexpr std::uint32_t kMostMarked = 0xffffff;
  gen_mark_ = std::min(gen_, kMostMarked) << 8;
}

// ---- records ----

Order::Thread Order::thread(ThreadId id) {
  if (id == kNoId) return 0;
  std::uint32_t at = m_at_.find(static_cast<std::uint64_t>(id));
  if (at == IdMap::kAbsent) {
    at = static_cast<std::uint32_t>(ms_.size());
    m_at_.insert(static_cast<std::uint64_t>(id), at);
    ms_.emplace_back().id = id;
  }
  return at;
}

Order::GState* Order::find_g(GoId id) {
  const std::uint32_t at = g_at_.find(static_cast<std::uint64_t>(id));
  return at == IdMap::kAbsent ? nullptr : &gs_[at];
}

Order::PState* Order::find_p(ProcId id) {
  const std::uint32_t at = p_at_.find(static_cast<std::uint64_t>(id));
  return at == IdMap::kAbsent ? nullptr : &ps_[at];
}

Order::MState* Order::find_m(ThreadId id) {
  const std::uint32_t at = m_at_.find(static_cast<std::uint64_t>(id));
  return at == IdMap::kAbsent || !ms_[at].known ? nullptr : &ms_[at];
}

Order::GState& Order::add_g(GoId id) {
  std::uint32_t at = 0;
  if (free_gs_.empty()) {
    at = static_cast<std::uint32_t>(gs_.size());
    gs_.emplace_back();
  } else {
    at = free_gs_.back();
    free_gs_.pop_back();
  }
  g_at_.insert(static_cast<std::uint64_t>(id), at);
  gs_[at].id = id;
  return gs_[at];
}

void Order::erase_g(GState& g) {
  g_at_.erase(static_cast<std::uint64_t>(g.id));
  if (g.extra != kNowhere) {
    g_extras_[g.extra].regions.clear();
    g_extras_[g.extra].ranges.clear();
    free_g_extras_.push_back(g.extra);
    g.extra = kNowhere;
  }
  g.status = GoStatus::kFree;
  free_gs_.push_back(static_cast<std::uint32_t>(&g - gs_.data()));
}

Order::PState& Order::add_p(ProcId id) {
  p_at_.insert(static_cast<std::uint64_t>(id), static_cast<std::uint32_t>(used_ps_));
  if (used_ps_ == ps_.size()) ps_.emplace_back();
  PState& p = ps_[used_ps_++];
  p.id = id;
  p.seq = {};
  p.status = ProcStatus::kBad;
  p.set_by = {};
  p.bound = kNowhere;
  p.also_bound.clear();
  p.ranges.clear();
  return p;
}

Order::GExtra& Order::extra_of(GState& g) {
  if (g.extra == kNowhere) {
    if (free_g_extras_.empty()) {
      g.extra = static_cast<std::uint32_t>(g_extras_.size());
      g_extras_.emplace_back();
    } else {
      g.extra = free_g_extras_.back();
      free_g_extras_.pop_back();
    }
  }
  return g_extras_[g.extra];
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
    case GoStatus::kFree:
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
    case GoStatus::kFree:
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

Advance Order::advance_specially(const WireEvent& event, Thread thread, Event& out) {
  if (initial_ == 0) initial_ = number_;
  MState& m = ms_[thread];
  m.known = thread != 0;
  Step s{event, m, thread, out};
  const Advance answer = dispatch(s);
  // What is no thread's has nothing, whatever the event said.
  ms_[0].g = ms_[0].p = kNoId;
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

Place Order::place(const WireEvent& event, Thread thread) const {
  return {number_, event.offset, ms_[thread].id, event.type};
}

Place Order::place_of(const Mark& mark) const {
  if (mark.thread == kNowhere) return {};
  return {generations_[mark.gen_and_type >> 8], mark.offset, ms_[mark.thread].id,
          static_cast<EventType>(mark.gen_and_type & 0xff)};
}

Event& Order::deliver_extra(const Event& like, EventType type) {
  MPG_CHECK(extra_made_ < extra_.size(), "one wire event makes at most three events");
  Event& event = extra_[extra_made_++];
  event = like;
  event.type = type;
  return event;
}

Advance Order::broken(const Step& s, ErrorCode code, std::string message) {
  error_ = Error{};
  error_.code = code;
  error_.message = std::move(message);
  error_.place = place(s.event, s.thread);
  error_.event = wire_event_text(s.event.type, s.event.args.data());
  return Advance::kBroken;
}

Advance Order::broken(const Step& s, ErrorCode code, std::string message, const Mark& set_by,
                      std::string contradiction) {
  broken(s, code, std::move(message));
  if (set_by.thread != kNowhere) error_.contradicts = place_of(set_by);
  error_.contradiction = std::move(contradiction);
  return Advance::kBroken;
}

void Order::lacks(const Step& s, Need p, Need g) {
  const auto check = [&](std::int64_t id, Need need, std::string_view what) {
    if (need == Need::kMay || (id != kNoId) == (need == Need::kMust)) return true;
    broken(s, ErrorCode::kBadContext,
           need == Need::kMust ? fmt::format("expected a {} but didn't have one", what)
                               : fmt::format("expected no {} but had one", what),
           s.m.set_by,
           fmt::format("thread {} has {} and {}", s.m.id,
                       s.m.p == kNoId ? "no P" : fmt::format("P{}", s.m.p),
                       s.m.g == kNoId ? "no goroutine" : fmt::format("goroutine {}", s.m.g)));
    return false;
  };
  const bool fine = check(s.m.id, Need::kMust, "thread") && check(s.m.p, p, "proc") &&
                    check(s.m.g, g, "goroutine");
  MPG_CHECK(!fine, "has() has found something amiss");
}

void Order::not_running(const Step& s, const GState* g) {
  const std::string event = event_name(s.event.type);
  if (g == nullptr) {
    broken(s, ErrorCode::kUnknownResource,
           fmt::format("event {} for goroutine ({}) that doesn't exist", event, s.m.g));
    return;
  }
  // Go's reader says "not Running" for all of these but the destruction of a goroutine in a
  // syscall.
  const std::string_view wanted =
      s.event.type == EventType::kGoDestroySyscall ? "Syscall" : "Running";
  broken(s, ErrorCode::kWrongState,
         fmt::format("{} event for goroutine that's not {}", event, wanted), g->set_by,
         fmt::format("goroutine {} is {}", g->id, name(g->status)));
}

const std::string* Order::keep(std::uint64_t string_id, std::string_view text) {
  std::uint32_t at = kept_at_.find(string_id);
  if (at == IdMap::kAbsent) {
    auto found = names_.find(text);
    if (found == names_.end()) found = names_.emplace(text).first;
    at = static_cast<std::uint32_t>(kept_.size());
    kept_at_.insert(string_id, at);
    kept_.push_back(&*found);
  }
  return kept_[at];
}

}  // namespace mpglab::parser
