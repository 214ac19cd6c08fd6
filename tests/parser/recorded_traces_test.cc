// Real traces, and what Go's own reader says of them.

#include <cstdio>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "parser/events_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::parser {
namespace {

std::string events_of(Reader& reader) {
  std::string text;
  while (reader.next() == Next::kEvent) append_text(text, reader.event());
  return text;
}

// Gives a few bytes at a time, as a pipe may.
class Trickle final : public ByteSource {
 public:
  explicit Trickle(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::optional<std::size_t> read(std::byte* out, std::size_t size) override {
    const std::size_t count = std::min({size, bytes_.size() - at_, std::size_t{7}});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, out);
    at_ += count;
    return count;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

class RecordedTraces : public testing::TestWithParam<test::RecordedVerdict> {
 protected:
  void SetUp() override {
    trace_ = test::read_text(test::data_path(GetParam().trace + ".trace"));
    reader_.reset(test::bytes_of(trace_));
  }

  std::string trace_;
  Reader reader_;
};

TEST_P(RecordedTraces, DeliverTheEventsOfGosReader) {
  EXPECT_EQ(events_of(reader_), test::read_text(test::data_path(GetParam().trace + ".events.txt")));
}

TEST_P(RecordedTraces, EndAsInGosReader) {
  events_of(reader_);
  EXPECT_EQ(reader_.events(), GetParam().events);
  ASSERT_EQ(reader_.failed(), !GetParam().ok);
  if (!GetParam().ok) {
    const std::string& message = reader_.error().message;
    EXPECT_EQ(message.substr(0, message.find('\n')), GetParam().error);
  }
}

TEST_P(RecordedTraces, ReadTheSameFromASourceThatTrickles) {
  const std::string from_memory = events_of(reader_);
  Trickle source(test::bytes_of(trace_));
  reader_.reset(source);
  EXPECT_TRUE(events_of(reader_) == from_memory);
}

INSTANTIATE_TEST_SUITE_P(Recorded, RecordedTraces, testing::ValuesIn(test::recorded_verdicts()),
                         test::case_name);

// What is wrong with a trace that the fault of golang/go#65196 has broken.
class BrokenThreadId : public testing::Test {
 protected:
  void SetUp() override {
    trace_ = test::read_text(test::data_path("go122-broken-thread-id.trace"));
    reader_.reset(test::bytes_of(trace_));
    while (reader_.next() == Next::kEvent) {
    }
  }
  std::string trace_;
  Reader reader_;
};

TEST_F(BrokenThreadId, IsOneOfThreads) {
  EXPECT_EQ(reader_.error().code, ErrorCode::kInconsistentThread);
}

TEST_F(BrokenThreadId, NamesTheEvent) {
  EXPECT_EQ(reader_.error().event, "GoStatus g=19 m=24120 gstatus=3");
}

TEST_F(BrokenThreadId, NamesThePlace) {
  ASSERT_TRUE(reader_.error().place.has_value());
  EXPECT_EQ(reader_.error().place->generation, 2U);
  EXPECT_EQ(reader_.error().place->thread, 24120);
  // The byte of the event's type: GoStatus is number 25.
  EXPECT_EQ(static_cast<unsigned char>(trace_.at(reader_.error().place->offset)), 25);
}

TEST_F(BrokenThreadId, NamesWhatContradictsIt) {
  EXPECT_EQ(reader_.error().contradiction, "thread 24120 has no goroutine");
  EXPECT_TRUE(reader_.error().contradicts.has_value());
}

TEST_F(BrokenThreadId, StaysWhereItIs) {
  EXPECT_EQ(reader_.next(), Next::kError);
}

TEST(BrokenDeadP, SaysWhatEachThreadWaitsFor) {
  const std::string trace = test::read_text(test::data_path("go122-broken-dead-p.trace"));
  Reader reader;
  reader.reset(test::bytes_of(trace));
  events_of(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kFailedToAdvance);
  // Eight threads have events left in the generation, by the frontier that Go's reader prints.
  EXPECT_EQ(reader.error().waiting.size(), 8U);
}

// P2 and P3 were ready for another generation and get no status in this one; all else waits for
// what comes behind them.
TEST(BrokenTraces, SayWhichOfTheWaitingThreadsWaitsForWhatNeverComes) {
  const std::string trace = test::read_text(test::data_path("go122-broken-dead-p.trace"));
  Reader reader;
  reader.reset(test::bytes_of(trace));
  while (reader.next() == Next::kEvent) {
  }
  std::set<std::string> never;
  for (const Waiting& waiting : reader.error().waiting)
    if (waiting.nowhere) never.insert(waiting.needs);
  EXPECT_EQ(never, (std::set<std::string>{"P2 to be known; no status of it came",
                                          "P3 to be known; no status of it came"}));
}

TEST(BrokenTraces, SayWhereWhatAThreadWaitsForComes) {
  const std::string trace = test::read_text(test::data_path("go122-broken-dead-p.trace"));
  Reader reader;
  reader.reset(test::bytes_of(trace));
  while (reader.next() == Next::kEvent) {
  }
  // The fifth waits for number 8 of P1; the next number is 1.
  const auto& comes = reader.error().waiting.at(4).comes;
  ASSERT_TRUE(comes.has_value());
  EXPECT_EQ(comes->offset, 1673U);
}

// Reads whatever it is to the end; the answer does not matter, only that there is one.
void survive(Reader& reader, const std::string& trace) {
  reader.reset(test::bytes_of(trace));
  while (reader.next() == Next::kEvent) {
  }
}

TEST(Hardened, EveryCutOfATraceGetsAnAnswer) {
  Reader reader;
  const std::string trace = test::read_text(test::data_path("go122-broken-thread-id.trace"));
  for (std::size_t size = 0; size < trace.size(); size += 3) survive(reader, trace.substr(0, size));
  SUCCEED();
}

TEST(Hardened, ACutInsideOfTheTraceIsAnError) {
  Reader reader;
  const std::string trace = test::read_text(test::data_path("go123-coro.trace"));
  survive(reader, trace.substr(0, trace.size() - 1));
  EXPECT_TRUE(reader.failed());
}

TEST(Hardened, EveryChangedByteGetsAnAnswer) {
  Reader reader;
  for (const char* const name : {"go123-coro", "go125-coro"}) {
    const std::string trace = test::read_text(test::data_path(std::string(name) + ".trace"));
    for (std::size_t at = 0; at < trace.size(); ++at) {
      for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
        std::string changed = trace;
        changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ change);
        survive(reader, changed);
      }
    }
  }
  SUCCEED();
}

TEST(Hardened, AReaderIsAsNewAfterABrokenTrace) {
  Reader reader;
  survive(reader, test::read_text(test::data_path("go122-broken-dead-p.trace")));
  const std::string trace = test::read_text(test::data_path("go122-chans.trace"));
  reader.reset(test::bytes_of(trace));
  EXPECT_TRUE(events_of(reader) == test::read_text(test::data_path("go122-chans.events.txt")));
}

}  // namespace
}  // namespace mpglab::parser
