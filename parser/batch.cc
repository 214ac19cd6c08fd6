// Framing: batches one after the other.

#include <fmt/format.h>

#include "parser/generation.h"

namespace mpglab::parser {

namespace {

Error error_at(ErrorCode code, std::string message, std::uint64_t gen, std::uint64_t offset) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.place = Place{gen, offset, kNoId, format::EventType::kEventBatch};
  return error;
}

}  // namespace

bool is_end_of_generation(const Batch& batch) {
  return batch.experiment == format::Experiment::kNone && !batch.data.empty() &&
         static_cast<EventType>(batch.data[0]) == EventType::kEndOfGeneration;
}

Result<std::optional<Batch>, Error> read_batch(Input& input) {
  Batch batch;
  batch.offset = input.offset();
  const auto unreadable = [&] {
    return failure(error_at(ErrorCode::kUnreadable, *input.unreadable(), 0, batch.offset));
  };

  std::byte first{};
  if (!input.byte(first)) {
    if (input.unreadable()) return unreadable();
    return std::nullopt;
  }
  const auto type = static_cast<EventType>(first);
  if (type == EventType::kEndOfGeneration) {
    static constexpr std::array<std::byte, 1> kMarker = {
        static_cast<std::byte>(EventType::kEndOfGeneration)};
    batch.data = kMarker;
    batch.data_offset = batch.offset;
    return batch;
  }
  if (type != EventType::kEventBatch && type != EventType::kExperimentalBatch) {
    return failure(
        error_at(ErrorCode::kBadBatch,
                 fmt::format("expected batch event, got event {}", static_cast<unsigned>(first)), 0,
                 batch.offset));
  }
  if (type == EventType::kExperimentalBatch) {
    std::byte experiment{};
    // As Go's reader has it: an input that ends right here just ends.
    if (!input.byte(experiment)) {
      if (input.unreadable()) return unreadable();
      return std::nullopt;
    }
    batch.experiment = static_cast<format::Experiment>(experiment);
  }

  std::uint64_t thread = 0;
  std::uint64_t size = 0;
  const auto number = [&](std::string_view what, std::uint64_t& value) -> std::optional<Error> {
    const Input::Number read = input.number(value);
    if (read == Input::Number::kOk) return std::nullopt;
    if (read == Input::Number::kUnreadable) {
      return error_at(ErrorCode::kUnreadable, *input.unreadable(), batch.gen, batch.offset);
    }
    const bool cut = read != Input::Number::kTooLarge;
    return error_at(cut ? ErrorCode::kTruncated : ErrorCode::kBadBatch,
                    fmt::format("error reading batch {}: {}", what, number_error(read)), batch.gen,
                    batch.offset);
  };
  if (auto error = number("gen", batch.gen)) return failure(std::move(*error));
  if (auto error = number("M ID", thread)) return failure(std::move(*error));
  if (auto error = number("timestamp", batch.time)) return failure(std::move(*error));
  if (auto error = number("size", size)) return failure(std::move(*error));
  batch.thread = static_cast<ThreadId>(thread);
  if (size > format::kMaxBatchSize) {
    return failure(
        error_at(ErrorCode::kBadBatch,
                 fmt::format("invalid batch size {}, maximum is {}", size, format::kMaxBatchSize),
                 batch.gen, batch.offset));
  }
  batch.data_offset = input.offset();
  batch.data = input.take(size);
  if (batch.data.size() != size) {
    if (input.unreadable()) return unreadable();
    return failure(error_at(
        ErrorCode::kTruncated,
        fmt::format("failed to read full batch: read {} but wanted {}", batch.data.size(), size),
        batch.gen, batch.offset));
  }
  return batch;
}

}  // namespace mpglab::parser
