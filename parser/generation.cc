#include "parser/generation.h"

#include <span>

#include <fmt/format.h>

#include "format/event.h"
#include "parser/batch_cursor.h"
#include "parser/pattern_sort.h"

namespace mpglab::parser {

using Status = Table::Status;

void Generation::clear() {
  number = 0;
  min_time = 0;
  table.clear();
  batches.clear();
  streams.clear();
  stream_of.clear();
  samples.clear();
}

Status Generation::add(const Batch& batch, format::Version version) {
  if (min_time == 0 || batch.time < min_time) min_time = batch.time;
  // An experiment's data are its own; nothing here can read them.
  if (batch.experiment != format::Experiment::kNone) {
    table.add_experimental(batch);
    return {};
  }
  if (!batch.data.empty()) {
    switch (static_cast<EventType>(batch.data[0])) {
      case EventType::kStrings:
        return table.add_strings(batch);
      case EventType::kStacks:
        return table.add_stacks(batch);
      case EventType::kCPUSamples:
        return add_samples(batch);
      case EventType::kFrequency:
        if (version < format::Version::kGo125) return table.add_sync(batch, version);
        break;
      case EventType::kSync:
        if (version >= format::Version::kGo125) return table.add_sync(batch, version);
        break;
      case EventType::kEndOfGeneration: {
        Error error = generation_error(
            ErrorCode::kBadBatch,
            "internal error: unexpectedly processing EndOfGeneration; broken trace?", batch.gen);
        error.place =
            Place{batch.gen, batch.data_offset, batch.thread, EventType::kEndOfGeneration};
        return failure(std::move(error));
      }
      default:
        break;
    }
  }
  const auto index = static_cast<std::uint32_t>(batches.size());
  batches.push_back(batch);
  batches.back().next = kLastBatch;
  const auto id = static_cast<std::uint64_t>(batch.thread);
  const std::uint32_t known = stream_of.find(id);
  if (known == IdMap::kAbsent) {
    stream_of.insert(id, static_cast<std::uint32_t>(streams.size()));
    streams.push_back({batch.thread, index, index});
  } else {
    batches[streams[known].last].next = index;
    streams[known].last = index;
  }
  return {};
}

Status Generation::add_samples(const Batch& batch) {
  BatchCursor cursor(batch);
  cursor.byte();
  Status status;
  while (!cursor.done()) {
    if (const std::uint8_t type = cursor.byte();
        static_cast<EventType>(type) != EventType::kCPUSample) {
      return cursor.fail(fmt::format("expected CPU sample event, got {}", type));
    }
    std::array<std::uint64_t, 5> numbers{};
    for (std::uint64_t& value : numbers) {
      if (!cursor.number(value, status)) return status;
    }
    const auto signed_of = [](std::uint64_t id) { return static_cast<std::int64_t>(id); };
    // The time is in ticks until the frequency is known.
    samples.push_back({signed_of(numbers[0]), signed_of(numbers[1]), signed_of(numbers[2]),
                       numbers[3] == 0 ? kNoId : signed_of(numbers[3]), numbers[4]});
  }
  return {};
}

// The reader before Go e8298c09b1 took a later batch with an earlier time for a broken trace.
Status Generation::check_batch_times() const {
  for (const Stream& stream : streams) {
    for (std::uint32_t at = stream.first; batches[at].next != kLastBatch; at = batches[at].next) {
      const Batch& later = batches[batches[at].next];
      if (later.time >= batches[at].time) continue;
      Error error =
          generation_error(ErrorCode::kBadBatch, "per-M streams are out-of-order", number);
      error.place = Place{number, later.offset, later.thread, EventType::kEventBatch};
      return failure(std::move(error));
    }
  }
  return {};
}

Status Generation::finish(format::Version version, const ReaderFaults& faults) {
  if (!table.has_frequency()) {
    return failure(generation_error(ErrorCode::kMissingSync, "no frequency event found", number));
  }
  if (version >= format::Version::kGo125 && !table.has_clock_snapshot()) {
    return failure(
        generation_error(ErrorCode::kMissingSync, "no clock snapshot event found", number));
  }
  Status status = table.finish();
  if (!status) {
    status.error().place = Place{number, 0, kNoId, EventType::kStack};
    return status;
  }
  if (faults.batch_order_by_time) {
    if (Status ordered = check_batch_times(); !ordered) return ordered;
  }
  for (CpuSample& sample : samples) {
    sample.time = table.nanoseconds(static_cast<std::uint64_t>(sample.time));
  }
  sort_by_time(std::span(samples));
  return {};
}

}  // namespace mpglab::parser
