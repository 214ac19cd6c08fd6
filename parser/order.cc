#include "parser/order.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::parser {

void Order::clear() {
  gs_.clear();
  gs_.emplace_back();  // nobody's
  free_gs_.clear();
  g_at_.clear();
  // What owns memory is kept, and used again.
  free_g_extras_.clear();
  for (std::size_t i = g_extras_.size(); i > 0; --i) {
    g_extras_[i - 1].regions.clear();
    g_extras_[i - 1].ranges.clear();
    free_g_extras_.push_back(static_cast<std::uint32_t>(i - 1));
  }
  if (ps_.empty()) ps_.emplace_back();
  used_ps_ = 1;  // nobody's
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
  gen_mark_ = std::uint64_t{std::min(gen_, kMostMarked)} << 8;
}

// ---- records ----

Order::Thread Order::thread(ThreadId id) {
  if (id == kNoId) return 0;
  std::uint32_t at = m_at_.find(static_cast<std::uint64_t>(id));
  if (at == IdMap::kAbsent) {
    at = static_cast<std::uint32_t>(ms_.size());
    m_at_.insert(static_cast<std::uint64_t>(id), at);
    MState& m = ms_.emplace_back();
    m.id = id;
    m.self = at;
  }
  return at;
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

void Order::add_extra(GState& g) {
  if (free_g_extras_.empty()) {
    g.extra = static_cast<std::uint32_t>(g_extras_.size());
    g_extras_.emplace_back();
  } else {
    g.extra = free_g_extras_.back();
    free_g_extras_.pop_back();
  }
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

constexpr std::array<Order::Handler, 256> Order::handlers() {
  using enum EventType;
  std::array<Handler, 256> all{};
  all.fill([](Order& order, Step s) { return order.unknown_type(s); });
  const auto on = [&all](EventType type, Handler handler) {
    all[static_cast<std::size_t>(type)] = handler;
  };
  on(kProcStatus, [](Order& order, Step s) { return order.proc_status(s); });
  on(kProcStart, [](Order& order, Step s) { return order.proc_start(s); });
  on(kProcStop, [](Order& order, Step s) { return order.proc_stop(s); });
  on(kProcSteal, [](Order& order, Step s) { return order.proc_steal(s); });
  for (const EventType type : {kGoStatus, kGoStatusStack})
    on(type, [](Order& order, Step s) { return order.go_status(s); });
  for (const EventType type : {kGoCreate, kGoCreateBlocked})
    on(type, [](Order& order, Step s) { return order.go_create(s); });
  on(kGoCreateSyscall, [](Order& order, Step s) { return order.go_create_syscall(s); });
  on(kGoStart, [](Order& order, Step s) { return order.go_start(s); });
  for (const EventType type : {kGoDestroy, kGoStop, kGoBlock})
    on(type, [](Order& order, Step s) { return order.go_stop_exec(s); });
  on(kGoUnblock, [](Order& order, Step s) { return order.go_unblock(s); });
  for (const EventType type : {kGoSwitch, kGoSwitchDestroy})
    on(type, [](Order& order, Step s) { return order.go_switch(s); });
  on(kGoSyscallBegin, [](Order& order, Step s) { return order.go_syscall_begin(s); });
  on(kGoSyscallEnd, [](Order& order, Step s) { return order.go_syscall_end(s); });
  on(kGoSyscallEndBlocked, [](Order& order, Step s) { return order.go_syscall_end_blocked(s); });
  on(kGoDestroySyscall, [](Order& order, Step s) { return order.go_destroy_syscall(s); });
  for (const EventType type : {kSTWBegin, kGCMarkAssistBegin})
    on(type, [](Order& order, Step s) { return order.go_range(s, true); });
  for (const EventType type : {kSTWEnd, kGCMarkAssistEnd})
    on(type, [](Order& order, Step s) { return order.go_range(s, false); });
  on(kGCMarkAssistActive, [](Order& order, Step s) { return order.go_range_active(s); });
  on(kGCActive, [](Order& order, Step s) { return order.gc_active(s); });
  on(kGCBegin, [](Order& order, Step s) { return order.gc_begin(s); });
  on(kGCEnd, [](Order& order, Step s) { return order.gc_end(s); });
  on(kGCSweepActive, [](Order& order, Step s) { return order.sweep_active(s); });
  on(kGCSweepBegin, [](Order& order, Step s) { return order.sweep(s, true); });
  on(kGCSweepEnd, [](Order& order, Step s) { return order.sweep(s, false); });
  for (const EventType type : {kHeapAlloc, kHeapGoal})
    on(type, [](Order& order, Step s) { return order.annotation(s, Need::kMust, Need::kMay); });
  for (const EventType type : {kProcsChange, kGoLabel, kUserLog})
    on(type, [](Order& order, Step s) { return order.annotation(s, Need::kMust, Need::kMust); });
  on(kUserTaskBegin, [](Order& order, Step s) { return order.task_begin(s); });
  on(kUserTaskEnd, [](Order& order, Step s) { return order.task_end(s); });
  on(kUserRegionBegin, [](Order& order, Step s) { return order.region(s, true); });
  on(kUserRegionEnd, [](Order& order, Step s) { return order.region(s, false); });
  for (std::size_t type = 0; type < format::kEventTypes; ++type) {
    if (format::kEventSpecs[type].experiment != format::Experiment::kNone)
      on(static_cast<EventType>(type),
         [](Order& order, Step s) { return order.annotation(s, Need::kMay, Need::kMay); });
  }
  return all;
}

constinit const std::array<Order::Handler, 256> Order::kHandlers = Order::handlers();

Advance Order::advance_specially(Step s) {
  if (initial_ == 0) initial_ = number_;
  s.m.known = s.m.self != 0;
  const Advance answer = kHandlers[static_cast<std::size_t>(s.event.type)](*this, s);
  // What is no thread's has nothing, whatever the event said.
  ms_[0].g = ms_[0].p = kNoId;
  return answer;
}

Advance Order::unknown_type(Step s) {
  return broken(
      s, ErrorCode::kBadEvent,
      fmt::format("bad event type found while ordering: {}", static_cast<unsigned>(s.event.type)));
}

// ---- what handlers have in common ----

Place Order::place(const Event& event, Thread thread) const {
  return {number_, event.offset, ms_[thread].id, event.type};
}

Place Order::place_of(const Mark& mark) const {
  if (mark.where == Mark::kNone) return {};
  return {generations_[mark.where >> 8 & 0xffffff], mark.offset, ms_[mark.where >> 32].id,
          static_cast<EventType>(mark.where & 0xff)};
}

Event& Order::deliver_extra(const Event& like, EventType type) {
  if (!has_extra()) extra_made_ = extra_taken_ = 0;
  MPG_CHECK(extra_made_ < extra_.size(), "one wire event makes at most three events");
  Event& event = extra_[extra_made_++];
  copy(like, event);
  event.type = type;
  return event;
}

void Order::copy(const Event& from, Event& to) {
  to.type = from.type;
  to.old_state = from.old_state;
  to.time = from.time;
  to.thread = from.thread;
  to.proc = from.proc;
  to.goroutine = from.goroutine;
  for (std::size_t i = 0; i < from.args.size(); ++i) to.args[i] = from.args[i];
  to.table = from.table;
  to.generation = from.generation;
  to.offset = from.offset;
}

Advance Order::broken(Step s, ErrorCode code, std::string message) {
  error_ = Error{};
  error_.code = code;
  error_.message = std::move(message);
  error_.place = place(s.event, s.m.self);
  error_.event = wire_event_text(s.event.type, s.event.args.data());
  return Advance::kBroken;
}

Advance Order::broken(Step s, ErrorCode code, std::string message, const Mark& set_by,
                      std::string contradiction) {
  broken(s, code, std::move(message));
  if (set_by.where != Mark::kNone) error_.contradicts = place_of(set_by);
  error_.contradiction = std::move(contradiction);
  return Advance::kBroken;
}

// ---- refusals ----

Advance Order::lacks(Step s, Need p, Need g) {
  const auto lacks = [](std::int64_t id, Need need) {
    return need != Need::kMay && (id != kNoId) != (need == Need::kMust);
  };
  const bool thread = s.m.id == kNoId;
  const bool proc = !thread && lacks(s.m.p, p);
  MPG_CHECK(thread || proc || lacks(s.m.g, g), "has() has found something amiss");
  const std::string_view what = thread ? "thread" : proc ? "proc" : "goroutine";
  const Need need = thread ? Need::kMust : proc ? p : g;
  return broken(s, ErrorCode::kBadContext,
                need == Need::kMust ? fmt::format("expected a {} but didn't have one", what)
                                    : fmt::format("expected no {} but had one", what),
                s.m.set_by,
                fmt::format("thread {} has {} and {}", s.m.id,
                            s.m.p == kNoId ? "no P" : fmt::format("P{}", s.m.p),
                            s.m.g == kNoId ? "no goroutine" : fmt::format("goroutine {}", s.m.g)));
}

Advance Order::not_in(Step s, GoStatus status) {
  const GState* g = find_g(s.m.g);
  const std::string event = event_name(s.event.type);
  if (g == nullptr)
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("event {} for goroutine ({}) that doesn't exist", event, s.m.g));
  if (g->status == status) {
    s.m.g_at = static_cast<std::uint32_t>(g - gs_.data());
    return kHandlers[static_cast<std::size_t>(s.event.type)](*this, s);
  }
  // Go's reader says "not Running" for all of these but the destruction of a goroutine in a
  // syscall.
  const std::string_view wanted =
      s.event.type == EventType::kGoDestroySyscall ? "Syscall" : "Running";
  return broken(s, ErrorCode::kWrongState,
                fmt::format("{} event for goroutine that's not {}", event, wanted), g->set_by,
                fmt::format("goroutine {} is {}", g->id, name(g->status)));
}

Advance Order::unknown_p(Step s) {
  if (const PState* p = find_p(s.m.p); p != nullptr) {
    s.m.p_at = static_cast<std::uint32_t>(p - ps_.data());
    return kHandlers[static_cast<std::size_t>(s.event.type)](*this, s);
  }
  switch (s.event.type) {
    case EventType::kProcStop:
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("event ProcStop for proc ({}) that doesn't exist", s.m.p),
                    s.m.set_by, fmt::format("thread {} has no P", s.m.id));
    case EventType::kGoDestroySyscall:
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("found invalid proc {} during GoDestroySyscall", s.m.p));
    case EventType::kGCSweepBegin:
    case EventType::kGCSweepEnd:
      MPG_CHECK(faults_.mstate_written_without_advance,
                "a thread only has Ps that are known, unless a fault wrote one down");
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("uninitialized proc {} found during a sweep", s.m.p));
    default:
      return broken(s, ErrorCode::kUnknownResource,
                    fmt::format("uninitialized proc {} found during {}", s.m.p,
                                format::spec_of(s.event.type).name));
  }
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
