// The part of Order that is about ranges, tasks, regions, the garbage collection and annotations.

#include <algorithm>

#include <fmt/format.h>

#include "parser/order.h"

namespace mpglab::parser {

namespace {

// Go's NoTask and BackgroundTask.
constexpr std::uint64_t kNoTask = ~std::uint64_t{0};
constexpr std::uint64_t kBackgroundTask = 0;

}  // namespace

Advance Order::annotation(Step& s, Need p, Need g) {
  if (!has(s, p, g)) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

// ---- tasks and regions ----

Advance Order::task_begin(Step& s) {
  const std::uint64_t id = s.event.args[0];
  if (tasks_.find(static_cast<std::int64_t>(id)) != nullptr) {
    return broken(s, ErrorCode::kAlreadyExists, fmt::format("task ID conflict: {}", id));
  }
  const std::optional<std::string_view> type = s.table.string(s.event.args[2]);
  if (!type) {
    return broken(s, ErrorCode::kBadId,
                  fmt::format("invalid string ID {} for {} event", s.event.args[2],
                              static_cast<unsigned>(s.event.type)));
  }
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  const std::uint64_t parent = s.event.args[1] == kBackgroundTask ? kNoTask : s.event.args[1];
  TaskState& task = tasks_.add(static_cast<std::int64_t>(id));
  task.parent = parent;
  task.type = keep(*type);
  deliver(s).args[1] = parent;
  return Advance::kAdvanced;
}

Advance Order::task_end(Step& s) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  Event& event = deliver(s);
  event.args[2] = kNoTask;
  // A task that began before the trace ends here as one that nobody knows.
  const auto id = static_cast<std::int64_t>(s.event.args[0]);
  if (const TaskState* task = tasks_.find(id)) {
    event.args[2] = task->parent;
    event.task_type = task->type;
    tasks_.erase(id);
  }
  return Advance::kAdvanced;
}

Advance Order::region(Step& s, bool begin) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  const std::optional<std::string_view> type = s.table.string(s.event.args[1]);
  if (!type) {
    return broken(s, ErrorCode::kBadId,
                  fmt::format("invalid string ID {} for {} event", s.event.args[1],
                              static_cast<unsigned>(s.event.type)));
  }
  GState* g = gs_.find(s.now.g);
  if (g == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("encountered EvUserRegion{} without known state for current "
                              "goroutine {}",
                              begin ? "Begin" : "End", s.now.g));
  }
  const OpenRegion region{s.event.args[0], keep(*type)};
  if (begin) {
    g->regions.push_back(region);
  } else if (!g->regions.empty()) {
    // With none open it is the end of one that began before the trace.
    const OpenRegion& inner = g->regions.back();
    if (inner != region) {
      return broken(s, ErrorCode::kBadRange,
                    fmt::format("misuse of region in goroutine {}: region end {{{} {}}} when the "
                                "inner-most active region start event is {{{} {}}}",
                                g->id, region.task, region.type, inner.task, inner.type));
    }
    g->regions.pop_back();
  }
  deliver(s);
  return Advance::kAdvanced;
}

// ---- garbage collection: one for all threads, in its own sequence ----

Advance Order::gc_active(Step& s) {
  const std::uint64_t seq = s.event.args[0];
  if (s.gen == initial_gen_) {
    if (gc_state_ != GcState::kUndetermined) {
      return broken(s, ErrorCode::kBadRange,
                    "GCActive in the first generation isn't first GC event");
    }
    gc_seq_ = seq;
    gc_state_ = GcState::kRunning;
    deliver(s);
    return Advance::kAdvanced;
  }
  // Waits for the event of the collection before it.
  if (seq != gc_seq_ + 1) return Advance::kNotYet;
  if (gc_state_ != GcState::kRunning) {
    return broken(s, ErrorCode::kBadRange, "encountered GCActive while GC was not in progress");
  }
  gc_seq_ = seq;
  return annotation(s, Need::kMust, Need::kMust);
}

Advance Order::gc_begin(Step& s) {
  const std::uint64_t seq = s.event.args[0];
  if (gc_state_ == GcState::kUndetermined) {
    gc_seq_ = seq;
    gc_state_ = GcState::kRunning;
    deliver(s);
    return Advance::kAdvanced;
  }
  // Waits for the end of the collection before it.
  if (seq != gc_seq_ + 1) return Advance::kNotYet;
  if (gc_state_ == GcState::kRunning) {
    return broken(s, ErrorCode::kBadRange, "encountered GCBegin while GC was already in progress");
  }
  gc_seq_ = seq;
  gc_state_ = GcState::kRunning;
  return annotation(s, Need::kMust, Need::kMust);
}

