#include "parser/reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "parser/frontier.h"
#include "parser/generation_reader.h"
#include "parser/order.h"
#include "parser/rest_of_generation.h"
#include "parser/stream_cursor.h"
#include "parser/waiting_room.h"

namespace mpglab::parser {

namespace {

// Which arguments of an event are numbers of stacks and strings that its generation has to have.
// Of the first of each kind the place is 0 and the mask empty if there is none, so that they can be
// looked at without asking.
struct NamedIds {
  std::uint8_t stack = 0;  // a place in the arguments
  std::uint8_t string = 0;
  bool any = false;
  bool more = false;  // there is a second of a kind
  std::uint64_t stack_mask = 0;
  std::uint64_t string_mask = 0;
};
constexpr std::array<NamedIds, 256> kNamedIds = [] {
  std::array<NamedIds, 256> all{};
  for (std::size_t type = 0; type < format::kEventTypes; ++type) {
    const format::EventSpec& spec = format::kEventSpecs[type];
    NamedIds& ids = all[type];
    // Go's reader does not look at the stack of a sample, and so neither does ours.
    if (spec.stacks[0] != 0 && static_cast<EventType>(type) != EventType::kCPUSample) {
      ids.stack = static_cast<std::uint8_t>(spec.stacks[0] - 1);
      ids.stack_mask = ~std::uint64_t{0};
    }
    if (spec.strings[0] != 0) {
      ids.string = static_cast<std::uint8_t>(spec.strings[0] - 1);
      ids.string_mask = ~std::uint64_t{0};
    }
    ids.any = ids.stack_mask != 0 || ids.string_mask != 0;
    ids.more = spec.stacks[1] != 0 || spec.strings[1] != 0;
  }
  return all;
}();

}  // namespace

class Reader::Impl {
 public:
  explicit Impl(const ReaderOptions& options)
      : options_(options), generations_(options.faults), order_(options.faults) {}

  void reset(std::span<const std::byte> trace) {
    generations_.reset(trace);
    start();
  }
  void reset(ByteSource& source) {
    generations_.reset(source);
    start();
  }

  // The next events, at most kRun, and never any of two generations: kEvent, and run() is not empty
  // and stays until the next call. What comes behind them, if it is no event, the next call says.
  Next next_run();
  std::span<const Event* const> run() const { return std::span(places_).first(ready_); }
  bool skip_generation();

  bool failed() const { return state_ == State::kFailed; }
  const Error& error() const { return error_; }
  std::uint64_t events() const { return events_ + ready_; }
  std::uint64_t offset() const { return generations_.offset(); }
  std::optional<format::Version> version() const { return generations_.known_version(); }

 private:
  enum class State : std::uint8_t { kHeader, kReading, kEnded, kFailed };
  static constexpr Time kNoSample = std::numeric_limits<Time>::max();
  static constexpr std::size_t kRun = 32;
  static constexpr std::size_t kMostOfOne = 3;  // events that one of the wire makes

  void start();
  Next fail(Error error);
  [[gnu::always_inline]] Next deliver(Event& event);
  void look_at_first();
  [[gnu::noinline]] Next not_yet(Advance answer, const StreamCursor& first);
  Next deliver_extra();
  Next deliver_last(Event& event);
  [[gnu::noinline]] Next first_has_no_more(StreamCursor::Step step, Event& event);
  [[gnu::noinline]] bool still_special();
  [[gnu::noinline]] Next next_specially();
  Next sync(const Table* table, Time time);
  Next end();
  [[gnu::noinline]] bool check_ids(const Event& event);
  [[gnu::cold]] void bad_id(const Event& event, std::string_view what, std::uint64_t id);

  Next next_sample();
  Next next_generation();
  Next install();
  std::vector<Stream> shuffled_streams() const;

  [[gnu::noinline]] Next try_others();
  [[gnu::noinline]] Next next_impatiently();
  void call_waiting();
  Next advanced(std::size_t index, StreamCursor& cursor);
  Next failed_to_advance();
  [[gnu::cold]] Next bad_event(const StreamCursor& cursor);

  // While nothing is special: the thread that comes first, whose next event's time the frontier may
  // not know yet, and from when on it is time to look at the frontier again.
  StreamCursor* first_ = nullptr;
  Time before_ = 0;
  const Generation* generation_ = nullptr;  // the one that is being delivered
  std::size_t ready_ = 0;                   // how many of the run
  Time last_time_ = 0;
  std::uint64_t events_ = 0;       // before the run
  std::uint64_t stacks_upto_ = 0;  // of its table
  std::uint64_t strings_upto_ = 0;

