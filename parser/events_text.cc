#include "parser/events_text.h"

#include <iterator>

#include <fmt/format.h>

#include "format/wire_text.h"

namespace mpglab::parser {

namespace {

using format::quoted;

void append_stack(std::string& out, const StackView& stack) {
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const StackFrame frame = stack[i];
    fmt::format_to(std::back_inserter(out), "\t{} @ {:#x}\n\t\t{}:{}\n", frame.function, frame.pc,
                   frame.file, frame.line);
  }
}

// A date of the Gregorian calendar, also where RFC 3339 ends.
struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// Days since 1970. Years begin in March here, so that the day that comes and goes is the last one
// (Hinnant, "chrono-compatible low-level date algorithms").
Date date_of(std::int64_t days) {
  constexpr std::int64_t kDaysOf400Years = 146'097;
  days += 719'468;  // since March 1 of the year 0
  const std::int64_t era = (days >= 0 ? days : days - (kDaysOf400Years - 1)) / kDaysOf400Years;
  const auto day_of_era = static_cast<unsigned>(days - era * kDaysOf400Years);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned month_from_march = (5 * day_of_year + 2) / 153;
  const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

// RFC 3339 with as many digits of the second as it takes, in UTC. Seconds count from 1970; Go
// counts them from a year so long ago that all but the first 8,139,454,208 numbers are dates after
// it, and those come round to the other end.
void append_wall_clock(std::string& out, std::int64_t seconds, std::int64_t nanoseconds) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  constexpr std::uint64_t kSecondsOfADay = 86'400;
  constexpr std::uint64_t kBefore1970 = 9'223'372'028'715'321'600U;
  std::int64_t more = nanoseconds / kBillion;
  nanoseconds %= kBillion;
  if (nanoseconds < 0) {
    nanoseconds += kBillion;
    --more;
  }
  const std::uint64_t absolute =
      static_cast<std::uint64_t>(seconds) + static_cast<std::uint64_t>(more) + kBefore1970;
  const std::uint64_t second = absolute % kSecondsOfADay;
  const Date date = date_of(static_cast<std::int64_t>(absolute / kSecondsOfADay) -
                            static_cast<std::int64_t>(kBefore1970 / kSecondsOfADay));
  fmt::format_to(std::back_inserter(out), "{}{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                 date.year < 0 ? "-" : "", date.year < 0 ? -date.year : date.year, date.month,
                 date.day, second / 3600, second / 60 % 60, second % 60);
  if (nanoseconds != 0) {
    std::string digits = fmt::format(".{:09}", nanoseconds);
    while (digits.back() == '0') digits.pop_back();
    out += digits;
  }
  out += 'Z';
}

void append_range(std::string& out, const Event& event) {
  const Range range = event.range();
  std::string name(range.name);
  if (event.type == EventType::kSTWBegin || event.type == EventType::kSTWEnd) {
    name += fmt::format(" ({})", range.reason);
  }
  fmt::format_to(std::back_inserter(out), " Name={} Scope={}", quoted(name),
                 resource_name(range.scope.kind));
  if (range.scope.kind != ResourceKind::kNone) {
    fmt::format_to(std::back_inserter(out), "({})", range.scope.id);
  }
  if (event.kind() != EventKind::kRangeEnd) return;
  out += " Attributes=[";
  if (const auto swept = event.swept()) {
    fmt::format_to(std::back_inserter(out),
                   "\"bytes swept\"=Value{{Uint64({})}} \"bytes reclaimed\"=Value{{Uint64({})}}",
                   swept->swept, swept->reclaimed);
  }
  out += ']';
}

void append_transition(std::string& out, const Event& event) {
  const StateTransition transition = event.state_transition();
  if (transition.resource.kind == ResourceKind::kGoroutine) {
    fmt::format_to(std::back_inserter(out), " GoID={} {}->{}", transition.resource.id,
                   state_name(transition.go_from), state_name(transition.go_to));
  } else if (transition.resource.kind == ResourceKind::kProc) {
    fmt::format_to(std::back_inserter(out), " ProcID={} {}->{}", transition.resource.id,
                   state_name(transition.proc_from), state_name(transition.proc_to));
  }
  fmt::format_to(std::back_inserter(out), " Reason={}", quoted(transition.reason));
  if (transition.stack.present()) {
    out += "\nTransitionStack=\n";
    append_stack(out, transition.stack);
  }
}

void append_experimental(std::string& out, const Event& event) {
  const format::EventSpec& spec = format::spec_of(event.type);
  fmt::format_to(std::back_inserter(out), " Name={} Args=[", spec.name);
  for (std::size_t i = 1; i < spec.arg_count; ++i) {
    fmt::format_to(std::back_inserter(out), "{}{}=Value{{Uint64({})}}", i == 1 ? "" : ", ",
                   spec.args[i], event.args[i - 1]);
  }
  out += ']';
}

void append_sync(std::string& out, const Event& event) {
  const Sync sync = event.sync();
  fmt::format_to(std::back_inserter(out), " N={}", sync.number);
  if (!sync.has_clock_snapshot) return;
  fmt::format_to(std::back_inserter(out), " Trace={} Mono={} Wall=", sync.trace, sync.mono);
  append_wall_clock(out, sync.wall_seconds, sync.wall_nanoseconds);
}

void append_details(std::string& out, const Event& event) {
  const auto put = [&out](auto format, const auto&... values) {
    fmt::format_to(std::back_inserter(out), fmt::runtime(format), values...);
  };
  switch (event.kind()) {
    case EventKind::kSync:
      append_sync(out, event);
      break;
    case EventKind::kMetric:
      put(" Name={} Value=Value{{Uint64({})}}", quoted(event.metric().name), event.metric().value);
      break;
    case EventKind::kLabel:
      put(" Label={} Resource=Goroutine({})", quoted(event.label()), event.goroutine);
      break;
    case EventKind::kRangeBegin:
    case EventKind::kRangeActive:
    case EventKind::kRangeEnd:
      append_range(out, event);
      break;
    case EventKind::kTaskBegin:
    case EventKind::kTaskEnd: {
      const Task task = event.task();
      put(" ID={} Parent={} Type={}", task.id, task.parent, quoted(task.type));
      break;
    }
    case EventKind::kRegionBegin:
    case EventKind::kRegionEnd:
      put(" Task={} Type={}", event.region().task, quoted(event.region().type));
      break;
    case EventKind::kLog: {
      const Log log = event.log();
      put(" Task={} Category={} Message={}", log.task, quoted(log.category), quoted(log.message));
      break;
    }
    case EventKind::kStateTransition:
      append_transition(out, event);
      break;
    case EventKind::kExperimental:
      append_experimental(out, event);
      break;
    case EventKind::kStackSample:
    case EventKind::kBad:
      break;
  }
}

}  // namespace

void append_text(std::string& out, const Event& event) {
  fmt::format_to(std::back_inserter(out), "M={} P={} G={} {} Time={}", event.thread, event.proc,
                 event.goroutine, kind_name(event.kind()), event.time);
  append_details(out, event);
  if (const StackView stack = event.stack(); stack.present()) {
    out += "\nStack=\n";
    append_stack(out, stack);
  }
  out += '\n';
}

}  // namespace mpglab::parser
