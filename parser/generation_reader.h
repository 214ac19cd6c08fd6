// GenerationReader: the header of a trace, and its generations one after the other.
//
// Up to 1.25 a generation ends where a batch of the next one begins, so the reader of batches is
// always one batch ahead; since 1.26 an end-of-generation marker says so. Source: Go's own reader
// (golang/exp trace/generation.go, August 2026).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "format/version.h"
#include "parser/batch.h"
#include "parser/error.h"
#include "parser/faults.h"
#include "parser/generation.h"
#include "parser/input.h"
#include "parser/source.h"

namespace mpglab::parser {

class GenerationReader {
 public:
  enum class Read : std::uint8_t { kOk, kNone, kBroken };

  explicit GenerationReader(const ReaderFaults& faults) : faults_(faults) {}

  void reset(std::span<const std::byte> trace);
  void reset(ByteSource& source);

  // False: error() says why.
  bool read_header();
  // REQUIRES: the header has been read.
  format::Version version() const { return *version_; }
  std::optional<format::Version> known_version() const { return version_; }

  // Reads the next generation, which generation() is then. kNone: the trace ends here. kBroken:
  // error() says why. After kOk there may be an error as well: of what comes behind the generation.
  Read read();
  const Generation& generation() const { return generation_; }
  bool failed() const { return error_.has_value(); }
  const Error& error() const { return *error_; }
  // A table ends where a number should begin. Go's reader hands the plain "end of input" that it
  // meets there on to its caller, who takes it for the end of the trace.
  bool ends_in_table() const {
    return error_->code == ErrorCode::kBadTable &&
           error_->message == number_error(Input::Number::kEnd);
  }
  // There is more behind the generation. Up to 1.25 only.
  bool has_spill() const { return spill_.has_value(); }

  std::uint64_t offset() const { return input_.offset(); }

 private:
  Read read_spilling();
  Read read_marked();
  Read broken(Error error);
  Read finish(bool input_ended);

  const ReaderFaults faults_;
  Input input_;
  std::optional<format::Version> version_;
  Generation generation_;
  std::optional<Batch> spill_;  // the first batch of the next generation
  std::optional<Error> error_;
};

}  // namespace mpglab::parser
