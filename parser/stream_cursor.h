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

  // Goes to the next event. kBad: it cannot be read; event() has as much of it as was read.
  Step advance(const Generation& generation) {
    // The largest event is its type and five numbers of ten bytes.
    constexpr std::ptrdiff_t kMostBytes = 1 + 5 * format::kMaxVarintSize;
    if (end_ - at_ < kMostBytes) [[unlikely]]
      return advance_carefully(generation);
    const std::byte* const start = at_;
    const std::size_t numbers = kNumbers[std::to_integer<std::size_t>(*start)];
    format::Varint number = format::read_varint_inside(start + 1);
    const std::uint64_t ticks = number.value;
    std::uint64_t* argument = event_.args.data();
    for (std::size_t left = numbers; left > 1; --left) {
      if (number.behind == nullptr) [[unlikely]]
        break;
      number = format::read_varint_inside(number.behind);
      *argument++ = number.value;
    }
    if (number.behind == nullptr || numbers == 0) [[unlikely]]
      return advance_carefully(generation);
    at_ = number.behind;
    event_.type = static_cast<EventType>(*start);
    event_.offset = offset_of(start);
    set_time(generation, ticks);
    return Step::kEvent;
  }

  const WireEvent& event() const { return event_; }
  Order::Thread thread() const { return thread_; }
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
  void set_time(const Generation& generation, std::uint64_t ticks) {
    // As Go's reader has it: a time of 0 is the same as none yet.
    if (last_time_ == 0) [[unlikely]]
      last_time_ = generation.table.nanoseconds(generation.batches[batch_].time);
    last_time_ = wrapping_add(generation.table.nanoseconds(ticks), last_time_);
    event_.time = last_time_;
  }
  // The same near the end of a batch, between two, and for whatever is wrong.
  [[gnu::noinline]] Step advance_carefully(const Generation& generation);

  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t bias_ = 0;  // between an address in the batch and the offset in the input
  Time last_time_ = 0;
  std::uint32_t batch_ = 0;
  Order::Thread thread_;
  bool time_is_bad_ = false;
  WireEvent event_;
};

}  // namespace mpglab::parser