  // The run, and behind it where the next events of the streams can be read to: an event that is
  // delivered comes to where the one that was read in its stead had its place from. So a run's
  // events stay as long as the run.
  std::array<Event*, kRun> places_{};

  const ReaderOptions options_;
  State state_ = State::kEnded;
  bool special_ = true;  // the next event may be none of the frontier's
  GenerationReader generations_;
  Order order_;
  std::vector<StreamCursor> cursors_;
  std::vector<Event> slots_;      // where the events of the streams are
  std::vector<Stream> shuffled_;  // for the fault nondeterministic_tie_order
  Frontier frontier_;
  bool patient_ = true;      // the patience has not run out in this generation
  std::uint64_t looks_ = 0;  // at threads that have to wait
  WaitingRoom waiting_room_;
  std::vector<Condition> met_;

  std::size_t next_sample_ = 0;
  Time sample_time_ = kNoSample;  // of the next CPU sample

  bool broken_synced_ = false;  // the sync before the error of a broken generation is delivered
  Event sync_;                  // of no generation, so it needs a place of its own
  Event* instead_ = nullptr;    // of which it was delivered
  Error error_;
  std::uint64_t syncs_ = 0;
};

// Everything that leaves the reader goes through here: ids are checked, times made to increase.
inline Next Reader::Impl::deliver(Event& event) {
  const NamedIds& ids = kNamedIds[static_cast<std::size_t>(event.type)];
  if (ids.any) {
    // Both without a branch.
    const bool dense =
        (static_cast<unsigned>((event.args[ids.stack] & ids.stack_mask) <= stacks_upto_) &
         static_cast<unsigned>((event.args[ids.string] & ids.string_mask) <= strings_upto_)) != 0;
    if ((!dense || ids.more) && !check_ids(event)) [[unlikely]]
      return Next::kError;
  }
  if (event.time <= last_time_) event.time = wrapping_add(last_time_, 1);
  last_time_ = event.time;
  places_[ready_++] = &event;
  return Next::kEvent;
}

// The frontier's first, if it is in order and holds one.
inline void Reader::Impl::look_at_first() {
  first_ = frontier_[0].cursor;
  // A sample comes before what is later, another thread's event before what is.
  const Time until = std::min(frontier_.stays_until(), sample_time_);
  before_ = until == std::numeric_limits<Time>::max() ? until : until + 1;
}

// What the event that was just delivered has made besides.
Next Reader::Impl::deliver_extra() {
  while (order_.has_extra()) {
    Event& event = *places_[ready_];
    order_.take_extra(event);
    if (deliver(event) != Next::kEvent) return Next::kError;
  }
  return Next::kEvent;
}

// The last of a run, after which the frontier has changed.
Next Reader::Impl::deliver_last(Event& event) {
  if (frontier_.empty()) {
    special_ = true;
  } else {
    look_at_first();
  }
  return deliver(event) == Next::kEvent ? deliver_extra() : Next::kError;
}

// ---- beginning and end ----

void Reader::Impl::start() {
  state_ = State::kHeader;
  special_ = true;
  order_.clear();
  generation_ = nullptr;
  cursors_.clear();
  frontier_.clear();
  next_sample_ = 0;
  sample_time_ = kNoSample;
  broken_synced_ = false;
  patient_ = true;
  looks_ = 0;
  waiting_room_.clear();
  last_time_ = 0;
  ready_ = 0;
  events_ = 0;
  syncs_ = 0;
}

Next Reader::Impl::fail(Error error) {
  state_ = State::kFailed;
  special_ = true;
  const bool of_generation = frontier_.size() + (waiting_room_.empty() ? 0U : 1U) > 0;
  if (of_generation && generations_.failed())
    error.behind = std::make_shared<const Error>(generations_.error());
  error_ = std::move(error);
  error_.events = events();
  return Next::kError;
}

Next Reader::Impl::end() {
  state_ = State::kEnded;
  return sync(nullptr, last_time_);
}

// ---- the next event ----

// The earliest event first; if it has to wait, the others in the order of their times.
Next Reader::Impl::next_run() {
  events_ += ready_;
  ready_ = 0;
  if (special_) {
    if (places_[0] == &sync_) places_[0] = instead_;
    if (still_special()) return next_specially();
  }
  Next next = Next::kEvent;
  for (Time time = first_->event().time;;) {
    if (time >= before_) {
      frontier_.update(0, time);
      look_at_first();
      if (sample_time_ < first_->event().time) [[unlikely]] {
        next = next_sample();
        break;
      }
    }
    StreamCursor& first = *first_;
    Event& event = first.event();
    const Advance answer = order_.advance(event, first.thread());
    if (answer >= Advance::kNotYet) [[unlikely]] {
      next = not_yet(answer, first);
      break;
    }
    // The thread's next event is read before this one is delivered, since an event that cannot be
    // read comes before one that has no stack.
    Event& ahead = *places_[ready_];
    if (!first.advance_simply(*generation_, ahead, time)) [[unlikely]] {
      const StreamCursor::Step step = first.advance_carefully(*generation_, ahead);
      if (step != StreamCursor::Step::kEvent) {
        next = first_has_no_more(step, event);
        break;
      }
      time = ahead.time;
    }
    next = deliver(event);
    if (answer == Advance::kAdvancedWithMore && next == Next::kEvent) next = deliver_extra();
    if (next != Next::kEvent || ready_ > kRun - kMostOfOne) break;
  }
  return ready_ > 0 ? Next::kEvent : next;
}

Next Reader::Impl::not_yet(Advance answer, const StreamCursor& first) {
  if (answer == Advance::kBroken) return fail(order_.error());
  frontier_.update(0, first.event().time);
  return try_others();
}

Next Reader::Impl::first_has_no_more(StreamCursor::Step step, Event& event) {
  if (step == StreamCursor::Step::kBad) return bad_event(*first_);
  frontier_.remove(0);
  return deliver_last(event);
}

// The event of that place of the frontier has happened. REQUIRES: the frontier is in order.
Next Reader::Impl::advanced(std::size_t index, StreamCursor& cursor) {
  Event& event = cursor.event();
  Event& ahead = *places_[ready_];
  switch (cursor.advance(*generation_, ahead)) {
    case StreamCursor::Step::kEvent:
      frontier_.update(index, ahead.time);
      break;
    case StreamCursor::Step::kEnd:
      frontier_.remove(index);
      break;
    case StreamCursor::Step::kBad:
      return bad_event(cursor);
  }
  return deliver_last(event);
}

// False: nothing is, and the thread that comes first is known.
bool Reader::Impl::still_special() {
  if (state_ != State::kReading || !patient_ || frontier_.empty() ||
      sample_time_ < frontier_[0].time)
    return true;
  special_ = false;
  look_at_first();
  return false;
}

Next Reader::Impl::next_specially() {
  if (state_ == State::kHeader) {
    if (!generations_.read_header()) return fail(generations_.error());
    state_ = State::kReading;
  }
  if (state_ == State::kEnded) return Next::kEnd;
  if (state_ == State::kFailed) return Next::kError;
  if (!patient_) return next_impatiently();
  return sample_time_ != kNoSample ? next_sample() : next_generation();
}

Next Reader::Impl::try_others() {
  // A generation's first events have not been delivered yet.
  constexpr std::uint64_t kBefore = 4096;
  looks_ += frontier_.size();
  if (looks_ / (events() + kBefore) >= options_.patience && options_.faults == ReaderFaults{}) {
    patient_ = false;
    special_ = true;
    return next_impatiently();
  }
  frontier_.sort();
  for (std::size_t i = 1; i < frontier_.size(); ++i) {
    StreamCursor& other = *frontier_[i].cursor;
    switch (order_.advance(other.event(), other.thread())) {
      case Advance::kAdvanced:
      case Advance::kAdvancedWithMore:
        return advanced(i, other);
      case Advance::kNotYet:
        break;
      case Advance::kBroken:
        return fail(order_.error());
    }
  }
  return failed_to_advance();
}

// As next() and try_others(), but a thread that has to wait is not looked at again before what it
// waits for has come about.
Next Reader::Impl::next_impatiently() {
  for (;;) {
    Time earliest = kNoSample;
    if (!frontier_.empty()) earliest = frontier_[0].time;
    if (!waiting_room_.empty()) earliest = std::min(earliest, waiting_room_.earliest());
    if (sample_time_ < earliest) return next_sample();
    if (frontier_.empty()) {
      if (!waiting_room_.empty()) return failed_to_advance();
      return sample_time_ != kNoSample ? next_sample() : next_generation();
    }
    StreamCursor& first = *frontier_[0].cursor;
    const Event event = first.event();  // as it was
    const auto place = static_cast<std::uint32_t>(&first - cursors_.data());
    Condition called{};
    const bool was_called = waiting_room_.take_call(place, called);
    const Order::Has had = order_.has(first.thread());
    switch (order_.advance(first.event(), first.thread())) {
      case Advance::kBroken:
        return fail(order_.error());
      case Advance::kAdvanced:
      case Advance::kAdvancedWithMore: {
        met_.clear();
        order_.add_conditions(event, had, met_);
        const Next next = advanced(0, first);
        special_ = true;
        call_waiting();
        return next;
      }
      case Advance::kNotYet:
        const Condition lacks = order_.condition(event, first.thread());
        waiting_room_.wait(lacks, {frontier_[0].time, place});
        frontier_.remove(0);
        // The next one may have what this one lacks besides.
        met_.clear();
        if (was_called && called != lacks) met_.push_back(called);
        call_waiting();
        break;
    }
  }
}

void Reader::Impl::call_waiting() {
  WaitingRoom::Guest guest;
  for (const Condition& condition : met_) {
    if (waiting_room_.call(condition, guest))
      frontier_.insert({guest.first, &cursors_[guest.second]});
  }
}

Next Reader::Impl::next_sample() {
  const std::vector<CpuSample>& samples = generation_->samples;
  const CpuSample& sample = samples[next_sample_++];
  sample_time_ = next_sample_ < samples.size() ? samples[next_sample_].time : kNoSample;
  if (!special_) look_at_first();
  Event& event = *places_[ready_];
  event = Event{};
  event.type = EventType::kCPUSample;
  event.time = sample.time;
  event.thread = sample.thread;
  event.proc = sample.proc;
  event.goroutine = sample.goroutine;
  event.args[0] = sample.stack;
  event.table = &generation_->table;
  event.generation = generation_->number;
  return deliver(event);
}

Next Reader::Impl::sync(const Table* table, Time time) {
  sync_ = Event{};
  sync_.type = kSyncEvent;
  sync_.time = time;
  sync_.args[0] = ++syncs_;
  sync_.table = table;
  instead_ = places_[ready_];
  return deliver(sync_);
}

bool Reader::Impl::check_ids(const Event& event) {
  if (event.type == kSyncEvent) return true;
  const format::EventSpec& spec = format::spec_of(event.type);
  const auto argument = [&](std::uint8_t place) { return event.args[place - std::size_t{1}]; };
  for (const std::uint8_t place : spec.stacks) {
    if (place == 0 || event.table->has_stack(argument(place))) continue;
    return bad_id(event, "stack", argument(place)), false;
  }
  for (const std::uint8_t place : spec.strings) {
    if (place == 0 || event.table->has_string(argument(place))) continue;
    return bad_id(event, "string", argument(place)), false;
  }
  return true;
}

void Reader::Impl::bad_id(const Event& event, std::string_view what, std::uint64_t id) {
  Error error;
  error.code = ErrorCode::kBadId;
  error.message = fmt::format("found invalid {} ID {} for event {}", what, id,
                              format::spec_of(event.type).name);
  error.place = Place{event.generation, event.offset, event.thread, event.type};
  error.event = wire_event_text(event.type, event.args.data());
  fail(std::move(error));
}

Next Reader::Impl::bad_event(const StreamCursor& cursor) {
  Error error;
  error.code = ErrorCode::kBadEvent;
  error.message = cursor.bad();
  error.place = order_.place(cursor.event(), cursor.thread());
  return fail(std::move(error));
}

Next Reader::Impl::failed_to_advance() {
  constexpr std::size_t kMostShown = 1000;
  Error error;
  error.code = ErrorCode::kFailedToAdvance;
  error.message = "broken trace: failed to advance: frontier:";
  std::vector<const StreamCursor*> waiting;
  for (std::size_t i = 0; i < frontier_.size(); ++i) waiting.push_back(frontier_[i].cursor);
  for (const WaitingRoom::Guest& guest : waiting_room_.guests())
    waiting.push_back(&cursors_[guest.second]);
  error.waiting_threads = waiting.size();

  RestOfGeneration rest;
  std::vector<std::optional<Wanted>> wanted;
  for (const StreamCursor* cursor :
       std::span(waiting).first(std::min(waiting.size(), kMostShown))) {
    error.waiting.push_back(order_.waiting(cursor->event(), cursor->thread()));
    wanted.push_back(order_.wanted(cursor->event(), cursor->thread(), error.waiting.back()));
    if (wanted.back()) rest.want(*wanted.back());
  }
  rest.search(*generation_, waiting, order_);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    error.waiting[i].comes = rest.find(*wanted[i]);
    error.waiting[i].nowhere = !error.waiting[i].comes;
  }
  error.place = error.waiting.front().place;
  error.event = error.waiting.front().event;
  return fail(std::move(error));
}

