// StreamCursor: where the reader is in the events of one thread, and the event that comes next.
//
// Source: Go's own reader (golang/exp trace/batchcursor.go, August 2026) for what is accepted and
// how times add up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "format/event.h"
#include "format/varint.h"
#include "parser/generation.h"
#include "parser/order.h"

namespace mpglab::parser {

// Times come from the input: they wrap round as Go's do.
inline Time wrapping_add(Time a, Time b) {
  return static_cast<Time>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class StreamCursor {
 public:
  enum class Step : std::uint8_t { kEvent, kEnd, kBad };

  // Stands before the first event. The generation has to stay.
  StreamCursor(const Generation& generation, const Stream& stream, Order::Thread thread)
      : thread_(thread) {
    begin(generation, stream.first);
  }

  // Goes to the next event, which is read into `into`: its type, time, offset and arguments; into
  // the rest of it nothing is written. kBad: it cannot be read; event() has as much of it as was
  // read. kEnd: there is none, and `into` is left alone.
  Step advance(const Generation& generation, Event& into) {
    Time time = 0;
    return advance_simply(generation, into, time) ? Step::kEvent
                                                  : advance_carefully(generation, into);
  }

  // The same as long as an event is of the usual kind, whose time is told. False: nothing has
  // happened, and it takes advance_carefully() to see.
  [[gnu::always_inline]] bool advance_simply(const Generation& generation, Event& into,
                                             Time& time) {
    // The largest event is its type and five numbers of ten bytes.
    constexpr std::ptrdiff_t kMostBytes = 1 + 5 * format::kMaxVarintSize;
    if (end_ - at_ < kMostBytes) [[unlikely]]
      return false;
    const std::byte* at = at_;
    const auto type = std::to_integer<std::size_t>(*at++);
    std::uint64_t ticks = 0;
    if (!short_varint(at, ticks)) [[unlikely]]
      return false;
    const std::size_t numbers = kNumbers[type];
    if (numbers == 0) [[unlikely]]
      return false;  // it may not stand here
#pragma GCC unroll 4
    for (std::size_t i = 0; i < format::kMaxTimedArgs; ++i) {
      if (i + 1 == numbers) break;
      if (!short_varint(at, into.args[i])) [[unlikely]]
        return false;
    }
    into.type = static_cast<EventType>(type);
    into.offset = offset_of(at_);
    at_ = at;
    event_ = &into;
    set_time(generation, ticks);
    time = last_time_;
    return true;
  }
  // With larger numbers, near the end of a batch, between two, and for whatever is wrong.
  [[gnu::noinline]] Step advance_carefully(const Generation& generation, Event& into);

  // What the last advance() has read.
  Event& event() const {
    return *event_;
  }
  Order::Thread thread() const {
    return thread_;
  }
  // Why advance() answered kBad.
  std::string bad() const;

 private:
  // How many numbers an event has, its time included; 0: it is none that may stand here.
  static constexpr std::array<std::uint8_t, 256> kNumbers = [] {
    std::array<std::uint8_t, 256> numbers{};
    for (std::size_t type = 0; type < format::kEventTypes; ++type) {
      const format::EventSpec& spec = format::kEventSpecs[type];
      if (spec.timed) numbers[type] = spec.arg_count;
    }
    return numbers;
  }();

  void begin(const Generation& generation, std::uint32_t batch) {
    batch_ = batch;
    const Batch& now = generation.batches[batch];
    at_ = now.data.data();
    end_ = at_ + now.data.size();
    bias_ = now.data_offset - reinterpret_cast<std::uintptr_t>(at_);
    last_time_ = 0;
  }
  std::uint64_t offset_of(const std::byte* at) const {
    return bias_ + reinterpret_cast<std::uintptr_t>(at);
  }
  [[gnu::always_inline]] void set_time(const Generation& generation, std::uint64_t ticks) {
    // As Go's reader has it: a time of 0 is the same as none yet.
    if (last_time_ == 0) [[unlikely]]
      last_time_ = generation.table.nanoseconds(generation.batches[batch_].time);
    last_time_ = wrapping_add(generation.table.nanoseconds(ticks), last_time_);
    event_->time = last_time_;
  }
  // Most numbers of a trace have one byte or two. False: it has more than three, and `at` is left
  // where it was.
  [[gnu::always_inline]] static bool short_varint(const std::byte*& at, std::uint64_t& value) {
    const auto first = std::to_integer<std::uint64_t>(at[0]);
    if (first < 0x80) [[likely]] {
      value = first;
      at += 1;
      return true;
    }
    const auto second = std::to_integer<std::uint64_t>(at[1]);
    if (second < 0x80) [[likely]] {
      value = (first & 0x7f) | second << 7;
      at += 2;
      return true;
    }
    const auto third = std::to_integer<std::uint64_t>(at[2]);
    if (third < 0x80) [[likely]] {
      value = (first & 0x7f) | (second & 0x7f) << 7 | third << 14;
      at += 3;
      return true;
    }
    return false;
  }
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t bias_ = 0;  // between an address in the batch and the offset in the input
  Time last_time_ = 0;
  std::uint32_t batch_ = 0;
  Order::Thread thread_;
  bool time_is_bad_ = false;
  Event* event_ = nullptr;
};

}  // namespace mpglab::parser
