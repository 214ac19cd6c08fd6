// The reader puts events in order a run at a time. Nobody who asks for one after the other can
// tell.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/reader.h"

namespace mpglab::parser {
namespace {

// Many runs, whatever their length is: 300 events of the wire.
constexpr int kMany = 300;

class Runs : public testing::Test {
 protected:
  // P0 runs goroutine 1 on thread 7; goroutine 2 waits.
  void begin_generation(int number) {
    text_ += "EventBatch gen=" + std::to_string(number) +
             " m=7 time=100\n"
             "ProcStatus dt=1 p=0 pstatus=1\n"
             "GoStatus dt=1 g=1 m=7 gstatus=2\n"
             "GoStatus dt=1 g=2 m=18446744073709551615 gstatus=4\n";
  }
  void allocate_many() {
    for (int i = 0; i < kMany; ++i) text_ += "HeapAlloc dt=1 heapalloc_value=5\n";
  }
  // The two goroutines hand over to each other; numbers of each count by themselves.
  void switch_many() {
    for (int i = 0; i < kMany; ++i)
      text_ += "GoSwitch dt=1 g=" + std::to_string(2 - i % 2) +
               " g_seq=" + std::to_string(i / 2 + 1) + "\n";
  }
  // Goroutine 1 is in no syscall.
  void go_wrong() { text_ += "GoSyscallEnd dt=1\n"; }
  void end_generation(int number) {
    text_ += "EventBatch gen=" + std::to_string(number) +
             " m=18446744073709551615 time=0\n"
             "Frequency freq=1000000000\n";
  }

  Reader& read() {
    const auto trace = format::wire_from_text(text_);
    EXPECT_TRUE(trace.has_value()) << trace.error().line << ": " << trace.error().message;
    trace_ = trace.value_or(std::vector<std::byte>{});
    reader_.reset(trace_);
    return reader_;
  }

 private:
  std::string text_ = "Trace Go1.23\n";
  std::vector<std::byte> trace_;
  Reader reader_;
};

TEST_F(Runs, CountTheEventsThatWereGoneTo) {
  begin_generation(1);
  allocate_many();
  end_generation(1);
  Reader& reader = read();
  std::vector<std::uint64_t> counts;
  while (reader.next() == Next::kEvent) counts.push_back(reader.events());
  // A sync at either end and three statuses.
  std::vector<std::uint64_t> one_by_one(kMany + 5);
  for (std::size_t i = 0; i < one_by_one.size(); ++i) one_by_one[i] = i + 1;
  EXPECT_EQ(counts, one_by_one);
}

TEST_F(Runs, HaveNotFailedBeforeTheErrorIsReached) {
  begin_generation(1);
  allocate_many();
  go_wrong();
  end_generation(1);
  Reader& reader = read();
  // A sync and three statuses come first.
  for (int i = 0; i < kMany + 4; ++i) {
    ASSERT_EQ(reader.next(), Next::kEvent);
    ASSERT_FALSE(reader.failed()) << "at event " << i;
  }
  EXPECT_EQ(reader.next(), Next::kError);
}

TEST_F(Runs, LeaveNothingOutThatComesBeforeAnError) {
  begin_generation(1);
  allocate_many();
  go_wrong();
  end_generation(1);
  Reader& reader = read();
  while (reader.next() == Next::kEvent) {
  }
  EXPECT_EQ(reader.error().events, kMany + 4U);
}

TEST_F(Runs, KeepAnEventUntilTheNextOne) {
  begin_generation(1);
  allocate_many();
  end_generation(1);
  Reader& reader = read();
  std::vector<Time> times;
  while (reader.next() == Next::kEvent) {
    const Event& event = reader.event();
    if (event.type == EventType::kHeapAlloc) times.push_back(event.time);
  }
  // The batch begins at 100, and three statuses come first.
  std::vector<Time> one_by_one(kMany);
  for (std::size_t i = 0; i < one_by_one.size(); ++i) one_by_one[i] = 104 + static_cast<Time>(i);
  EXPECT_EQ(times, one_by_one);
}

TEST_F(Runs, MakeThreeEventsOfEachSwitch) {
  begin_generation(1);
  switch_many();
  end_generation(1);
  std::vector<EventType> types;
  for (const Event& event : read()) types.push_back(event.type);
  std::vector<EventType> expected = {kSyncEvent, EventType::kProcStatus, EventType::kGoStatus,
                                     EventType::kGoStatus};
  for (int i = 0; i < kMany; ++i)
    expected.insert(expected.end(),
                    {EventType::kGoSwitch, EventType::kGoBlock, EventType::kGoStart});
  expected.push_back(kSyncEvent);
  EXPECT_EQ(types, expected);
}

// Whoever reads from a pipe has the events of a generation before the next one has been written.
TEST_F(Runs, NeverReadBeyondTheGeneration) {
  for (const int number : {1, 2}) {
    begin_generation(number);
    allocate_many();
    end_generation(number);
  }
  Reader& reader = read();
  std::vector<std::uint64_t> offsets;
  while (reader.next() == Next::kEvent)
    if (reader.event().generation == 1) offsets.push_back(reader.offset());
  EXPECT_EQ(std::count(offsets.begin(), offsets.end(), offsets.front()), kMany + 3);
}

}  // namespace
}  // namespace mpglab::parser
