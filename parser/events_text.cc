#include "parser/events_text.h"

#include <iterator>

#include <fmt/chrono.h>
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

// RFC 3339 with as many digits of the second as it takes, in UTC.
void append_wall_clock(std::string& out, std::int64_t seconds, std::int64_t nanoseconds) {
  constexpr std::int64_t kBillion = 1'000'000'000;
  seconds += nanoseconds / kBillion;
  nanoseconds %= kBillion;
  if (nanoseconds < 0) {
    nanoseconds += kBillion;
    --seconds;
  }
  // Beyond the year 9999 there is no such text; any answer is as good.
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  if (seconds > kYear9999) seconds = kYear9999;
  if (seconds < -kYear9999 / 4) seconds = -kYear9999 / 4;
  fmt::format_to(std::back_inserter(out), "{:%Y-%m-%dT%H:%M:%S}",
                 fmt::gmtime(static_cast<std::time_t>(seconds)));
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