// ---- generations ----

Next Reader::Impl::next_generation() {
  if (generations_.failed()) {
    // What is whole has been delivered; a last sync says so before the error.
    if (broken_synced_ || options_.faults.final_sync_missing) {
      if (!generations_.ends_in_table()) return fail(generations_.error());
      state_ = State::kEnded;
      return Next::kEnd;
    }
    broken_synced_ = true;
    return sync(nullptr, last_time_);
  }
  const bool spills = generations_.version() < format::Version::kGo126;
  if (spills && generation_ != nullptr && !generations_.has_spill()) return end();
  switch (generations_.read()) {
    case GenerationReader::Read::kOk:
      return install();
    case GenerationReader::Read::kNone:
      return end();
    case GenerationReader::Read::kBroken:
      break;
  }
  return next_generation();
}

bool Reader::Impl::skip_generation() {
  MPG_CHECK(options_.each_generation && failed(), "only a broken generation can be skipped");
  if (state_ != State::kFailed || generations_.failed()) return false;
  state_ = State::kReading;
  special_ = true;
  frontier_.clear();
  waiting_room_.clear();
  sample_time_ = kNoSample;
  order_.clear();
  return true;
}

Next Reader::Impl::install() {
  generation_ = &generations_.generation();
  if (options_.each_generation && !options_.faults.late_generation_leniency) order_.clear();
  order_.begin_generation(generation_->number, generation_->table, generations_.version());
  stacks_upto_ = generation_->table.stacks_upto();
  strings_upto_ = generation_->table.strings_upto();
  next_sample_ = 0;
  sample_time_ = generation_->samples.empty() ? kNoSample : generation_->samples[0].time;
  patient_ = true;
  cursors_.clear();
  frontier_.clear();
  cursors_.reserve(generation_->streams.size());  // they are pointed to
  const std::size_t slots = generation_->streams.size() + kRun;
  if (slots_.size() < slots) slots_.resize(slots);
  for (Event& slot : std::span(slots_).first(slots)) {
    slot.table = &generation_->table;
    slot.generation = generation_->number;
  }
  Event* slot = slots_.data();
  for (Event*& place : places_) place = slot++;
  if (options_.faults.nondeterministic_tie_order) shuffled_ = shuffled_streams();
  const std::vector<Stream>& streams =
      options_.faults.nondeterministic_tie_order ? shuffled_ : generation_->streams;
  for (const Stream& stream : streams) {
    StreamCursor& cursor =
        cursors_.emplace_back(*generation_, stream, order_.thread(stream.thread));
    switch (cursor.advance(*generation_, *slot)) {
      case StreamCursor::Step::kEvent:
        frontier_.insert({slot++->time, &cursor});
        break;
      case StreamCursor::Step::kEnd:
        cursors_.pop_back();
        break;
      case StreamCursor::Step::kBad:
        return bad_event(cursor);
    }
  }
  return sync(&generation_->table, generation_->table.nanoseconds(generation_->min_time));
}