Advance Order::gc_end(Step& s) {
  const std::uint64_t seq = s.event.args[0];
  // Waits for the beginning of its collection.
  if (seq != gc_seq_ + 1) return Advance::kNotYet;
  if (gc_state_ == GcState::kNotRunning) {
    return broken(s, ErrorCode::kBadRange, "encountered GCEnd when GC was not in progress");
  }
  if (gc_state_ == GcState::kUndetermined) {
    return broken(s, ErrorCode::kBadRange,
                  "encountered GCEnd when GC was in an undetermined state");
  }
  gc_seq_ = seq;
  gc_state_ = GcState::kNotRunning;
  return annotation(s, Need::kMust, Need::kMust);
}

// ---- ranges of a P or a goroutine ----

Order::RangeType Order::range_of(EventType type, std::uint64_t reason) {
  const EventType start = format::spec_of(type).start;
  return {start == EventType::kNone ? type : start, reason};
}

bool Order::begin_range(const Step& s, std::vector<RangeType>& ranges, RangeType type) {
  if (std::find(ranges.begin(), ranges.end(), type) != ranges.end()) {
    broken(s, ErrorCode::kBadRange,
           fmt::format("discovered event already in-flight for when starting event {}",
                       format::spec_of(type.type).name));
    return false;
  }
  ranges.push_back(type);
  return true;
}

bool Order::active_range(const Step& s, std::vector<RangeType>& ranges, RangeType type) {
  const bool there = std::find(ranges.begin(), ranges.end(), type) != ranges.end();
  if (s.gen == initial_gen_) {
    if (there) {
      broken(s, ErrorCode::kBadRange,
             fmt::format("found named active range already in first gen: {{{} {}}}",
                         static_cast<unsigned>(type.type), type.reason));
      return false;
    }
    ranges.push_back(type);
  } else if (!there) {
    std::string list;
    for (const RangeType& range : ranges) {
      fmt::format_to(std::back_inserter(list), "{}{{{} {}}}", list.empty() ? "" : " ",
                     static_cast<unsigned>(range.type), range.reason);
    }
    broken(s, ErrorCode::kBadRange,
           fmt::format("resource is missing active range: {} [{}]", format::spec_of(type.type).name,
                       list));
    return false;
  }
  return true;
}

bool Order::end_range(const Step& s, std::vector<RangeType>& ranges, std::uint64_t& reason) {
  const EventType start = format::spec_of(s.event.type).start;
  const auto found = std::find_if(ranges.begin(), ranges.end(),
                                  [start](const RangeType& range) { return range.type == start; });
  if (found == ranges.end()) {
    broken(s, ErrorCode::kBadRange,
           fmt::format("tried to end event {}, but not in-flight", format::spec_of(start).name));
    return false;
  }
  reason = found->reason;
  *found = ranges.back();
  ranges.pop_back();
  return true;
}

Advance Order::sweep_active(Step& s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  PState* p = ps_.find(id);
  if (p == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("encountered GCSweepActive for unknown proc {}", id));
  }
  if (!active_range(s, p->ranges, range_of(s.event.type, 0))) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::sweep(Step& s, bool begin) {
  if (!has(s, Need::kMust, Need::kMay)) return Advance::kBroken;
  PState& p = *ps_.find(s.now.p);  // a thread only has Ps that are known
  std::uint64_t reason = 0;
  const bool fits =
      begin ? begin_range(s, p.ranges, range_of(s.event.type, 0)) : end_range(s, p.ranges, reason);
  if (!fits) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_range_active(Step& s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  GState* g = gs_.find(id);
  if (g == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("uninitialized goroutine {} found during {}", id,
                              format::spec_of(s.event.type).name));
  }
  if (!active_range(s, g->ranges, range_of(s.event.type, 0))) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_range(Step& s, bool begin) {
  if (!has(s, Need::kMust, Need::kMust)) return Advance::kBroken;
  GState* g = gs_.find(s.now.g);
  if (g == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("encountered event of type {} without known state for current "
                              "goroutine {}",
                              static_cast<unsigned>(s.event.type), s.now.g));
  }
  std::uint64_t reason = s.event.type == EventType::kSTWBegin ? s.event.args[0] : 0;
  const bool fits = begin ? begin_range(s, g->ranges, range_of(s.event.type, reason))
                          : end_range(s, g->ranges, reason);
  if (!fits) return Advance::kBroken;
  Event& event = deliver(s);
  // The end of a stop-the-world has its reason from the beginning.
  if (s.event.type == EventType::kSTWEnd) event.args[0] = reason;
  return Advance::kAdvanced;
}

}  // namespace mpglab::parser
