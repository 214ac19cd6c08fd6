// Which trouble a broken trace has, and which race it looks like.

#include "doctor/diagnosis.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::doctor {
namespace {

parser::Error error_of(std::span<const std::byte> trace) {
  parser::Reader reader;
  reader.reset(trace);
  while (reader.next() == parser::Next::kEvent) {
  }
  EXPECT_TRUE(reader.failed());
  return reader.failed() ? reader.error() : parser::Error{};
}

Diagnosis of_recorded(const std::string& name) {
  const std::string trace = test::read_text(test::data_path(name));
  return diagnose(error_of(test::bytes_of(trace)));
}

Diagnosis of_text(const std::string& batches) {
  const auto trace = format::wire_from_text(
      "Trace Go1.22\n" + batches +
      "EventBatch gen=1 m=18446744073709551615 time=0\nFrequency freq=1000000000\n");
  EXPECT_TRUE(trace.has_value());
  return diagnose(error_of(*trace));
}

std::string first_race(const Diagnosis& diagnosis) {
  return diagnosis.races.empty() ? "" : std::string(diagnosis.races.front().id);
}

TEST(DiagnosisTest, NamesTheRaceOfADeadPInARealTrace) {
  EXPECT_EQ(first_race(of_recorded("go122-broken-dead-p.trace")), "dead-p-stale-on-stop");
}

TEST(DiagnosisTest, NamesTheRaceOfAWrongThreadIdInARealTrace) {
  EXPECT_EQ(first_race(of_recorded("go122-broken-thread-id.trace")), "status-mid-not-procid");
}

TEST(DiagnosisTest, NamesTheRaceOfAnEndedCoroutineInARealTrace) {
  EXPECT_EQ(first_race(of_recorded("go125-broken-coro-exit.trace")), "coro-destroy-missing-status");
}

TEST(DiagnosisTest, AStopOfAPThatTheThreadHasNotIsTheRaceThatMpglabWasMadeFor) {
  EXPECT_EQ(first_race(of_text("EventBatch gen=1 m=7 time=1\nProcStop dt=1\n")),
            "gcwait-stop-not-steal");
}

TEST(DiagnosisTest, ASyscallThatNobodyStoleFromIsAStealThatGotLost) {
  EXPECT_EQ(first_race(of_text("EventBatch gen=1 m=7 time=1\n"
                               "ProcStatus dt=1 p=0 pstatus=1\n"
                               "GoStatus dt=1 g=1 m=7 gstatus=2\n"
                               "GoSyscallBegin dt=1 p_seq=1 stack=0\n"
                               "GoSyscallEndBlocked dt=1\n")),
            "steal-outside-trace-lock");
}

TEST(DiagnosisTest, ContradictionsAreTracerRaces) {
  EXPECT_EQ(of_recorded("go122-broken-dead-p.trace").trouble, Trouble::kTracerRace);
}

TEST(DiagnosisTest, ATraceThatEndsInABatchIsTruncated) {
  std::string trace = test::read_text(test::data_path("go122-chans.trace"));
  // The header of the first batch and a little of its content.
  trace.resize(40);
  EXPECT_EQ(diagnose(error_of(test::bytes_of(trace))).trouble, Trouble::kTruncated);
}

// The generation counts as complete, as its clock is there; what its threads wait for was cut off.
TEST(DiagnosisTest, AThreadThatWaitsForWhatWasCutOffIsTruncated) {
  std::string trace = test::read_text(test::data_path("go122-chans.trace"));
  trace.resize(3000);
  const parser::Error error = error_of(test::bytes_of(trace));
  ASSERT_EQ(error.code, parser::ErrorCode::kFailedToAdvance);
  EXPECT_EQ(diagnose(error).trouble, Trouble::kTruncated);
}

TEST(DiagnosisTest, AnEventThatDoesNotExistIsCorrupt) {
  // Thread 7's only batch holds one byte, which is no event's number.
  auto trace = *format::wire_from_text(
      "Trace Go1.22\nEventBatch gen=1 m=18446744073709551615 time=0\n"
      "Frequency freq=1000000000\n");
  for (const int byte : {1, 1, 7, 1, 1, 0x7f}) trace.push_back(static_cast<std::byte>(byte));
  EXPECT_EQ(diagnose(error_of(trace)).trouble, Trouble::kCorrupt);
}

// The clock of a generation is among its last batches.
TEST(DiagnosisTest, ATraceThatEndsBeforeTheClockOfItsGenerationIsTruncated) {
  const auto trace = *format::wire_from_text(
      "Trace Go1.22\nEventBatch gen=1 m=7 time=1\nProcStatus dt=1 p=0 pstatus=1\n");
  EXPECT_EQ(diagnose(error_of(trace)).trouble, Trouble::kTruncated);
}

TEST(DiagnosisTest, AGenerationWithoutItsClockBeforeAnotherMissesABatch) {
  const auto trace = *format::wire_from_text(
      "Trace Go1.22\nEventBatch gen=1 m=7 time=1\nProcStatus dt=1 p=0 pstatus=1\n"
      "EventBatch gen=2 m=7 time=1\nProcStatus dt=1 p=0 pstatus=1\n");
  EXPECT_EQ(diagnose(error_of(trace)).trouble, Trouble::kMissingGeneration);
}

// The batch that had P0's first start and stop is gone.
TEST(DiagnosisTest, AGapInTheNumbersOfAPIsAMissingBatch) {
  EXPECT_EQ(of_text("EventBatch gen=1 m=7 time=1\nProcStatus dt=1 p=0 pstatus=2\n"
                    "EventBatch gen=1 m=8 time=9\nProcStart dt=1 p=0 p_seq=2\n")
                .trouble,
            Trouble::kMissingGeneration);
}

// The same start, and somebody who would start the P before, but waits for what never comes.
TEST(DiagnosisTest, ANumberThatComesBehindAWaitingEventIsNotMissing) {
  EXPECT_EQ(of_text("EventBatch gen=1 m=7 time=1\nProcStatus dt=1 p=0 pstatus=2\n"
                    "EventBatch gen=1 m=8 time=9\nProcStart dt=1 p=0 p_seq=2\n"
                    "EventBatch gen=1 m=9 time=9\nProcStart dt=1 p=1 p_seq=1\n"
                    "ProcStart dt=1 p=0 p_seq=1\n")
                .trouble,
            Trouble::kTracerRace);
}

TEST(DiagnosisTest, TextIsNoTrace) {
  const std::string text = "Trace Go1.22\nEventBatch gen=1";
  EXPECT_EQ(diagnose(error_of(test::bytes_of(text))).trouble, Trouble::kNotATrace);
}

}  // namespace
}  // namespace mpglab::doctor
