// Reader: a trace, event by event, in an order in which it can have happened.
//
//   parser::Reader reader;
//   reader.reset(bytes);                      // or reader.reset(source)
//   while (reader.next() == parser::Next::kEvent) use(reader.event());
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
#include <optional>
#include <span>
#include <vector>

#include "format/version.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/faults.h"
#include "parser/generation.h"
#include "parser/input.h"
#include "parser/order.h"
#include "parser/source.h"

namespace mpglab::parser {

enum class Next : std::uint8_t { kEvent, kEnd, kError };

class Reader {
 public:
  explicit Reader(ReaderFaults faults = {}) : order_(faults) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Starts on a trace in memory, which must stay there, or from a source, likewise.
  void reset(std::span<const std::byte> trace);
  void reset(ByteSource& source);

  // Goes to the next event. After kEnd or kError it stays there.
  Next next();
  // The event, until the next call of next(). REQUIRES: next() answered kEvent.
  const Event& event() const { return event_; }

  bool failed() const { return state_ == State::kFailed; }
  // REQUIRES: failed().
  const Error& error() const { return error_; }

  // Events delivered so far.
  std::uint64_t events() const { return events_; }
  // The version of the format; nothing before the first next(), and if the header is bad.
  std::optional<format::Version> version() const { return version_; }

 private:
  enum class State : std::uint8_t { kHeader, kReading, kEnded, kFailed };

  // Where a thread's stream of events stands: the event that it waits to make happen.
  struct Cursor {
    ThreadId thread;
    std::uint32_t batch;  // being read; kLastBatch: none left
    const std::byte* at;  // behind the event
    const std::byte* end;
    Time last_time;  // 0: at the beginning of a batch
    WireEvent event;
  };
  enum class Step : std::uint8_t { kEvent, kEnd, kError };

  void start();
  Next fail(Error error);
  Next deliver();
  Next sync(const Table* table, Time time);

  bool read_the_header();
  Next next_generation();
  Next next_generation_with_spill();
  // Reads all batches of a generation. False: error_ is set, or the input has ended.
  enum class ReadGeneration : std::uint8_t { kOk, kNone, kBroken };
  ReadGeneration read_generation();
  ReadGeneration read_marked_generation();
  Next install();

  // Puts the next event of the stream into the cursor. kEnd: there is none.
  Step advance_cursor(Cursor& cursor);
  Step try_advance(std::size_t index);
  Next failed_to_advance();
  bool check_ids();

  // The frontier: a heap of cursors (by index) by time. Go's reader's heap, move by move, for it
  // decides the order of events with equal times.
  Time time_at(std::size_t index) const { return cursors_[frontier_[index]].event.time; }
  std::size_t sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void update(std::size_t index);
  void remove(std::size_t index);

  State state_ = State::kEnded;
  Input input_;
  std::optional<format::Version> version_;
  Order order_;
  Generation generation_;
  bool has_generation_ = false;
  std::vector<Cursor> cursors_;
  std::vector<std::uint32_t> frontier_;
  std::size_t next_sample_ = 0;

  std::optional<Batch> spill_;
  std::optional<Error> spill_error_;  // what broke the generation after this one
  bool spill_error_synced_ = false;

  Event event_;
  Error error_;
  Time last_time_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t syncs_ = 0;
};

}  // namespace mpglab::parser
