#include "parser/reader.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "format/varint.h"

namespace mpglab::parser {

namespace {

Error input_error(ErrorCode code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

// Times come from the input: they wrap round as Go's do.
Time add(Time a, Time b) {
  return static_cast<Time>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

// ---- beginning and end ----

void Reader::reset(std::span<const std::byte> trace) {
  input_.reset(trace);
  start();
}

void Reader::reset(ByteSource& source) {
  input_.reset(source);
  start();
}

void Reader::start() {
  state_ = State::kHeader;
  version_.reset();
  order_.clear();
  generation_.clear();
  has_generation_ = false;
  frontier_.clear();
  next_sample_ = 0;
  spill_.reset();
  spill_error_.reset();
  spill_error_synced_ = false;
  last_time_ = 0;
  events_ = 0;
  syncs_ = 0;
}

Next Reader::fail(Error error) {
  state_ = State::kFailed;
  error_ = std::move(error);
  error_.events = events_;
  return Next::kError;
}

bool Reader::read_the_header() {
  std::array<std::byte, format::kHeaderSize> bytes{};
  std::size_t got = 0;
  while (got < bytes.size() && input_.byte(bytes[got])) ++got;
  if (input_.unreadable()) {
    fail(input_error(ErrorCode::kUnreadable, *input_.unreadable()));
    return false;
  }
  if (got == 0) {
    fail(input_error(ErrorCode::kEmpty, "the input is empty"));
    return false;
  }
  const std::optional<format::HeaderContent> header =
      got == bytes.size() ? format::read_header(bytes) : std::nullopt;
  if (!header) {
    fail(input_error(ErrorCode::kNotATrace, "bad file format: not a Go execution trace?"));
    return false;
  }
  if (!header->version) {
    const bool old = header->go_minor < static_cast<unsigned>(format::Version::kGo122);
    fail(input_error(
        old ? ErrorCode::kTooOld : ErrorCode::kUnknownVersion,
        old ? fmt::format("a v1 trace of Go 1.{}: only v2 traces (Go 1.22 and later) are read",
                          header->go_minor)
            : fmt::format("unknown or unsupported trace version go 1.{}", header->go_minor)));
    return false;
  }
  version_ = header->version;
  state_ = State::kReading;
  return true;
}

// ---- the next event ----

Next Reader::next() {
  if (state_ == State::kHeader && !read_the_header()) return Next::kError;
  if (state_ == State::kEnded) return Next::kEnd;
  if (state_ == State::kFailed) return Next::kError;

  if (order_.take(event_)) return deliver();

  const bool samples_left = next_sample_ < generation_.samples.size();
  if (frontier_.empty() && !samples_left) return next_generation();

  if (samples_left) {
    const CpuSample& sample = generation_.samples[next_sample_];
    if (frontier_.empty() || sample.time < time_at(0)) {
      ++next_sample_;
      event_ = Event{};
      event_.type = EventType::kCPUSample;
      event_.time = sample.time;
      event_.thread = sample.thread;
      event_.proc = sample.proc;
      event_.goroutine = sample.goroutine;
      event_.args[0] = sample.stack;
      event_.table = &generation_.table;
      event_.generation = generation_.number;
      return deliver();
    }
  }

  // The earliest event first; if it has to wait, the others in the order of their times.
  Step step = try_advance(0);
  if (step == Step::kEnd) {
    std::stable_sort(frontier_.begin(), frontier_.end(), [this](std::uint32_t a, std::uint32_t b) {
      return cursors_[a].event.time < cursors_[b].event.time;
    });
    for (std::size_t i = 1; i < frontier_.size() && step == Step::kEnd; ++i) step = try_advance(i);
  }
  if (step == Step::kError) return Next::kError;
  if (step == Step::kEnd) return failed_to_advance();
  const bool made = order_.take(event_);
  MPG_CHECK(made, "an event has happened but was not delivered");
  return deliver();
}

// Everything that leaves the reader goes through here: ids are checked, times made to increase.
Next Reader::deliver() {
  if (event_.type != kSyncEvent && !check_ids()) return Next::kError;
  if (event_.time <= last_time_) event_.time = add(last_time_, 1);
  last_time_ = event_.time;
  ++events_;
  return Next::kEvent;
}

Next Reader::sync(const Table* table, Time time) {
  event_ = Event{};
  event_.type = kSyncEvent;
  event_.time = time;
  event_.args[0] = ++syncs_;
  event_.table = table;
  return deliver();
}

bool Reader::check_ids() {
  const format::EventSpec& spec = format::spec_of(event_.type);
  const auto bad = [&](std::string_view what, std::uint64_t id) {
    Error error = input_error(
        ErrorCode::kBadId, fmt::format("found invalid {} ID {} for event {}", what, id, spec.name));
    error.place = Place{event_.generation, event_.offset, event_.thread, event_.type};
    error.event = wire_event_text(event_.type, event_.args.data());
    fail(std::move(error));
    return false;
  };
  for (const std::uint8_t place : spec.stacks) {
    if (place == 0) break;
    // A sample's stack is its fifth number on the wire and its only argument here.
    const std::uint64_t id =
        event_.args[event_.type == EventType::kCPUSample ? 0 : place - std::size_t{1}];
    if (!event_.table->has_stack(id)) return bad("stack", id);
  }
  for (const std::uint8_t place : spec.strings) {
    if (place == 0) break;
    const std::uint64_t id = event_.args[place - std::size_t{1}];
    if (!event_.table->string(id)) return bad("string", id);
  }
  return true;
}

// ---- streams and the frontier ----

Reader::Step Reader::advance_cursor(Cursor& cursor) {
  while (cursor.at == cursor.end) {
    cursor.batch = generation_.batches[cursor.batch].next;
    if (cursor.batch == kLastBatch) return Step::kEnd;
    const Batch& batch = generation_.batches[cursor.batch];
    cursor.at = batch.data.data();
    cursor.end = cursor.at + batch.data.size();
    cursor.last_time = 0;
  }
  const Batch& batch = generation_.batches[cursor.batch];
  if (cursor.last_time == 0) cursor.last_time = generation_.table.nanoseconds(batch.time);

  const std::byte* const start = cursor.at;
  WireEvent& event = cursor.event;
  event.offset = batch.data_offset + static_cast<std::uint64_t>(start - batch.data.data());
  const auto bad = [&](std::string message) {
    Error error = input_error(ErrorCode::kBadEvent, std::move(message));
    error.place = Place{generation_.number, event.offset, cursor.thread, event.type};
    fail(std::move(error));
    return Step::kError;
  };
  const auto type = std::to_integer<std::size_t>(*cursor.at++);
  if (type >= format::kEventTypes) {
    event.type = EventType::kNone;
    return bad(fmt::format("found invalid event type: {}", type));
  }
  event.type = static_cast<EventType>(type);
  const format::EventSpec& spec = format::kEventSpecs[type];
  if (!spec.timed) return bad(fmt::format("found event without a timestamp: type={}", type));
  std::uint64_t ticks = 0;
  if (!format::read_varint(cursor.at, cursor.end, ticks)) {
    return bad("found invalid uvarint for timestamp");
  }
  for (std::size_t i = 0; i + 1 < spec.arg_count; ++i) {
    if (!format::read_varint(cursor.at, cursor.end, event.args[i])) {
      return bad("found invalid uvarint");
    }
  }
  event.time = add(generation_.table.nanoseconds(ticks), cursor.last_time);
  cursor.last_time = event.time;
  return Step::kEvent;
}

// kEvent: the event of that place of the frontier has happened. kEnd: it has to wait.
Reader::Step Reader::try_advance(std::size_t index) {
  Cursor& cursor = cursors_[frontier_[index]];
  switch (order_.advance(cursor.event, cursor.thread, generation_.table, generation_.number)) {
    case Advance::kNotYet:
      return Step::kEnd;
    case Advance::kBroken:
      fail(order_.error());
      return Step::kError;
    case Advance::kAdvanced:
      break;
  }
  const Step step = advance_cursor(cursor);
  if (step == Step::kError) return step;
  if (step == Step::kEvent) {
    update(index);
  } else {
    remove(index);
  }
  return Step::kEvent;
}

Next Reader::failed_to_advance() {
  Error error =
      input_error(ErrorCode::kFailedToAdvance, "broken trace: failed to advance: frontier:");
  for (const std::uint32_t index : frontier_) {
    const Cursor& cursor = cursors_[index];
    error.waiting.push_back(
        {Place{generation_.number, cursor.event.offset, cursor.thread, cursor.event.type},
         wire_event_text(cursor.event.type, cursor.event.args.data()),
         order_.needs(cursor.event, cursor.thread, generation_.number)});
  }
  error.place = error.waiting.front().place;
  error.event = error.waiting.front().event;
  return fail(std::move(error));
}

std::size_t Reader::sift_up(std::size_t index) {
  while (index > 0 && time_at((index - 1) / 2) > time_at(index)) {
    std::swap(frontier_[(index - 1) / 2], frontier_[index]);
    index = (index - 1) / 2;
  }
  return index;
}

void Reader::sift_down(std::size_t index) {
  for (;;) {
    std::size_t least = index;
    Time least_time = index < frontier_.size() ? time_at(index) : std::numeric_limits<Time>::max();
    for (const std::size_t child : {2 * index + 1, 2 * index + 2}) {
      if (child < frontier_.size() && time_at(child) < least_time) {
        least = child;
        least_time = time_at(child);
      }
    }
    if (least == index) return;
    std::swap(frontier_[index], frontier_[least]);
    index = least;
  }
}

void Reader::update(std::size_t index) {
  if (sift_up(index) == index) sift_down(index);
}

void Reader::remove(std::size_t index) {
  while (index > 0) {
    std::swap(frontier_[(index - 1) / 2], frontier_[index]);
    index = (index - 1) / 2;
  }
  std::swap(frontier_.front(), frontier_.back());
  frontier_.pop_back();
  sift_down(0);
}

// ---- generations ----

Next Reader::next_generation() {
  if (*version_ < format::Version::kGo126) return next_generation_with_spill();
  if (spill_error_) return fail(*spill_error_);
  switch (read_marked_generation()) {
    case ReadGeneration::kOk:
      return install();
    case ReadGeneration::kNone:
      state_ = State::kEnded;
      return sync(nullptr, last_time_);
    case ReadGeneration::kBroken:
      break;
  }
  // What is whole has been delivered; a last sync says so before the error.
  return sync(nullptr, last_time_);
}

// Up to 1.25 a generation ends where the next begins, so its reader is always one batch ahead.
Next Reader::next_generation_with_spill() {
  if (spill_error_) {
    if (spill_error_synced_) return fail(*spill_error_);
    spill_error_synced_ = true;
    return sync(nullptr, last_time_);
  }
  if (has_generation_ && !spill_) {
    state_ = State::kEnded;
    return sync(nullptr, last_time_);
  }
  if (read_generation() != ReadGeneration::kOk) {
    has_generation_ = false;
    spill_error_synced_ = true;
    return sync(nullptr, last_time_);
  }
  return install();
}

Reader::ReadGeneration Reader::read_generation() {
  const auto broken = [this](Error error) {
    spill_error_ = std::move(error);
    spill_.reset();
    return ReadGeneration::kBroken;
  };
  generation_.clear();
  input_.next_generation();
  if (spill_) {
    generation_.number = spill_->gen;
    if (Table::Status added = generation_.add(*spill_, *version_); !added) {
      return broken(std::move(added.error()));
    }
    spill_.reset();
  }
  for (;;) {
    Result<std::optional<Batch>, Error> read = read_batch(input_);
    if (!read) {
      if (generation_.number == 0) return broken(std::move(read.error()));
      // This generation is whole; it is the next one that is broken.
      spill_error_ = std::move(read.error());
      break;
    }
    if (!*read) break;
    const Batch& batch = **read;
    const auto bad = [&](ErrorCode code, std::string message) {
      Error error = input_error(code, std::move(message));
      error.place = Place{batch.gen, batch.offset, batch.thread, EventType::kEventBatch};
      return broken(std::move(error));
    };
    if (batch.gen == 0) return bad(ErrorCode::kBadGeneration, "invalid generation number 0");
    if (generation_.number == 0) generation_.number = batch.gen;
    if (batch.gen == generation_.number + 1) {
      spill_ = batch;
      break;
    }
    if (batch.gen != generation_.number) {
      return bad(ErrorCode::kBadGeneration, "generations out of order");
    }
    if (Table::Status added = generation_.add(batch, *version_); !added) {
      return broken(std::move(added.error()));
    }
  }
  if (Table::Status finished = generation_.finish(*version_); !finished) {
    return broken(std::move(finished.error()));
  }
  return ReadGeneration::kOk;
}

Reader::ReadGeneration Reader::read_marked_generation() {
  const auto broken = [this](Error error) {
    spill_error_ = std::move(error);
    return ReadGeneration::kBroken;
  };
  generation_.clear();
  input_.next_generation();
  for (;;) {
    Result<std::optional<Batch>, Error> read = read_batch(input_);
    if (!read) return broken(std::move(read.error()));
    if (!*read) {
      if (generation_.batches.empty()) return ReadGeneration::kNone;
      return broken(input_error(ErrorCode::kTruncated,
                                "incomplete generation found; trace likely truncated"));
    }
    const Batch& batch = **read;
    if (generation_.number == 0) generation_.number = batch.gen;
    if (is_end_of_generation(batch)) break;
    const auto bad = [&](std::string message) {
      Error error = input_error(ErrorCode::kBadGeneration, std::move(message));
      error.place = Place{batch.gen, batch.offset, batch.thread, EventType::kEventBatch};
      return broken(std::move(error));
    };
    if (batch.gen == 0) return bad("invalid generation number 0");
    if (batch.gen != generation_.number) {
      return bad("broken trace: missing end-of-generation event, or generations are interleaved");
    }
    if (Table::Status added = generation_.add(batch, *version_); !added) {
      return broken(std::move(added.error()));
    }
  }
  if (Table::Status finished = generation_.finish(*version_); !finished) {
    return broken(std::move(finished.error()));
  }
  return ReadGeneration::kOk;
}

Next Reader::install() {
  has_generation_ = true;
  next_sample_ = 0;
  cursors_.clear();
  frontier_.clear();
  for (const Stream& stream : generation_.streams) {
    const Batch& batch = generation_.batches[stream.first];
    cursors_.push_back({stream.thread, stream.first, batch.data.data(),
                        batch.data.data() + batch.data.size(), 0, WireEvent{}});
    switch (advance_cursor(cursors_.back())) {
      case Step::kError:
        return Next::kError;
      case Step::kEnd:
        cursors_.pop_back();
        break;
      case Step::kEvent:
        frontier_.push_back(static_cast<std::uint32_t>(cursors_.size() - 1));
        sift_up(frontier_.size() - 1);
        break;
    }
  }
  return sync(&generation_.table, generation_.table.nanoseconds(generation_.min_time));
}

}  // namespace mpglab::parser
