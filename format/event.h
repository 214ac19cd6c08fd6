// The events of the wire format: one table from which the tracer, the parser and the text form all
// take their facts.
//
// Source: the v2 format of Go 1.22 to 1.26 as its own reader knows it (golang/exp, August 2026:
// numbers, names, arguments). A number means the same event in every version that has it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "format/version.h"

namespace mpglab::format {

enum class EventType : std::uint8_t {
  kNone = 0,
  // Structure: batches and tables. No timestamps.
  kEventBatch = 1,
  kStacks,
  kStack,
  kStrings,
  kString,
  kCPUSamples,
  kCPUSample,
  kFrequency,
  // Ps.
  kProcsChange = 9,
  kProcStart,
  kProcStop,
  kProcSteal,
  kProcStatus,
  // Goroutines.
  kGoCreate = 14,
  kGoCreateSyscall,
  kGoStart,
  kGoDestroy,
  kGoDestroySyscall,
  kGoStop,
  kGoBlock,
  kGoUnblock,
  kGoSyscallBegin,
  kGoSyscallEnd,
  kGoSyscallEndBlocked,
  kGoStatus,
  // Stop-the-world and garbage collection.
  kSTWBegin = 26,
  kSTWEnd,
  kGCActive,
  kGCBegin,
  kGCEnd,
  kGCSweepActive,
  kGCSweepBegin,
  kGCSweepEnd,
  kGCMarkAssistActive,
  kGCMarkAssistBegin,
  kGCMarkAssistEnd,
  kHeapAlloc,
  kHeapGoal,
  // Annotations.
  kGoLabel = 39,
  kUserTaskBegin,
  kUserTaskEnd,
  kUserRegionBegin,
  kUserRegionEnd,
  kUserLog,
  // Since 1.23.
  kGoSwitch = 45,
  kGoSwitchDestroy,
  kGoCreateBlocked,
  kGoStatusStack,
  kExperimentalBatch,
  // Since 1.25.
  kSync = 50,
  kClockSnapshot,
  // Since 1.26.
  kEndOfGeneration = 52,
  // The experiment "AllocFree".
  kSpan = 128,
  kSpanAlloc,
  kSpanFree,
  kHeapObject,
  kHeapObjectAlloc,
  kHeapObjectFree,
  kGoroutineStack,
  kGoroutineStackAlloc,
  kGoroutineStackFree,
};

inline constexpr std::size_t kEventTypes = 137;  // one more than the largest number

enum class Experiment : std::uint8_t { kNone = 0, kAllocFree };

// The largest batch, string and stack that a reader accepts.
inline constexpr std::uint64_t kMaxBatchSize = 64U << 10;
inline constexpr std::uint64_t kMaxStringSize = 1U << 10;
inline constexpr std::uint64_t kMaxFramesPerStack = 128;

// Arguments of a timed event, without the time.
inline constexpr std::size_t kMaxTimedArgs = 4;

struct EventSpec {
  std::string_view name;  // empty: there is no such event
  // Names of the arguments in order; of timed events "dt" is the first.
  std::array<std::string_view, 5> args{};
  std::uint8_t arg_count = 0;
  bool timed = false;
  bool is_stack = false;  // four numbers for each frame follow
  bool has_data = false;  // a length and so many bytes follow
  // Which arguments are ids of stacks and strings: places in `args`, 0 for none. The first stack is
  // where the event happened.
  std::array<std::uint8_t, 2> stacks{};
  std::array<std::uint8_t, 2> strings{};
  EventType start = EventType::kNone;  // of a range: the event that begins it
  Experiment experiment = Experiment::kNone;
};

namespace internal {

struct Table {
  std::array<EventSpec, kEventTypes> specs{};

