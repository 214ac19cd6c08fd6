#include "parser/table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "format/event.h"
#include "parser/batch_cursor.h"

namespace mpglab::parser {

using Status = Table::Status;

namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Time Table::fractional_nanoseconds(std::uint64_t ticks) const {
  // Beyond the range the answer is the smallest number, as the processor and so Go's reader has it.
  constexpr double kLimit = 9223372036854775808.0;
  const double time = static_cast<double>(ticks) * nanoseconds_per_tick_;
  if (!(time > -kLimit && time < kLimit)) return std::numeric_limits<Time>::min();
  return static_cast<Time>(time);
}

void Table::clear() {
  string_ids_.clear();
  strings_.clear();
  stack_ids_.clear();
  stacks_.clear();
  pcs_.clear();
  frame_ids_.clear();
  frames_.clear();
  largest_string_ = largest_stack_ = strings_upto_ = stacks_upto_ = 0;
  experimental_.clear();
  nanoseconds_per_tick_ = 0;
  whole_nanoseconds_ = 0;
  has_clock_snapshot_ = false;
}

std::optional<std::string_view> Table::string(std::uint64_t id) const {
  if (id == 0) return std::string_view{};
  const std::uint32_t index = string_ids_.find(id);
  if (index == IdMap::kAbsent) return std::nullopt;
  return strings_[index];
}

std::size_t Table::stack_size(std::uint64_t id) const {
  const std::uint32_t index = id == 0 ? IdMap::kAbsent : stack_ids_.find(id);
  return index == IdMap::kAbsent ? 0 : stacks_[index].count;
}

StackFrame Table::frame(std::uint64_t id, std::size_t index) const {
  const Stack& stack = stacks_[stack_ids_.find(id)];
  const FrameRecord& record = frames_[frame_ids_.find(pcs_[stack.first + index])];
  return {record.pc, string(record.function).value_or(""), string(record.file).value_or(""),
          record.line};
}

Status Table::add_strings(const Batch& batch) {
  BatchCursor cursor(batch);
  cursor.byte();  // the batch's own kind
  Status status;
  while (!cursor.done()) {
    if (const std::uint8_t type = cursor.byte();
        static_cast<EventType>(type) != EventType::kString) {
      return cursor.fail(fmt::format("expected string event, got {}", type));
    }
    std::uint64_t id = 0;
    std::uint64_t size = 0;
    if (!cursor.number(id, status) || !cursor.number(size, status)) return status;
    if (size > format::kMaxStringSize) {
      return cursor.fail(
          fmt::format("invalid string size {}, maximum is {}", size, format::kMaxStringSize));
    }
    if (size > cursor.left()) {
      return cursor.fail(
          fmt::format("failed to read full string: read {} but wanted {}", cursor.left(), size));
    }
    const std::string_view text = as_text(cursor.bytes(size));
    // Most are numbered upwards, and need not be looked for.
    if (id <= largest_string_) {
      if (const std::optional<std::string_view> existing = string(id)) {
        return cursor.fail(fmt::format(
            "multiple strings with the same ID: id={}, new={}, existing={}", id, text, *existing));
      }
    }
    largest_string_ = std::max(largest_string_, id);
    string_ids_.insert(id, static_cast<std::uint32_t>(strings_.size()));
    strings_.push_back(text);
  }
  return {};
}

std::string Table::stack_text(std::span<const std::uint64_t> pcs) const {
  std::string text;
  for (const std::uint64_t pc : pcs) fmt::format_to(std::back_inserter(text), "\t{:#x}\n", pc);
  return text;
}

Status Table::add_stacks(const Batch& batch) {
  BatchCursor cursor(batch);
  cursor.byte();
  Status status;
  while (!cursor.done()) {
    if (const std::uint8_t type = cursor.byte();
        static_cast<EventType>(type) != EventType::kStack) {
      return cursor.fail(fmt::format("expected stack event, got {}", type));
    }
    std::uint64_t id = 0;
    std::uint64_t count = 0;
    if (!cursor.number(id, status) || !cursor.number(count, status)) return status;
    if (count > format::kMaxFramesPerStack) {
      return cursor.fail(
          fmt::format("invalid stack size {}, maximum is {}", count, format::kMaxFramesPerStack));
    }
    const std::size_t first = pcs_.size();
    for (std::uint64_t i = 0; i < count; ++i) {
      FrameRecord frame{};
      std::uint64_t* fields[] = {&frame.pc, &frame.function, &frame.file, &frame.line};
      constexpr std::string_view kNames[] = {"PC", "funcID", "fileID", "line"};
      for (std::size_t field = 0; field < 4; ++field) {
        if (cursor.number(*fields[field], status)) continue;
        status.error().message = fmt::format("reading frame {}'s {} for stack {}: {}", i + 1,
                                             kNames[field], id, status.error().message);
        return status;
      }
      pcs_.push_back(frame.pc);
      if (frame_ids_.find(frame.pc) == IdMap::kAbsent) {
        frame_ids_.insert(frame.pc, static_cast<std::uint32_t>(frames_.size()));
        frames_.push_back(frame);
      }
    }
    const std::span<const std::uint64_t> pcs(pcs_.data() + first, count);
    if (id <= largest_stack_ && has_stack(id)) {
      std::span<const std::uint64_t> existing;
      if (id != 0) {
        const Stack& old = stacks_[stack_ids_.find(id)];
        existing = {pcs_.data() + old.first, old.count};
      }
      return cursor.fail(
          fmt::format("multiple trace.stacks with the same ID: id={}, new={}, existing={}", id,
                      stack_text(pcs), stack_text(existing)));
    }
    largest_stack_ = std::max(largest_stack_, id);
    stack_ids_.insert(id, static_cast<std::uint32_t>(stacks_.size()));
    stacks_.push_back({id, first, static_cast<std::size_t>(count)});
  }
  return {};
}

Status Table::add_sync(const Batch& batch, format::Version version) {
  BatchCursor cursor(batch);
  Status status;
  const bool clocks = version >= format::Version::kGo125;
  if (clocks) cursor.byte();
  std::uint64_t ticks = batch.time;
  while (!cursor.done()) {
    const std::uint8_t type = cursor.byte();
    if (static_cast<EventType>(type) == EventType::kFrequency) {
      if (has_frequency()) return cursor.fail("found multiple frequency events");
      std::uint64_t frequency = 0;
      if (!cursor.number(frequency, status)) return status;
      nanoseconds_per_tick_ = 1.0 / (static_cast<double>(frequency) / 1e9);
      if (nanoseconds_per_tick_ >= 1 && nanoseconds_per_tick_ < static_cast<double>(kSmallTick) &&
          std::floor(nanoseconds_per_tick_) == nanoseconds_per_tick_) {
        whole_nanoseconds_ = static_cast<std::uint64_t>(nanoseconds_per_tick_);
      }
    } else if (static_cast<EventType>(type) == EventType::kClockSnapshot && clocks) {
      if (has_clock_snapshot_) return cursor.fail("found multiple clock snapshot events");
      has_clock_snapshot_ = true;
      std::uint64_t passed = 0;
      std::uint64_t seconds = 0;
      std::uint64_t nanoseconds = 0;
      if (!cursor.number(passed, status) || !cursor.number(snapshot_mono_, status) ||
          !cursor.number(seconds, status) || !cursor.number(nanoseconds, status)) {
        return status;
      }
      ticks += passed;
      snapshot_ticks_ = ticks;
      snapshot_seconds_ = static_cast<std::int64_t>(seconds);
      snapshot_nanoseconds_ = static_cast<std::int64_t>(nanoseconds);
    } else {
      return cursor.fail(fmt::format("expected frequency or clock snapshot event, got {}", type));
    }
  }
  return {};
}

Status Table::finish() {
  // As many as the largest id says: none is missing.
  if (largest_string_ == strings_.size()) strings_upto_ = largest_string_;
  if (largest_stack_ == stacks_.size()) stacks_upto_ = largest_stack_;
  return check_stacks();
}

Status Table::check_stacks() const {
  const auto fine = [this](const FrameRecord& record) {
    return has_string(record.function) && has_string(record.file);
  };
  if (std::all_of(frames_.begin(), frames_.end(), fine)) return {};
  const Stack* worst = nullptr;
  std::string message;
  for (const Stack& stack : stacks_) {
    // Of several bad ones the lowest id is told, whatever the order of the input.
    if (worst != nullptr && stack.id > worst->id) continue;
    for (std::size_t i = 0; i < stack.count; ++i) {
      const FrameRecord& record = frames_[frame_ids_.find(pcs_[stack.first + i])];
      if (fine(record)) continue;
      const bool function = has_string(record.function);
      worst = &stack;
      message =
          fmt::format("found invalid {} string ID {} for stack {}", function ? "file" : "func",
                      function ? record.file : record.function, stack.id);
      break;
    }
  }
  if (worst == nullptr) return {};
  return failure(generation_error(ErrorCode::kBadTable, std::move(message), 0));
}

}  // namespace mpglab::parser
