// A reader that has run out of patience lets threads wait aside. It has to deliver the same.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::parser {
namespace {

// The recorded trace, as if each thread's clock went wrong by some time of its own in each batch:
// so events have to wait for others that seem to come later. A batch's events stay in order.
std::vector<std::byte> with_skewed_clocks(const std::string& name, std::uint64_t seed) {
  const std::string text = test::read_text(test::data_path(name + ".wire.txt"));
  std::string skewed;
  std::uint64_t state = seed;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("EventBatch")) {
      const std::size_t time = line.find("time=") + 5;
      state = state * 6364136223846793005U + 1442695040888963407U;
      // An odd shift, so that hardly any two times are equal.
      const std::uint64_t ticks = std::stoull(line.substr(time)) + ((state >> 40) | 1);
      line = line.substr(0, time) + std::to_string(ticks);
    }
    skewed += line + "\n";
  }
  const auto trace = format::wire_from_text(skewed);
  EXPECT_TRUE(trace.has_value());
  return *trace;
}

struct Reading {
  std::string events;
  std::string error;
};

Reading read(const std::vector<std::byte>& trace, std::uint64_t patience) {
  Reader reader({.patience = patience});
  reader.reset(trace);
  Reading reading;
  for (const Event& event : reader) append_text(reading.events, event);
  if (reader.failed()) reading.error = reader.error().message;
  return reading;
}

class Patience : public testing::TestWithParam<std::tuple<const char*, std::uint64_t>> {
 protected:
  void SetUp() override {
    const auto& [name, seed] = GetParam();
    trace_ = with_skewed_clocks(name, seed);
  }
  std::vector<std::byte> trace_;
};

TEST_P(Patience, MakesNoDifferenceToTheEvents) {
  EXPECT_EQ(read(trace_, 0).events, read(trace_, 1'000'000).events);
}

TEST_P(Patience, MakesNoDifferenceToTheError) {
  EXPECT_EQ(read(trace_, 0).error, read(trace_, 1'000'000).error);
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, Patience,
    testing::Combine(testing::Values("go122-chans", "go122-netecho", "go123-cgo-callback",
                                     "go122-broken-dead-p", "go125-startstop", "go126-netecho"),
                     testing::Range<std::uint64_t>(1, 9)));

// Thread 1 waits for a goroutine that thread 2 never blocks, and 2 has more to do than patience
// lasts.
TEST(PatienceTest, RunsOutWithoutAnError) {
  std::string text =
      "Trace Go1.22\nEventBatch gen=1 m=1 time=1\nGoUnblock dt=1 g=9 g_seq=1 stack=0\n"
      "EventBatch gen=1 m=2 time=100\nProcStatus dt=1 p=0 pstatus=1\n"
      "GoStatus dt=1 g=9 m=2 gstatus=2\n";
  for (int i = 0; i < 1000; ++i) text += "HeapAlloc dt=1 heapalloc_value=1\n";
  text +=
      "GoBlock dt=1 reason_string=0 stack=0\n"
      "EventBatch gen=1 m=18446744073709551615 time=0\nFrequency freq=1000000000\n";
  const auto trace = format::wire_from_text(text);
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(read(*trace, 0).error, "");
}

}  // namespace
}  // namespace mpglab::parser
