// The part of Order that is about ranges, tasks, regions, the garbage collection and annotations.

#include <fmt/format.h>

#include "base/check.h"
#include "parser/order.h"

namespace mpglab::parser {

namespace {

// Go's NoTask and BackgroundTask.
constexpr std::uint64_t kNoTask = ~std::uint64_t{0};
constexpr std::uint64_t kBackgroundTask = 0;

}  // namespace

Advance Order::annotation(Step s, Need p, Need g) {
  if (!has(s, p, g)) return lacks(s, p, g);
  deliver(s);
  return Advance::kAdvanced;
}

// ---- tasks and regions ----

Advance Order::task_begin(Step s) {
  const std::uint64_t id = s.event.args[0];
  if (task_at_.find(id) != IdMap::kAbsent) {
    return broken(s, ErrorCode::kAlreadyExists, fmt::format("task ID conflict: {}", id));
  }
  const std::optional<std::string_view> type = table_->string(s.event.args[2]);
  if (!type) {
    return broken(s, ErrorCode::kBadId,
                  fmt::format("invalid string ID {} for {} event", s.event.args[2],
                              static_cast<unsigned>(s.event.type)));
  }
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  deliver(s);
  if (s.event.args[1] == kBackgroundTask) s.event.args[1] = kNoTask;
  std::uint32_t at = static_cast<std::uint32_t>(tasks_.size());
  if (free_tasks_.empty()) {
    tasks_.emplace_back();
  } else {
    at = free_tasks_.back();
    free_tasks_.pop_back();
  }
  task_at_.insert(id, at);
  tasks_[at] = {s.event.args[1], keep(s.event.args[2], *type)};
  return Advance::kAdvanced;
}

Advance Order::task_end(Step s) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  deliver(s);
  // A task that began before the trace ends here as one that nobody knows.
  s.event.args[2] = kNoTask;
  s.event.task_type = {};
  const std::uint32_t at = task_at_.find(s.event.args[0]);
  if (at != IdMap::kAbsent) {
    s.event.args[2] = tasks_[at].parent;
    s.event.task_type = *tasks_[at].type;
    task_at_.erase(s.event.args[0]);
    free_tasks_.push_back(at);
  }
  return Advance::kAdvanced;
}

Advance Order::region(Step s, bool begin) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  const std::uint64_t name_id = s.event.args[1];
  const std::optional<std::string_view> type = table_->string(name_id);
  if (!type) {
    return broken(s, ErrorCode::kBadId,
                  fmt::format("invalid string ID {} for {} event", name_id,
                              static_cast<unsigned>(s.event.type)));
  }
  GState* g = g_of(s.m);
  if (g == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("encountered EvUserRegion{} without known state for current "
                              "goroutine {}",
                              begin ? "Begin" : "End", s.m.g));
  }
  deliver(s);
  const OpenRegion region{s.event.args[0], keep(name_id, *type)};
  std::vector<OpenRegion>& regions = extra_of(*g).regions;
  if (begin) {
    regions.push_back(region);
  } else if (!regions.empty()) {
    // With none open it is the end of one that began before the trace.
    const OpenRegion& inner = regions.back();
    if (inner != region) {
      return broken(s, ErrorCode::kBadRange,
                    fmt::format("misuse of region in goroutine {}: region end {{{} {}}} when the "
                                "inner-most active region start event is {{{} {}}}",
                                g->id, region.task, *region.type, inner.task, *inner.type));
    }
    regions.pop_back();
  }
  return Advance::kAdvanced;
}

// ---- garbage collection: one for all threads, in its own sequence ----

Advance Order::gc_active(Step s) {
  const std::uint64_t seq = s.event.args[0];
  if (in_initial()) {
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

Advance Order::gc_begin(Step s) {
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

Advance Order::gc_end(Step s) {
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

Advance Order::begins_twice(Step s) {
  return broken(s, ErrorCode::kBadRange,
                fmt::format("discovered event already in-flight for when starting event {}",
                            event_name(range_of(s.event.type, 0).type)));
}

Advance Order::ends_nothing(Step s) {
  return broken(s, ErrorCode::kBadRange,
                fmt::format("tried to end event {}, but not in-flight",
                            event_name(range_of(s.event.type, 0).type)));
}

bool Order::active_range(Step s, RangeSet& ranges, RangeSet::Range range) {
  const bool there = ranges.has(range);
  if (in_initial()) {
    if (there) {
      broken(s, ErrorCode::kBadRange,
             fmt::format("found named active range already in first gen: {{{} {}}}",
                         static_cast<unsigned>(range.type), range.reason));
      return false;
    }
    ranges.add(range);
  } else if (!there) {
    std::string list;
    for (const RangeSet::Range& known : ranges.ranges()) {
      fmt::format_to(std::back_inserter(list), "{}{{{} {}}}", list.empty() ? "" : " ",
                     static_cast<unsigned>(known.type), known.reason);
    }
    broken(s, ErrorCode::kBadRange,
           fmt::format("resource is missing active range: {} [{}]", event_name(range.type), list));
    return false;
  }
  return true;
}

Advance Order::sweep_active(Step s) {
  const auto id = static_cast<ProcId>(s.event.args[0]);
  PState* p = find_p(id);
  if (p == nullptr) {
    return broken(s, ErrorCode::kUnknownResource,
                  fmt::format("encountered GCSweepActive for unknown proc {}", id));
  }
  if (!active_range(s, p->ranges, range_of(s.event.type, 0))) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::sweep(Step s, bool begin) {
  if (!has(s, Need::kMust, Need::kMay)) return lacks(s, Need::kMust, Need::kMay);
  PState* p = own_p(s.m);
  if (p == nullptr) return unknown_p(s);
  const RangeSet::Range range = range_of(s.event.type, 0);
  if (begin) {
    if (p->ranges.has(range)) return begins_twice(s);
    p->ranges.add(range);
  } else {
    std::uint64_t reason = 0;
    if (!p->ranges.end(range.type, reason)) return ends_nothing(s);
  }
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_range_active(Step s) {
  const auto id = static_cast<GoId>(s.event.args[0]);
  GState* g = find_g(id);
  if (g == nullptr) {
    return broken(
        s, ErrorCode::kUnknownResource,
        fmt::format("uninitialized goroutine {} found during {}", id, event_name(s.event.type)));
  }
  if (!active_range(s, extra_of(*g).ranges, range_of(s.event.type, 0))) return Advance::kBroken;
  deliver(s);
  return Advance::kAdvanced;
}

Advance Order::go_range(Step s, bool begin) {
  if (!has(s, Need::kMust, Need::kMust)) return lacks(s, Need::kMust, Need::kMust);
  GState* g = g_of(s.m);
  if (g == nullptr) return without_g(s);
  RangeSet& ranges = extra_of(*g).ranges;
  std::uint64_t reason = s.event.type == EventType::kSTWBegin ? s.event.args[0] : 0;
  const RangeSet::Range range = range_of(s.event.type, reason);
  if (begin) {
    if (ranges.has(range)) return begins_twice(s);
    ranges.add(range);
  } else if (!ranges.end(range.type, reason)) {
    return ends_nothing(s);
  }
  deliver(s);
  // The end of a stop-the-world has its reason from the beginning.
  if (s.event.type == EventType::kSTWEnd) s.event.args[0] = reason;
  return Advance::kAdvanced;
}

Advance Order::without_g(Step s) {
  return broken(s, ErrorCode::kUnknownResource,
                fmt::format("encountered event of type {} without known state for current "
                            "goroutine {}",
                            static_cast<unsigned>(s.event.type), s.m.g));
}

}  // namespace mpglab::parser
