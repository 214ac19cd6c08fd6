#include "explore/truth_judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::explore {

namespace {

std::string_view state_name(sim::ResourceState state) {
  switch (state) {
    case sim::ResourceState::kNotExist:
      return "NotExist";
    case sim::ResourceState::kRunnable:
      return "Runnable";
    case sim::ResourceState::kRunning:
      return "Running";
    case sim::ResourceState::kWaiting:
      return "Waiting";
    case sim::ResourceState::kSyscall:
      return "Syscall";
    case sim::ResourceState::kIdle:
      return "Idle";
  }
  return "?";
}

std::string_view kind_name(sim::ResourceKind kind) {
  return kind == sim::ResourceKind::kGoroutine ? "goroutine" : "proc";
}

std::string describe(const std::vector<Told>& all, std::size_t at, bool threads) {
  if (at >= all.size()) return "nothing more";
  const Told& told = all[at];
  if (told.status) return fmt::format("a status {}", state_name(told.to));
  const std::string states = fmt::format("{} to {}", state_name(told.from), state_name(told.to));
  return threads ? fmt::format("{} by thread {}", states, told.thread) : states;
}

// States only: what two findings of one fault have in common.
std::string shape(const std::vector<Told>& all, std::size_t at) {
  if (at >= all.size()) return "nothing";
  const Told& told = all[at];
  if (told.status) return fmt::format("status-{}", state_name(told.to));
  return fmt::format("{}-{}", state_name(told.from), state_name(told.to));
}

}  // namespace

std::string_view TruthJudge::code_of(Rule rule) {
  switch (rule) {
    case Rule::kNone:
      return "none";
    case Rule::kUnknownResource:
      return "unknown-resource";
    case Rule::kWrongStatus:
      return "wrong-status";
    case Rule::kStatusTooLate:
      return "status-too-late";
    case Rule::kExtraTransition:
      return "extra-transition";
    case Rule::kWrongTransition:
      return "wrong-transition";
    case Rule::kWrongThread:
      return "wrong-thread";
    case Rule::kMissingTransition:
      return "missing-transition";
  }
  return "?";
}

TruthJudge::Resource* TruthJudge::find(sim::ResourceKind kind, std::uint64_t id) {
  std::vector<Resource>& table = kind == sim::ResourceKind::kGoroutine ? goroutines_ : procs_;
  return id < table.size() ? &table[id] : nullptr;
}

TruthJudge::Resource& TruthJudge::make(sim::ResourceKind kind, std::uint64_t id) {
  if (Resource* known = find(kind, id)) return *known;
  const bool goroutine = kind == sim::ResourceKind::kGoroutine;
  std::vector<Resource>& table = goroutine ? goroutines_ : procs_;
  Resource fresh;
  fresh.at_start = goroutine ? sim::ResourceState::kNotExist : sim::ResourceState::kIdle;
  table.resize(id + 1, fresh);
  return table[id];
}

void TruthJudge::begin(const sim::TruthLog& log, const sim::TraceSession& session) {
  MPG_CHECK(log.records.size() < kNone, "a truth log that is too long");
  log_ = &log;
  session_ = &session;
  rule_ = Rule::kNone;
  goroutines_.clear();
  procs_.clear();
  next_.assign(log.records.size(), kNone);
  for (std::uint32_t i = 0; i < log.records.size(); ++i) {
    const sim::TruthRecord& record = log.records[i];
    Resource& resource = make(record.kind, record.id);
    if (record.step < session.started) {
      resource.at_start = record.to;
      continue;
    }
    if (resource.last == kNone) {
      resource.next = i;
    } else {
      next_[resource.last] = i;
    }
    resource.last = i;
  }
}

bool TruthJudge::differs(Rule rule, sim::ResourceKind kind, std::uint64_t id) {
  rule_ = rule;
  wrong_kind_ = kind;
  wrong_id_ = id;
  return false;
}

bool TruthJudge::observe(const Transition& told) {
  Resource* const resource = find(told.kind, told.id);
  if (resource == nullptr) {
    // A P that was idle all the time has no record, and may be introduced as what it is.
    const bool idle_proc = told.kind == sim::ResourceKind::kProc && told.status &&
                           told.to == sim::ResourceState::kIdle && told.id < kMaxProcs;
    return idle_proc || differs(Rule::kUnknownResource, told.kind, told.id);
  }
  const bool first = !resource->told;
  resource->told = true;
  if (told.status) {
    if (!first) return differs(Rule::kStatusTooLate, told.kind, told.id);
    if (told.to == resource->at_start) return true;
    if (resource->next == kNone || !may_come_before_start(resource->next) ||
        told.to != log_->records[resource->next].to) {
      return differs(Rule::kWrongStatus, told.kind, told.id);
    }
    resource->next = next_[resource->next];
    return true;
  }
  if (resource->next == kNone) return differs(Rule::kExtraTransition, told.kind, told.id);
  const sim::TruthRecord& record = log_->records[resource->next];
  if (record.from != told.from || record.to != told.to)
    return differs(Rule::kWrongTransition, told.kind, told.id);
  if (record.thread != told.thread) return differs(Rule::kWrongThread, told.kind, told.id);
  resource->next = next_[resource->next];
  return true;
}

