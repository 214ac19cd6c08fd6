// Each rule of order and structure, with the smallest trace that breaks it, and one that does not.

#include <string>

#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::parser {
namespace {

// P0 runs goroutine 1 on thread 7; generation 1. What a test adds comes after it, on thread 7.
constexpr const char* kRunning =
    "ProcStatus dt=1 p=0 pstatus=1\n"
    "GoStatus dt=1 g=1 m=7 gstatus=2\n";
// P0 on thread 7 without a goroutine.
constexpr const char* kIdleThread = "ProcStatus dt=1 p=0 pstatus=1\n";

class Rules : public testing::Test {
 protected:
  void thread(int id, const std::string& events) {
    text_ += "EventBatch gen=1 m=" + std::to_string(id) + " time=100\n" + events;
  }

  // Reads the trace so far and says how it ended: "ok", or the error's code and event.
  std::string verdict(ReaderFaults faults = {}) {
    const auto trace = format::wire_from_text(text_ + kSync);
    EXPECT_TRUE(trace.has_value()) << trace.error().line << ": " << trace.error().message;
    if (!trace) return "no trace";
    Reader reader({.faults = faults});
    reader.reset(*trace);
    events_.clear();
    while (reader.next() == Next::kEvent) append_text(events_, reader.event());
    if (!reader.failed()) return "ok";
    const std::string& event = reader.error().event;
    message_ = reader.error().message;
    return std::string(code_name(reader.error().code)) + " " + event.substr(0, event.find(' '));
  }

  std::string judge(const std::string& events) {
    thread(7, events);
    return verdict();
  }

  bool tells(const std::string& what) const { return events_.find(what) != std::string::npos; }

  std::string text_ = "Trace Go1.22\n";
  std::string events_;
  std::string message_;

