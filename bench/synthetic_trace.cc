#include "synthetic_trace.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "format/event.h"
#include "format/varint.h"

namespace mpglab::bench {

namespace {

using format::EventType;

class Bytes {
 public:
  std::vector<std::byte> data;

  void byte(EventType type) { data.push_back(static_cast<std::byte>(type)); }
  void number(std::uint64_t value) { format::append_varint(data, value); }
  void event(EventType type, std::initializer_list<std::uint64_t> numbers) {
    byte(type);
    for (const std::uint64_t each : numbers) number(each);
  }
};

// The events of one thread, cut into batches.
class Stream {
 public:
  Stream(Bytes& out, std::uint64_t gen, std::uint64_t thread, std::uint64_t time)
      : out_(out), gen_(gen), thread_(thread), begin_(time), time_(time) {}

  // The first of the numbers is the time since the event before.
  void event(EventType type, std::initializer_list<std::uint64_t> numbers) {
    constexpr std::size_t kLargestEvent = 1 + 5 * format::kMaxVarintSize;
    if (batch_.data.size() + kLargestEvent > format::kMaxBatchSize) flush();
    batch_.event(type, numbers);
    time_ += *numbers.begin();
  }
  void flush() {
    out_.event(EventType::kEventBatch, {gen_, thread_, begin_, batch_.data.size()});
    out_.data.insert(out_.data.end(), batch_.data.begin(), batch_.data.end());
    batch_.data.clear();
    begin_ = time_;
  }
  std::uint64_t time() const { return time_; }

 private:
  Bytes& out_;
  std::uint64_t gen_;
  std::uint64_t thread_;
  std::uint64_t begin_;  // of the batch
  std::uint64_t time_;
  Bytes batch_;
};

}  // namespace

std::vector<std::byte> synthetic_trace(const Shape& shape) {
  constexpr std::uint64_t kNoThread = ~std::uint64_t{0};
  constexpr std::uint64_t kFirstThread = 1000;
  constexpr std::uint64_t kRunning = 1;  // a P's status
  constexpr std::uint64_t kWaiting = 4;  // a goroutine's
  constexpr std::uint64_t kEventsOfATurn = 3;
  Bytes out;
  for (const char c : std::string_view("go 1.22 trace\0\0\0", 16))
    out.data.push_back(static_cast<std::byte>(c));

  std::uint64_t time = 1;
  const std::uint64_t turns =
      std::max<std::uint64_t>(1, shape.events / kEventsOfATurn / shape.threads / shape.generations);
  for (std::uint64_t gen = 1; gen <= shape.generations; ++gen) {
    std::uint64_t end = time;
    std::uint64_t group_begin = time;
    for (std::uint64_t t = 0; t < shape.threads; ++t) {
      if (t % shape.at_a_time == 0) group_begin = end;
      Stream stream(out, gen, kFirstThread + t, group_begin + t % shape.at_a_time);
      stream.event(EventType::kProcStatus, {1, t, kRunning});
      // Goroutine g is at home on thread g mod threads; ids begin with 1.
      for (std::uint64_t g = t; g < shape.goroutines; g += shape.threads)
        stream.event(EventType::kGoStatus, {1, g + 1, kNoThread, kWaiting});
      std::uint64_t g = t;
      std::uint64_t seq = 1;
      for (std::uint64_t turn = 0; turn < turns && t < shape.goroutines; ++turn) {
        // Threads take turns in no order that a processor could learn.
        const std::uint64_t pause = 1 + (turn * turn + t) * 2654435761U % 61;
        stream.event(EventType::kGoUnblock, {pause, g + 1, seq, 0});
        stream.event(EventType::kGoStart, {1, g + 1, seq + 1});
        stream.event(EventType::kGoBlock, {1, 0, 0});
        g += shape.threads;
        if (g >= shape.goroutines) {
          g = t;
          seq += 2;
        }
      }
      stream.flush();
      end = std::max(end, stream.time());
    }
    // Statuses say that everything waits and every P runs, which is so at the end of a generation.
    Bytes frequency;
    frequency.event(EventType::kFrequency, {1'000'000'000});
    out.event(EventType::kEventBatch, {gen, kNoThread, time, frequency.data.size()});
    out.data.insert(out.data.end(), frequency.data.begin(), frequency.data.end());
    time = end + 1;
  }
  return std::move(out.data);
}

}  // namespace mpglab::bench
