// Reader: a trace, event by event, in an order in which it can have happened.
//
//   parser::Reader reader;
//   reader.reset(bytes);                                     // or reader.reset(source)
//   for (const parser::Event& event : reader) use(event);
//   if (reader.failed()) explain(reader.error());
//
// Accepts and rejects what Go's own reader does (golang/exp trace, August 2026), and delivers the
// same events in the same order with the same times. Errors are values; no input makes it crash,
// hang or take memory out of proportion. Memory is bounded by the largest generation (with the
// first batch of the next), plus what is alive of goroutines, Ps, threads and tasks.
//
// A reader is meant to be used again: reset() keeps the memory, so that reading many small traces
// allocates nothing in steady state. Not for several OS threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>

#include "format/version.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/faults.h"
#include "parser/source.h"

namespace mpglab::parser {

enum class Next : std::uint8_t { kEvent, kEnd, kError };

struct ReaderOptions {
  ReaderFaults faults{};
  // Judges each generation as if it were the first: nothing is known from those before it. Go's
  // reader forgives a resource that its generation does not introduce, if an earlier one has.
  bool each_generation = false;
  // Among events with equal times Go's reader delivers first what comes first in its heap, and it
  // looks at every thread that has to wait at every step. Ours does the same as long as that costs
  // no more than so many looks for each event, on average; then it lets those wait aside, and equal
  // times come by their threads' first batches. No trace of a real program comes near.
  std::uint64_t patience = 256;
  // For the fault nondeterministic_tie_order: which of the orders.
  std::uint64_t tie_seed = 0;
};

class Reader {
 public:
  class Iterator;

  explicit Reader(const ReaderOptions& options = {});
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Starts on a trace in memory, which must stay there, or from a source, likewise.
  void reset(std::span<const std::byte> trace);
  void reset(ByteSource& source);

  // Goes to the next event. After kEnd or kError it stays there.
  Next next() {
    if (at_ == last_) return next_run();
    ++at_;
    return Next::kEvent;
  }
  // The event, until the next call of next(). REQUIRES: next() answered kEvent.
  const Event& event() const { return **at_; }

  // The events that are left, once: each step of the iterator is a call of next().
  Iterator begin();
  std::default_sentinel_t end() const { return {}; }

  // Leaves a generation that is broken and goes on with the next. False: what is broken is the
  // input itself, and nothing can be read behind it. REQUIRES: failed(), and
  // options.each_generation.
  bool skip_generation();

  bool failed() const { return failed_; }
  // REQUIRES: failed().
  const Error& error() const;

  // Events delivered so far.
  std::uint64_t events() const;
  // Bytes of the trace taken in so far.
  std::uint64_t offset() const;
  // The version of the format; nothing before the first next(), and if the header is bad.
  std::optional<format::Version> version() const;

 private:
  class Impl;

  // Events are put in order a few at a time, though never beyond a generation that has been read.
  Next next_run();

  std::unique_ptr<Impl> impl_;
  // In the Impl's run: the event that was gone to, and the last one.
  const Event* const* at_ = nullptr;
  const Event* const* last_ = nullptr;
  bool failed_ = false;
};

class Reader::Iterator {
 public:
  using value_type = Event;
  using difference_type = std::ptrdiff_t;

  explicit Iterator(Reader& reader) : reader_(&reader) { ++*this; }

  const Event& operator*() const { return reader_->event(); }
  const Event* operator->() const { return &reader_->event(); }
  Iterator& operator++() {
    at_end_ = reader_->next() != Next::kEvent;
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& i, std::default_sentinel_t) { return i.at_end_; }

 private:
  Reader* reader_;
  bool at_end_ = false;
};

inline Reader::Iterator Reader::begin() {
  return Iterator(*this);
}

}  // namespace mpglab::parser
