#include "parser/generation_reader.h"

#include <fmt/format.h>

namespace mpglab::parser {

namespace {

Error input_error(ErrorCode code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

Error batch_error(ErrorCode code, std::string message, const Batch& batch) {
  Error error = input_error(code, std::move(message));
  error.place = Place{batch.gen, batch.offset, batch.thread, EventType::kEventBatch};
  return error;
}

}  // namespace

void GenerationReader::reset(std::span<const std::byte> trace) {
  input_.reset(trace);
  version_.reset();
  generation_.clear();
  spill_.reset();
  error_.reset();
}

void GenerationReader::reset(ByteSource& source) {
  reset(std::span<const std::byte>{});
  input_.reset(source);
}

bool GenerationReader::read_header() {
  format::HeaderReader reader;
  format::HeaderReader::Step step = format::HeaderReader::Step::kMore;
  std::byte byte{};
  bool empty = true;
  while (step == format::HeaderReader::Step::kMore && input_.byte(byte)) {
    empty = false;
    step = reader.take(byte);
  }
  if (input_.unreadable()) {
    error_ = input_error(ErrorCode::kUnreadable, *input_.unreadable());
    return false;
  }
  if (empty) {
    error_ = input_error(ErrorCode::kEmpty, "the input is empty");
    return false;
  }
  if (step != format::HeaderReader::Step::kDone) {
    error_ = input_error(ErrorCode::kNotATrace, "bad file format: not a Go execution trace?");
    return false;
  }
  const format::HeaderContent header = reader.content();
  if (!header.version) {
    const bool old = header.go_minor < static_cast<unsigned>(format::Version::kGo122);
    error_ = input_error(
        old ? ErrorCode::kTooOld : ErrorCode::kUnknownVersion,
        old ? fmt::format("a v1 trace of Go 1.{}: only v2 traces (Go 1.22 and later) are read",
                          header.go_minor)
            : fmt::format("unknown or unsupported trace version go 1.{}", header.go_minor));
    return false;
  }
  version_ = header.version;
  return true;
}

GenerationReader::Read GenerationReader::read() {
  generation_.clear();
  input_.next_generation();
  return *version_ < format::Version::kGo126 ? read_spilling() : read_marked();
}

GenerationReader::Read GenerationReader::broken(Error error) {
  error_ = std::move(error);
  spill_.reset();
  return Read::kBroken;
}

GenerationReader::Read GenerationReader::finish(bool input_ended) {
  if (Table::Status finished = generation_.finish(*version_, faults_); !finished) {
    finished.error().input_ended = input_ended;
    return broken(std::move(finished.error()));
  }
  return Read::kOk;
}

GenerationReader::Read GenerationReader::read_spilling() {
  if (spill_) {
    generation_.number = spill_->gen;
    if (Table::Status added = generation_.add(*spill_, *version_); !added)
      return broken(std::move(added.error()));
    spill_.reset();
  }
  bool input_ended = false;
  for (;;) {
    Result<std::optional<Batch>, Error> read = read_batch(input_);
    input_ended = !read || !*read;
    if (!read) {
      if (generation_.number == 0 || faults_.broken_spilled_batch)
        return broken(std::move(read.error()));
      // This generation is whole; it is the next one that is broken.
      error_ = std::move(read.error());
      break;
    }
    if (!*read) break;
    const Batch& batch = **read;
    if (batch.gen == 0) {
      return broken(batch_error(ErrorCode::kBadGeneration, "invalid generation number 0", batch));
    }
    if (generation_.number == 0) generation_.number = batch.gen;
    if (batch.gen == generation_.number + 1) {
      spill_ = batch;
      break;
    }
    if (batch.gen != generation_.number) {
      return broken(batch_error(ErrorCode::kBadGeneration, "generations out of order", batch));
    }
    if (Table::Status added = generation_.add(batch, *version_); !added)
      return broken(std::move(added.error()));
  }
  return finish(input_ended);
}

GenerationReader::Read GenerationReader::read_marked() {
  for (;;) {
    Result<std::optional<Batch>, Error> read = read_batch(input_);
    if (!read) return broken(std::move(read.error()));
    if (!*read) {
      if (generation_.batches.empty()) return Read::kNone;
      return broken(input_error(ErrorCode::kTruncated,
                                "incomplete generation found; trace likely truncated"));
    }
    const Batch& batch = **read;
    if (generation_.number == 0) generation_.number = batch.gen;
    if (is_end_of_generation(batch)) break;
    if (batch.gen == 0) {
      return broken(batch_error(ErrorCode::kBadGeneration, "invalid generation number 0", batch));
    }
    if (batch.gen != generation_.number) {
      return broken(batch_error(
          ErrorCode::kBadGeneration,
          "broken trace: missing end-of-generation event, or generations are interleaved", batch));
    }
    if (Table::Status added = generation_.add(batch, *version_); !added)
      return broken(std::move(added.error()));
  }
  return finish(false);
}

}  // namespace mpglab::parser