  constexpr EventSpec& add(EventType type, std::string_view name,
                           std::initializer_list<std::string_view> args) {
    EventSpec& spec = specs[static_cast<std::size_t>(type)];
    spec.name = name;
    for (const std::string_view arg : args) spec.args[spec.arg_count++] = arg;
    return spec;
  }
  constexpr EventSpec& timed(EventType type, std::string_view name,
                             std::initializer_list<std::string_view> args) {
    EventSpec& spec = specs[static_cast<std::size_t>(type)];
    spec.name = name;
    spec.timed = true;
    spec.args[spec.arg_count++] = "dt";
    for (const std::string_view arg : args) {
      // The names say what an argument is; of two stacks the one called "stack" is the event's own.
      if (arg == "stack") {
        spec.stacks[1] = spec.stacks[0];
        spec.stacks[0] = spec.arg_count;
      } else if (arg == "new_stack") {
        spec.stacks[0] = spec.arg_count;
      } else if (arg.ends_with("_string")) {
        spec.strings[spec.strings[0] == 0 ? 0 : 1] = spec.arg_count;
      }
      spec.args[spec.arg_count++] = arg;
    }
    return spec;
  }
};

constexpr std::array<EventSpec, kEventTypes> make_specs() {
  using enum EventType;
  Table t;
  t.add(kEventBatch, "EventBatch", {"gen", "m", "time", "size"});
  t.add(kStacks, "Stacks", {});
  t.add(kStack, "Stack", {"id", "nframes"}).is_stack = true;
  t.add(kStrings, "Strings", {});
  t.add(kString, "String", {"id"}).has_data = true;
  t.add(kCPUSamples, "CPUSamples", {});
  t.add(kCPUSample, "CPUSample", {"time", "m", "p", "g", "stack"}).stacks[0] = 4;
  t.add(kFrequency, "Frequency", {"freq"});
  t.add(kExperimentalBatch, "ExperimentalBatch", {"exp", "gen", "m", "time"}).has_data = true;
  t.add(kSync, "Sync", {});
  t.add(kEndOfGeneration, "EndOfGeneration", {});

  t.timed(kProcsChange, "ProcsChange", {"procs_value", "stack"});
  t.timed(kProcStart, "ProcStart", {"p", "p_seq"});
  t.timed(kProcStop, "ProcStop", {});
  t.timed(kProcSteal, "ProcSteal", {"p", "p_seq", "m"});
  t.timed(kProcStatus, "ProcStatus", {"p", "pstatus"});
  t.timed(kGoCreate, "GoCreate", {"new_g", "new_stack", "stack"});
  t.timed(kGoCreateSyscall, "GoCreateSyscall", {"new_g"});
  t.timed(kGoStart, "GoStart", {"g", "g_seq"});
  t.timed(kGoDestroy, "GoDestroy", {});
  t.timed(kGoDestroySyscall, "GoDestroySyscall", {});
  t.timed(kGoStop, "GoStop", {"reason_string", "stack"});
  t.timed(kGoBlock, "GoBlock", {"reason_string", "stack"});
  t.timed(kGoUnblock, "GoUnblock", {"g", "g_seq", "stack"});
  t.timed(kGoSyscallBegin, "GoSyscallBegin", {"p_seq", "stack"});
  t.timed(kGoSyscallEnd, "GoSyscallEnd", {}).start = kGoSyscallBegin;
  t.timed(kGoSyscallEndBlocked, "GoSyscallEndBlocked", {}).start = kGoSyscallBegin;
  t.timed(kGoStatus, "GoStatus", {"g", "m", "gstatus"});
  t.timed(kSTWBegin, "STWBegin", {"kind_string", "stack"});
  t.timed(kSTWEnd, "STWEnd", {}).start = kSTWBegin;
  t.timed(kGCActive, "GCActive", {"gc_seq"}).start = kGCBegin;
  t.timed(kGCBegin, "GCBegin", {"gc_seq", "stack"});
  t.timed(kGCEnd, "GCEnd", {"gc_seq"}).start = kGCBegin;
  t.timed(kGCSweepActive, "GCSweepActive", {"p"}).start = kGCSweepBegin;
  t.timed(kGCSweepBegin, "GCSweepBegin", {"stack"});
  t.timed(kGCSweepEnd, "GCSweepEnd", {"swept_value", "reclaimed_value"}).start = kGCSweepBegin;
  t.timed(kGCMarkAssistActive, "GCMarkAssistActive", {"g"}).start = kGCMarkAssistBegin;
  t.timed(kGCMarkAssistBegin, "GCMarkAssistBegin", {"stack"});
  t.timed(kGCMarkAssistEnd, "GCMarkAssistEnd", {}).start = kGCMarkAssistBegin;
  t.timed(kHeapAlloc, "HeapAlloc", {"heapalloc_value"});
  t.timed(kHeapGoal, "HeapGoal", {"heapgoal_value"});
  t.timed(kGoLabel, "GoLabel", {"label_string"});
  t.timed(kUserTaskBegin, "UserTaskBegin", {"task", "parent_task", "name_string", "stack"});
  t.timed(kUserTaskEnd, "UserTaskEnd", {"task", "stack"});
  t.timed(kUserRegionBegin, "UserRegionBegin", {"task", "name_string", "stack"});
  t.timed(kUserRegionEnd, "UserRegionEnd", {"task", "name_string", "stack"}).start =
      kUserRegionBegin;
  t.timed(kUserLog, "UserLog", {"task", "key_string", "value_string", "stack"});
  t.timed(kGoSwitch, "GoSwitch", {"g", "g_seq"});
  t.timed(kGoSwitchDestroy, "GoSwitchDestroy", {"g", "g_seq"});
  t.timed(kGoCreateBlocked, "GoCreateBlocked", {"new_g", "new_stack", "stack"});
  t.timed(kGoStatusStack, "GoStatusStack", {"g", "m", "gstatus", "stack"});
  t.timed(kClockSnapshot, "ClockSnapshot", {"mono", "sec", "nsec"});

  const auto alloc_free = [&t](EventType type, std::string_view name,
                               std::initializer_list<std::string_view> args) {
    t.timed(type, name, args).experiment = Experiment::kAllocFree;
  };
  alloc_free(kSpan, "Span", {"id", "npages_value", "kindclass"});
  alloc_free(kSpanAlloc, "SpanAlloc", {"id", "npages_value", "kindclass"});
  alloc_free(kSpanFree, "SpanFree", {"id"});
  alloc_free(kHeapObject, "HeapObject", {"id", "type"});
  alloc_free(kHeapObjectAlloc, "HeapObjectAlloc", {"id", "type"});
  alloc_free(kHeapObjectFree, "HeapObjectFree", {"id"});
  alloc_free(kGoroutineStack, "GoroutineStack", {"id", "order"});
  alloc_free(kGoroutineStackAlloc, "GoroutineStackAlloc", {"id", "order"});
  alloc_free(kGoroutineStackFree, "GoroutineStackFree", {"id"});
  return t.specs;
}

}  // namespace internal

inline constexpr std::array<EventSpec, kEventTypes> kEventSpecs = internal::make_specs();

constexpr const EventSpec& spec_of(EventType type) {
  return kEventSpecs[static_cast<std::size_t>(type)];
}

// Is there such an event in a trace of this version? Later versions only add.
constexpr bool in_version(std::size_t type, Version version) {
  if (type >= kEventTypes || kEventSpecs[type].name.empty()) return false;
  switch (version) {
    case Version::kGo122:
      return type <= static_cast<std::size_t>(EventType::kUserLog);
    case Version::kGo123:
      return type <= static_cast<std::size_t>(EventType::kExperimentalBatch);
    case Version::kGo125:
      return type <= static_cast<std::size_t>(EventType::kClockSnapshot);
    case Version::kGo126:
      return true;
  }
  return false;
}

// The name of an event in a trace of this version, as Go's reader gives it: "Invalid(45)" if there
// is none.
std::string name_in(EventType type, Version version);

}  // namespace mpglab::format
