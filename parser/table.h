// Table: what the events of a generation name by number, and how its clock runs: strings, stacks,
// the frequency and the clock snapshot.
//
// A generation's tables may come after the events that need them, so they are read first. The same
// Table is used again for the next generation; nothing is allocated in steady state. Strings are
// views into the generation's batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/version.h"
#include "parser/batch.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/id_map.h"

namespace mpglab::parser {

class Table {
 public:
  void clear();

  // Id 0 is the empty string, and the stack without frames.
  std::optional<std::string_view> string(std::uint64_t id) const;
  bool has_string(std::uint64_t id) const {
    return id <= strings_upto_ || string_ids_.find(id) != IdMap::kAbsent;
  }
  bool has_stack(std::uint64_t id) const {
    return id <= stacks_upto_ || stack_ids_.find(id) != IdMap::kAbsent;
  }
  // All ids up to these are there.
  std::uint64_t stacks_upto() const { return stacks_upto_; }
  std::uint64_t strings_upto() const { return strings_upto_; }
  std::size_t stack_size(std::uint64_t id) const;
  StackFrame frame(std::uint64_t id, std::size_t index) const;

  // Nanoseconds of a time in ticks. REQUIRES: the frequency is known.
  Time nanoseconds(std::uint64_t ticks) const {
    // Most clocks tick in whole nanoseconds, and then the product of small numbers is exact in
    // either arithmetic.
    if (whole_nanoseconds_ != 0 && ticks < kSmallTicks) [[likely]]
      return static_cast<Time>(ticks * whole_nanoseconds_);
    return fractional_nanoseconds(ticks);
  }

  bool has_frequency() const { return nanoseconds_per_tick_ != 0; }
  bool has_clock_snapshot() const { return has_clock_snapshot_; }

  // ---- for whoever reads a generation ----
  // Each takes one batch. An error's place is within the batch.
  using Status = Result<void, Error>;
  Status add_strings(const Batch& batch);
  Status add_stacks(const Batch& batch);
  Status add_sync(const Batch& batch, format::Version version);
  void add_experimental(const Batch& batch) {
    experimental_.push_back({batch.experiment, batch.thread, batch.data});
  }
  // After the last batch. Every frame must name strings that exist.
  Status finish();

  Time snapshot_trace() const { return nanoseconds(snapshot_ticks_); }
  std::uint64_t snapshot_mono() const { return snapshot_mono_; }
  std::int64_t snapshot_seconds() const { return snapshot_seconds_; }
  std::int64_t snapshot_nanoseconds() const { return snapshot_nanoseconds_; }

  std::span<const ExperimentalBatch> experimental_batches() const { return experimental_; }

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

  // Both factors below this, a product is below 2^53 and a double holds it.
  static constexpr std::uint64_t kSmallTicks = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kSmallTick = std::uint64_t{1} << 20;
  Time fractional_nanoseconds(std::uint64_t ticks) const;
  std::string stack_text(std::span<const std::uint64_t> pcs) const;
  Status check_stacks() const;

  IdMap string_ids_;
  std::vector<std::string_view> strings_;
  IdMap stack_ids_;
  std::vector<Stack> stacks_;
  std::vector<std::uint64_t> pcs_;
  IdMap frame_ids_;
  std::vector<FrameRecord> frames_;
  // Go's runtime numbers strings and stacks from 1 without gaps: then all up to this are there.
  std::uint64_t largest_string_ = 0;
  std::uint64_t largest_stack_ = 0;
  std::uint64_t strings_upto_ = 0;
  std::uint64_t stacks_upto_ = 0;
  std::vector<ExperimentalBatch> experimental_;

  double nanoseconds_per_tick_ = 0;
  std::uint64_t whole_nanoseconds_ = 0;  // the same, if it is whole and small
  bool has_clock_snapshot_ = false;
  std::uint64_t snapshot_ticks_ = 0;
  std::uint64_t snapshot_mono_ = 0;
  std::int64_t snapshot_seconds_ = 0;
  std::int64_t snapshot_nanoseconds_ = 0;
};

}  // namespace mpglab::parser
