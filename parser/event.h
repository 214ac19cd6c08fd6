// Event: one event of a trace as the reader delivers it, in order, with the context that it
// happened in.
//
// An Event is a plain value; what it points to (strings, stacks) lives in the reader's tables of
// its generation, and is valid until the reader is asked for the next event. Typed views below say
// what the numbers mean; each REQUIRES the kind that it is named for.
//
// Source: the events, kinds and states of Go's own reader (golang/exp trace, August 2026).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "format/event.h"

namespace mpglab::parser {

using format::EventType;

// Ids as a trace has them. -1 means: none.
using Time = std::int64_t;  // nanoseconds
using ThreadId = std::int64_t;
using ProcId = std::int64_t;
using GoId = std::int64_t;
inline constexpr std::int64_t kNoId = -1;

enum class EventKind : std::uint8_t {
  kBad,
  kSync,
  kMetric,
  kLabel,
  kStackSample,
  kRangeBegin,
  kRangeActive,
  kRangeEnd,
  kTaskBegin,
  kTaskEnd,
  kRegionBegin,
  kRegionEnd,
  kLog,
  kStateTransition,
  kExperimental,
};
std::string_view kind_name(EventKind kind);

enum class GoState : std::uint8_t {
  kUndetermined,
  kNotExist,
  kRunnable,
  kRunning,
  kWaiting,
  kSyscall,
};
std::string_view state_name(GoState state);

enum class ProcState : std::uint8_t { kUndetermined, kNotExist, kRunning, kIdle };
std::string_view state_name(ProcState state);

enum class ResourceKind : std::uint8_t { kNone, kGoroutine, kProc, kThread };
std::string_view resource_name(ResourceKind kind);

struct Resource {
  ResourceKind kind = ResourceKind::kNone;
  std::int64_t id = kNoId;
};

struct StackFrame {
  std::uint64_t pc;
  std::string_view function;
  std::string_view file;
  std::uint64_t line;
};

class Table;  // strings and stacks of a generation, table.h

// A stack, innermost frame first.
class StackView {
 public:
  StackView() = default;
  StackView(const Table* table, std::uint64_t id) : table_(table), id_(id) {}

  // There is a stack here, perhaps one without frames.
  bool present() const { return table_ != nullptr; }
  std::size_t size() const;
  StackFrame operator[](std::size_t index) const;

 private:
  const Table* table_ = nullptr;
  std::uint64_t id_ = 0;
};

struct GoTransition {
  GoId goroutine;
  GoState from;
  GoState to;
};
struct ProcTransition {
  ProcId proc;
  ProcState from;
  ProcState to;
};
// Of a goroutine or a P; which of the two says `resource`.
struct StateTransition {
  Resource resource;
  std::string_view reason;  // why, if it says so
  StackView stack;          // of the goroutine that it happened to
  GoState go_from = GoState::kUndetermined;
  GoState go_to = GoState::kUndetermined;
  ProcState proc_from = ProcState::kUndetermined;
  ProcState proc_to = ProcState::kUndetermined;
};
// A CPU sample: where a thread was found.
struct StackSample {
  ThreadId thread;
  ProcId proc;
  GoId goroutine;
  StackView stack;
};
// What a sweep that ends has done, in bytes.
struct Swept {
  std::uint64_t swept;
  std::uint64_t reclaimed;
};
struct Metric {
  std::string_view name;
  std::uint64_t value;
};
struct Range {
  std::string_view name;    // for a stop-the-world without its reason
  std::string_view reason;  // of a stop-the-world
  Resource scope;
};
struct Task {
  std::uint64_t id;
  std::uint64_t parent;
  std::string_view type;
};
struct Region {
  std::uint64_t task;
  std::string_view type;
};
struct Log {
  std::uint64_t task;
  std::string_view category;
  std::string_view message;
};
// Data of an experiment, which nothing here can read.
struct ExperimentalBatch {
  format::Experiment experiment;
  ThreadId thread;
  std::span<const std::byte> data;
};
struct Sync {
  std::uint64_t number;  // how many so far, this one included
  bool has_clock_snapshot = false;
  Time trace = 0;
  std::uint64_t mono = 0;
  std::int64_t wall_seconds = 0;  // since 1970
  std::int64_t wall_nanoseconds = 0;
  // Of the generation that begins here.
  std::span<const ExperimentalBatch> experimental_batches{};
};

// The trace as a whole, at the beginning of each generation and at the end: no event of the wire.
inline constexpr auto kSyncEvent = static_cast<EventType>(0xff);

struct Event {
  EventType type = EventType::kNone;
  // For statuses and steals: the state that the reader had before.
  std::uint8_t old_state = 0;
  Time time = 0;
  ThreadId thread = kNoId;
  ProcId proc = kNoId;
  GoId goroutine = kNoId;
  std::array<std::uint64_t, format::kMaxTimedArgs> args{};
  std::string_view task_type;  // of a task that ends
  const Table* table = nullptr;
  // Where it stands: the generation, and the byte offset in the input of the wire event that it is
  // or was made from. Sync events stand nowhere.
  std::uint64_t generation = 0;
  std::uint64_t offset = 0;

  EventKind kind() const;
  StackView stack() const;

  // Each REQUIRES the kind of event that it is named for.
  StateTransition state_transition() const;
  // The same in parts. One of the two:
  std::optional<GoTransition> go_transition() const;
  std::optional<ProcTransition> proc_transition() const;
  // kStateTransition: why, if it says so, and the stack of the goroutine that it happened to.
  std::string_view reason() const;
  StackView transition_stack() const;

  StackSample stack_sample() const;
  Metric metric() const;
  std::string_view label() const;
  Range range() const;
  std::optional<Swept> swept() const;  // of a range that ends; nothing if it is no sweep
  Task task() const;
  Region region() const;
  Log log() const;
  Sync sync() const;
};

}  // namespace mpglab::parser
