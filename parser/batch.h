// Batch: a piece of a trace as it was framed, and how it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "format/event.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/input.h"

namespace mpglab::parser {

// A batch of the input.
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

// Reads the next batch. Nothing: the input ends here. An end-of-generation marker is a batch of its
// one byte.
Result<std::optional<Batch>, Error> read_batch(Input& input);
bool is_end_of_generation(const Batch& batch);

}  // namespace mpglab::parser
