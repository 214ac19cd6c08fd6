// Table and Generation: everything of one generation that has to be known before its first event.
//
// A generation is read whole: its strings and stacks may come after the events that name them. Both
// are used again for the next generation; nothing is allocated in steady state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/version.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/id_map.h"
#include "parser/input.h"

namespace mpglab::parser {

// A batch of the input, as it was framed.
struct Batch {
  std::uint64_t gen = 0;
  ThreadId thread = kNoId;
  std::uint64_t time = 0;  // in ticks
  format::Experiment experiment = format::Experiment::kNone;
  std::span<const std::byte> data;
  std::uint64_t data_offset = 0;  // where `data` begins in the input
  std::uint64_t offset = 0;       // where the batch does
  std::uint32_t next = 0;         // of the same thread, in the generation's list; kLastBatch: none
};
inline constexpr std::uint32_t kLastBatch = 0xffffffff;

class Table {
 public:
  void clear();

  // Id 0 is the empty string, and the stack without frames.
  std::optional<std::string_view> string(std::uint64_t id) const;
  bool has_stack(std::uint64_t id) const {
    return id == 0 || stack_ids_.find(id) != IdMap::kAbsent;
  }
  std::size_t stack_size(std::uint64_t id) const;
  StackFrame frame(std::uint64_t id, std::size_t index) const;

  // Nanoseconds of a time in ticks. REQUIRES: the frequency is known.
  Time nanoseconds(std::uint64_t ticks) const;

  bool has_frequency() const { return nanoseconds_per_tick_ != 0; }
  bool has_clock_snapshot() const { return has_clock_snapshot_; }

  // Each takes one batch. An error's place is within the batch.
  using Status = Result<void, Error>;
  Status add_strings(const Batch& batch);
  Status add_stacks(const Batch& batch);
  Status add_sync(const Batch& batch, format::Version version);
  // Every frame must name strings that exist.
  Status check_stacks() const;

  Time snapshot_trace() const { return nanoseconds(snapshot_ticks_); }
  std::uint64_t snapshot_mono() const { return snapshot_mono_; }
  std::int64_t snapshot_seconds() const { return snapshot_seconds_; }
  std::int64_t snapshot_nanoseconds() const { return snapshot_nanoseconds_; }

 private:
  struct Stack {
    std::uint64_t id;
    std::size_t first;  // in pcs_
    std::size_t count;
  };
  // A frame belongs to its program counter: the first stack that has it says what it is.
  struct FrameRecord {
    std::uint64_t pc;
    std::uint64_t function;
    std::uint64_t file;
    std::uint64_t line;
  };

  std::string stack_text(std::span<const std::uint64_t> pcs) const;

  IdMap string_ids_;
  std::vector<std::string_view> strings_;
  IdMap stack_ids_;
  std::vector<Stack> stacks_;
  std::vector<std::uint64_t> pcs_;
  IdMap frame_ids_;
  std::vector<FrameRecord> frames_;

  double nanoseconds_per_tick_ = 0;
  bool has_clock_snapshot_ = false;
  std::uint64_t snapshot_ticks_ = 0;
  std::uint64_t snapshot_mono_ = 0;
  std::int64_t snapshot_seconds_ = 0;
  std::int64_t snapshot_nanoseconds_ = 0;
};

struct CpuSample {
  Time time;
  ThreadId thread;
  ProcId proc;
  GoId goroutine;
  std::uint64_t stack;
};

// The batches of one thread, in the order of the input, which is the thread's own order.
struct Stream {
  ThreadId thread;
  std::uint32_t first;
  std::uint32_t last;
};

struct Generation {
  std::uint64_t number = 0;  // 0: none yet
  std::uint64_t min_time = 0;
  Table table;
  std::vector<Batch> batches;   // of events only
  std::vector<Stream> streams;  // by first batch
  IdMap stream_of;
  std::vector<CpuSample> samples;  // by time, when finished

  void clear();
  Table::Status add(const Batch& batch, format::Version version);
  // After the last batch.
  Table::Status finish(format::Version version);

 private:
  Table::Status add_samples(const Batch& batch);
};

// Reads the next batch. Nothing: the input ends here. An end-of-generation marker is a batch of its
// one byte.
Result<std::optional<Batch>, Error> read_batch(Input& input);
bool is_end_of_generation(const Batch& batch);

}  // namespace mpglab::parser