 private:
  static constexpr const char* kSync =
      "EventBatch gen=1 m=18446744073709551615 time=0\n"
      "Frequency freq=1000000000\n";
};

const std::string running = kRunning;
const std::string idle_thread = kIdleThread;

TEST_F(Rules, ARunningGoroutineIsFine) {
  EXPECT_EQ(judge(running), "ok");
}

// ---- Ps ----

TEST_F(Rules, AThreadWithoutAPCannotStopOne) {
  EXPECT_EQ(judge("ProcStop dt=1\n"), "unknown-resource ProcStop");
}

TEST_F(Rules, AStoppedPCanBeStartedWithTheNextNumber) {
  EXPECT_EQ(judge(idle_thread + "ProcStop dt=1\nProcStart dt=1 p=0 p_seq=1\n"), "ok");
}

TEST_F(Rules, APThatRunsCannotBeStarted) {
  thread(7, idle_thread);
  thread(8, "ProcStart dt=1 p=0 p_seq=1\n");
  EXPECT_EQ(verdict(), "failed-to-advance ProcStart");
}

// Its own P may still have to be stolen by somebody, so the start waits.
TEST_F(Rules, AThreadThatHasAPCannotStartAnother) {
  thread(8, "ProcStatus dt=1 p=1 pstatus=1\nProcStop dt=1\n");
  thread(7, idle_thread + "ProcStart dt=1 p=1 p_seq=1\n");
  EXPECT_EQ(verdict(), "failed-to-advance ProcStart");
}

TEST_F(Rules, APMayBeStoppedUnderAGoroutine) {
  EXPECT_EQ(judge(running + "ProcStop dt=1\n"), "ok");
}

TEST_F(Rules, ASkippedNumberOfAPWaitsForEver) {
  EXPECT_EQ(judge(idle_thread + "ProcStop dt=1\nProcStart dt=1 p=0 p_seq=2\n"),
            "failed-to-advance ProcStart");
}

TEST_F(Rules, AStatusMustAgreeWithWhatIsKnown) {
  EXPECT_EQ(judge(idle_thread + "ProcStop dt=1\nProcStatus dt=1 p=0 pstatus=1\n"),
            "inconsistent-status ProcStatus");
}

TEST_F(Rules, AStatusThatDoesNotExistIsNone) {
  EXPECT_EQ(judge("ProcStatus dt=1 p=0 pstatus=9\n"), "invalid-status ProcStatus");
}

TEST_F(Rules, APInASyscallCanBeStolen) {
  thread(7, running + "GoSyscallBegin dt=1 p_seq=1 stack=0\n");
  thread(8, "ProcSteal dt=1 p=0 p_seq=2 m=7\n");
  EXPECT_EQ(verdict(), "ok");
}

TEST_F(Rules, APThatRunsCannotBeStolen) {
  thread(7, running);
  thread(8, "ProcSteal dt=1 p=0 p_seq=1 m=7\n");
  EXPECT_EQ(verdict(), "failed-to-advance ProcSteal");
}

TEST_F(Rules, APCanOnlyBeStolenFromTheThreadThatHasIt) {
  thread(7, running + "GoSyscallBegin dt=1 p_seq=1 stack=0\n");
  thread(9, "ProcStatus dt=1 p=1 pstatus=1\n");
  thread(8, "ProcSteal dt=1 p=0 p_seq=2 m=9\n");
  EXPECT_EQ(verdict(), "bad-steal ProcSteal");
}

// What a thread does since Go b6b72c775a that gives its P up for a stop-the-world.
const std::string self_steal = running +
                               "GoSyscallBegin dt=1 p_seq=1 stack=0\n"
                               "ProcSteal dt=1 p=0 p_seq=2 m=7\n"
                               "GoSyscallEndBlocked dt=1\n"
                               "ProcStart dt=1 p=0 p_seq=3\n";

TEST_F(Rules, AThreadMayStealItsOwnP) {
  EXPECT_EQ(judge(self_steal), "ok");
}

TEST_F(Rules, TheReaderBeforeTheFixForgetsThatAThreadHasStolenItsOwnP) {
  thread(7, self_steal);
  EXPECT_EQ(verdict({.self_steal_update_order = true}), "failed-to-advance ProcStart");
}

TEST_F(Rules, AStealFromAThreadThatWentOnCountsAsASyscallThatLostItsP) {
  thread(7, running + "GoSyscallBegin dt=1 p_seq=1 stack=0\nGoSyscallEndBlocked dt=9\n");
  thread(8, "ProcSteal dt=1 p=0 p_seq=2 m=7\n");
  EXPECT_EQ(verdict(), "ok");
  EXPECT_TRUE(tells("Running->Idle"));
}

// ---- goroutines ----

TEST_F(Rules, AGoroutineNeedsAPToStart) {
  thread(7, running + "GoCreate dt=1 new_g=2 new_stack=0 stack=0\n");
  thread(8, "GoStart dt=9 g=2 g_seq=1\n");
  EXPECT_EQ(verdict(), "bad-context GoStart");
}

TEST_F(Rules, AGoroutineStartsOnceItIsMade) {
  EXPECT_EQ(judge(running + "GoCreate dt=1 new_g=2 new_stack=0 stack=0\nGoDestroy dt=1\n"
                            "GoStart dt=1 g=2 g_seq=1\n"),
            "ok");
}

TEST_F(Rules, AGoroutineIsMadeOnlyOnce) {
  EXPECT_EQ(judge(running + "GoCreate dt=1 new_g=1 new_stack=0 stack=0\n"),
            "already-exists GoCreate");
}

TEST_F(Rules, AThreadRunsOneGoroutineAtATime) {
  EXPECT_EQ(judge(running + "GoCreate dt=1 new_g=2 new_stack=0 stack=0\n"
                            "GoStart dt=1 g=2 g_seq=1\n"),
            "bad-context GoStart");
}

TEST_F(Rules, ADestroyedGoroutineCannotBlock) {
  EXPECT_EQ(judge(running + "GoDestroy dt=1\nGoBlock dt=1 reason_string=0 stack=0\n"),
            "bad-context GoBlock");
}

TEST_F(Rules, ABlockedGoroutineIsUnblockedAndStarts) {
  thread(7, running + "GoBlock dt=1 reason_string=0 stack=0\nGoStart dt=50 g=1 g_seq=2\n");
  thread(8, "GoUnblock dt=9 g=1 g_seq=1 stack=0\n");
  EXPECT_EQ(verdict(), "ok");
}

TEST_F(Rules, AGoroutineThatIsNotBlockedCannotBeUnblocked) {
  thread(7, running);
  thread(8, "GoUnblock dt=9 g=1 g_seq=1 stack=0\n");
  EXPECT_EQ(verdict(), "failed-to-advance GoUnblock");
}

TEST_F(Rules, TimesDoNotOrderThreads) {
  // By its time the unblocking comes long before the blocking.
  thread(7,
         "ProcStatus dt=1000 p=0 pstatus=1\nGoStatus dt=1 g=1 m=7 gstatus=2\n"
         "GoBlock dt=1 reason_string=0 stack=0\n");
  thread(8, "GoUnblock dt=1 g=1 g_seq=1 stack=0\n");
  EXPECT_EQ(verdict(), "ok");
}

TEST_F(Rules, ASyscallEndsWhereItBegan) {
  thread(7, running + "GoSyscallBegin dt=1 p_seq=1 stack=0\n");
  thread(8, "GoSyscallEnd dt=9\n");
  EXPECT_EQ(verdict(), "bad-context GoSyscallEnd");
}

TEST_F(Rules, ASyscallThatKeptItsPEndsAsIfNothingWere) {
  EXPECT_EQ(judge(running + "GoSyscallBegin dt=1 p_seq=1 stack=0\nGoSyscallEnd dt=1\n"), "ok");
}

TEST_F(Rules, ASyscallThatKeptItsPIsNotABlockedOne) {
  EXPECT_EQ(judge(running + "GoSyscallBegin dt=1 p_seq=1 stack=0\nGoSyscallEndBlocked dt=1\n"),
            "failed-to-advance GoSyscallEndBlocked");
}

TEST_F(Rules, AStatusInASyscallNamesTheThreadThatHasTheGoroutine) {
  thread(7, running);
  thread(8, "ProcStatus dt=50 p=1 pstatus=1\nGoStatus dt=1 g=2 m=7 gstatus=3\n");
  EXPECT_EQ(verdict(), "inconsistent-thread GoStatus");
}

// ---- ranges, tasks, regions ----

TEST_F(Rules, AStopTheWorldEndsAfterItBegan) {
  EXPECT_EQ(judge(running + "STWEnd dt=1\n"), "bad-range STWEnd");
}

TEST_F(Rules, AStopTheWorldBeginsOnce) {
  EXPECT_EQ(judge(running + "STWBegin dt=1 kind_string=0 stack=0\n"
                            "STWBegin dt=1 kind_string=0 stack=0\n"),
            "bad-range STWBegin");
}

TEST_F(Rules, ARegionEndsAfterItBegan) {
  EXPECT_EQ(judge(running + "UserRegionEnd dt=1 task=0 name_string=0 stack=0\n"), "ok");
}

TEST_F(Rules, AnEventOfAGoroutineNeedsOne) {
  EXPECT_EQ(judge(idle_thread + "UserLog dt=1 task=0 key_string=0 value_string=0 stack=0\n"),
            "bad-context UserLog");
}

// ---- structure ----

TEST_F(Rules, AStackThatTheGenerationDoesNotHaveIsAnError) {
  EXPECT_EQ(judge(running + "GoBlock dt=1 reason_string=0 stack=44\n"), "bad-id GoBlock");
}

TEST(Structure, AGenerationWithoutAFrequencyIsAnError) {
  const auto trace = format::wire_from_text(
      "Trace Go1.22\nEventBatch gen=1 m=7 time=100\nProcStatus dt=1 p=0 pstatus=1\n");
  ASSERT_TRUE(trace.has_value());
  Reader reader;
  reader.reset(*trace);
  while (reader.next() == Next::kEvent) {
  }
  ASSERT_TRUE(reader.failed());
  EXPECT_EQ(reader.error().code, ErrorCode::kMissingSync);
}

ErrorCode code_of(const std::string& trace) {
  Reader reader;
  reader.reset(test::bytes_of(trace));
  while (reader.next() == Next::kEvent) {
  }
  EXPECT_TRUE(reader.failed());
  return reader.error().code;
}

std::string header(const std::string& version) {
  return "go " + version + " trace" + std::string(3, '\0');
}

TEST(Structure, NothingIsNoTrace) {
  EXPECT_EQ(code_of(""), ErrorCode::kEmpty);
}

TEST(Structure, AnotherFileIsNoTrace) {
  EXPECT_EQ(code_of("#!/bin/sh\necho hello, world\n"), ErrorCode::kNotATrace);
}

TEST(Structure, TheFormatOfGo121IsTooOld) {
  EXPECT_EQ(code_of(header("1.21")), ErrorCode::kTooOld);
}

TEST(Structure, AVersionOfTheFutureIsUnknown) {
  EXPECT_EQ(code_of(header("1.99")), ErrorCode::kUnknownVersion);
}

TEST(Structure, ABatchOfAnImpossibleSizeTakesNoMemory) {
  // Type 1, generation 1, thread 1, time 0, and a size of 2^63.
  EXPECT_EQ(code_of(header("1.22") + std::string("\x01\x01\x01\x00", 4) + std::string(9, '\x80') +
                    "\x01"),
            ErrorCode::kBadBatch);
}

TEST(Structure, AnEventThatDoesNotExistIsAnError) {
  // Seven bytes of a batch: its frequency, and one with the single byte 100.
  const std::string sync = std::string("\x01\x01\x01\x00\x02\x08\x01", 7);
  EXPECT_EQ(code_of(header("1.22") + sync + std::string("\x01\x01\x02\x00\x01\x64", 6)),
            ErrorCode::kBadEvent);
}

std::string message_of_frequency(const std::string& number) {
  const std::string batch =
      std::string("\x01\x01\x01\x00", 4) + static_cast<char>(number.size() + 1) + "\x08" + number;
  const std::string trace = header("1.22") + batch;
  Reader reader;
  reader.reset(test::bytes_of(trace));
  while (reader.next() == Next::kEvent) {
  }
  return reader.failed() ? reader.error().message : "ok";
}

TEST(Structure, ANumberThatEndsTooEarlyIsCut) {
  EXPECT_EQ(message_of_frequency(std::string(9, '\x80')), "unexpected EOF");
}

TEST(Structure, ANumberOfTenBytesWithoutALastOneIsTooLargeEvenAtTheEnd) {
  EXPECT_EQ(message_of_frequency(std::string(10, '\x80')),
            "binary: varint overflows a 64-bit integer");
}

// GoSwitch came with 1.23, and the reader of an older trace has no name for it.
TEST(Structure, AnEventOfALaterVersionHasNoName) {
  auto trace = *format::wire_from_text(
      "Trace Go1.23\nEventBatch gen=1 m=7 time=1\nProcStatus dt=1 p=0 pstatus=1\n"
      "GoStatus dt=1 g=1 m=7 gstatus=2\nGoSyscallBegin dt=1 p_seq=1 stack=0\n"
      "GoSwitch dt=1 g=1 g_seq=1\n"
      "EventBatch gen=1 m=18446744073709551615 time=0\nFrequency freq=1000000000\n");
  trace[std::string_view("go 1.2").size()] = std::byte{'2'};
  Reader reader;
  reader.reset(trace);
  while (reader.next() == Next::kEvent) {
  }
  ASSERT_TRUE(reader.failed());
  EXPECT_EQ(reader.error().message, "Invalid(45) event for goroutine that's not Running");
}

}  // namespace
}  // namespace mpglab::parser