bool TruthJudge::may_be_missing(std::uint32_t record) const {
  const sim::TruthRecord& missing = log_->records[record];
  if (missing.step > session_->stopped) return true;
  // The event is written after the transition, in a critical section of its own, and the trace was
  // stopped between the two.
  const std::uint32_t after = next_[record];
  return missing.event_follows && (after == kNone || log_->records[after].step > session_->stopped);
}

bool TruthJudge::may_come_before_start(std::uint32_t record) const {
  const sim::TruthRecord& left = log_->records[record];
  return left.kind == sim::ResourceKind::kGoroutine && left.from == sim::ResourceState::kSyscall &&
         left.to == sim::ResourceState::kRunnable && left.step <= session_->settled;
}

bool TruthJudge::finish() {
  for (const sim::ResourceKind kind : {sim::ResourceKind::kProc, sim::ResourceKind::kGoroutine}) {
    const std::vector<Resource>& table = kind == sim::ResourceKind::kProc ? procs_ : goroutines_;
    for (std::uint64_t id = 0; id < table.size(); ++id) {
      std::uint32_t next = table[id].next;
      if (next != kNone && !table[id].told && may_come_before_start(next)) next = next_[next];
      if (next != kNone && !may_be_missing(next))
        return differs(Rule::kMissingTransition, kind, id);
    }
  }
  return true;
}

TruthJudge::Difference TruthJudge::difference(const std::vector<Transition>& all) {
  MPG_CHECK(rule_ != Rule::kNone, "no difference was found");
  Difference result;
  Lie& lie = result.lie;
  lie.kind = wrong_kind_;
  lie.id = wrong_id_;
  const bool goroutine = wrong_kind_ == sim::ResourceKind::kGoroutine;
  lie.at_start = goroutine ? sim::ResourceState::kNotExist : sim::ResourceState::kIdle;
  for (const sim::TruthRecord& record : log_->records) {
    if (record.kind != lie.kind || record.id != lie.id) continue;
    if (record.step < session_->started) {
      lie.at_start = record.to;
    } else {
      lie.truth.push_back(
          {.step = record.step, .from = record.from, .to = record.to, .thread = record.thread});
    }
  }
  for (const Transition& told : all) {
    if (told.kind != lie.kind || told.id != lie.id) continue;
    lie.trace.push_back({.event = told.event,
                         .status = told.status,
                         .from = told.from,
                         .to = told.to,
                         .thread = told.thread});
  }
  // Everything before what was observed last is as it was.
  const Resource* const resource = find(lie.kind, lie.id);
  std::uint32_t left = 0;
  if (resource != nullptr)
    for (std::uint32_t i = resource->next; i != kNone; i = next_[i]) ++left;
  lie.truth_at = lie.truth.size() - left;
  const std::size_t statuses = static_cast<std::size_t>(std::count_if(
      lie.trace.begin(), lie.trace.end(), [](const Told& told) { return told.status; }));
  lie.trace_at = std::min(lie.truth_at + statuses, lie.trace.size());
  if (rule_ == Rule::kWrongStatus) lie.trace_at = 0;
  if (rule_ == Rule::kStatusTooLate || rule_ == Rule::kUnknownResource)
    lie.trace_at = lie.trace.empty() ? 0 : lie.trace.size() - 1;

  result.code = code_of(rule_);
  const bool threads = rule_ == Rule::kWrongThread;
  const std::string truth =
      rule_ == Rule::kWrongStatus
          ? fmt::format("it was {} when the trace started", state_name(lie.at_start))
          : fmt::format("in truth it is {}", describe(lie.truth, lie.truth_at, threads));
  result.message = fmt::format("{} {}: the trace tells {}; {}", kind_name(lie.kind), lie.id,
                               describe(lie.trace, lie.trace_at, threads), truth);
  result.detail = fmt::format("{}:{}:{}", kind_name(lie.kind), shape(lie.truth, lie.truth_at),
                              shape(lie.trace, lie.trace_at));
  return result;
}

}  // namespace mpglab::explore