// The order that a map's iteration gave the streams in: any, but here the same for a seed.
std::vector<Stream> Reader::Impl::shuffled_streams() const {
  std::vector<Stream> streams = generation_->streams;
  std::uint64_t state = options_.tie_seed + generation_->number;
  for (std::size_t left = streams.size(); left > 1; --left) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    std::swap(streams[left - 1], streams[(state >> 33) % left]);
  }
  return streams;
}

// ---- Reader ----

Reader::Reader(const ReaderOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Reader::~Reader() = default;

void Reader::reset(std::span<const std::byte> trace) {
  impl_->reset(trace);
  at_ = last_ = nullptr;
  failed_ = false;
}
void Reader::reset(ByteSource& source) {
  impl_->reset(source);
  at_ = last_ = nullptr;
  failed_ = false;
}
Next Reader::next_run() {
  const Next next = impl_->next_run();
  failed_ = next == Next::kError;
  if (next != Next::kEvent) return next;
  const std::span<const Event* const> run = impl_->run();
  at_ = run.data();
  last_ = at_ + run.size() - 1;
  return Next::kEvent;
}
bool Reader::skip_generation() {
  MPG_CHECK(failed_, "only a broken generation can be skipped");
  if (!impl_->skip_generation()) return false;
  failed_ = false;
  return true;
}
const Error& Reader::error() const {
  return impl_->error();
}
std::uint64_t Reader::events() const {
  return impl_->events() - static_cast<std::uint64_t>(last_ - at_);
}
std::uint64_t Reader::offset() const {
  return impl_->offset();
}
std::optional<format::Version> Reader::version() const {
  return impl_->version();
}

}  // namespace mpglab::parser
