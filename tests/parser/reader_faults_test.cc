// Faults of Go's own readers, switched on one by one: each with a small trace that is judged
// otherwise with it.

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::parser {
namespace {

constexpr const char* kFrequency =
    "EventBatch gen=1 m=18446744073709551615 time=0\n"
    "Frequency freq=1000000000\n";

std::vector<std::byte> trace_of(const std::string& batches) {
  const auto trace = format::wire_from_text("Trace Go1.22\n" + batches + kFrequency);
  EXPECT_TRUE(trace.has_value()) << trace.error().line << ": " << trace.error().message;
  return trace ? *trace : std::vector<std::byte>{};
}

// "ok 5": five events; "bad-context 3": the error after three.
std::string verdict(std::span<const std::byte> trace, const ReaderOptions& options = {}) {
  Reader reader(options);
  reader.reset(trace);
  while (reader.next() == Next::kEvent) {
  }
  return std::string(reader.failed() ? code_name(reader.error().code) : "ok") + " " +
         std::to_string(reader.events());
}

std::string events(std::span<const std::byte> trace, const ReaderOptions& options) {
  Reader reader(options);
  reader.reset(trace);
  std::string text;
  for (const Event& event : reader) append_text(text, event);
  return text;
}

// A callback from C on thread 7 that ends in a syscall with P0, so that P0 is left behind.
constexpr const char* kCallback =
    "EventBatch gen=1 m=7 time=100\n"
    "GoCreateSyscall dt=1 new_g=4\n"
    "ProcStatus dt=1 p=0 pstatus=2\n"
    "ProcStart dt=1 p=0 p_seq=1\n"
    "GoSyscallEndBlocked dt=1\n"
    "GoStart dt=1 g=4 g_seq=1\n"
    "GoSyscallBegin dt=1 p_seq=2 stack=0\n"
    "GoDestroySyscall dt=1\n";

TEST(ThreadIdReuse, ANewThreadWithAnOldIdMayStartAP) {
  const auto trace = trace_of(std::string(kCallback) +
                              "ProcStatus dt=1 p=1 pstatus=2\n"
                              "ProcStart dt=1 p=1 p_seq=1\n");
  // Two syncs, nine wire events, and the steal that the callback's end stands for.
  EXPECT_EQ(verdict(trace), "ok 12");
  EXPECT_EQ(verdict(trace, {.faults = {.thread_id_reuse = true}}), "failed-to-advance 9");
}

TEST(CreateSyscallWithProc, ASecondCallbackHasNoPFromTheFirst) {
  const auto trace =
      trace_of(std::string(kCallback) + "GoCreateSyscall dt=1 new_g=5\nGoSyscallEnd dt=1\n");
  EXPECT_EQ(verdict(trace), "bad-context 10");
  EXPECT_EQ(verdict(trace, {.faults = {.create_syscall_with_proc = true}}), "ok 11");
}

TEST(SyscallStealAmbiguity, AStealBelongsToTheSyscallThatItsNumberSays) {
  // Thread 8's clock lags: its steal, of the second syscall, seems to be in the first.
  const auto trace = trace_of(
      "EventBatch gen=1 m=7 time=100\n"
      "ProcStatus dt=1 p=0 pstatus=1\n"
      "GoStatus dt=1 g=1 m=7 gstatus=2\n"
      "GoSyscallBegin dt=1 p_seq=1 stack=0\n"
      "GoSyscallEnd dt=9\n"
      "GoSyscallBegin dt=1 p_seq=2 stack=0\n"
      "GoSyscallEndBlocked dt=9\n"
      "EventBatch gen=1 m=8 time=105\n"
      "ProcSteal dt=1 p=0 p_seq=3 m=7\n");
  EXPECT_EQ(verdict(trace), "ok 9");
  EXPECT_EQ(verdict(trace, {.faults = {.syscall_steal_ambiguity = true}}), "bad-context 5");
}

TEST(BatchOrderByTime, ABatchMayBeginBeforeTheOneInFrontOfIt) {
  const auto trace = trace_of(
      "EventBatch gen=1 m=7 time=100\nProcStatus dt=1 p=0 pstatus=1\n"
      "EventBatch gen=1 m=7 time=90\nProcStop dt=1\n");
  EXPECT_EQ(verdict(trace), "ok 4");
  // Only the last sync is left.
  EXPECT_EQ(verdict(trace, {.faults = {.batch_order_by_time = true}}), "bad-batch 1");
}

class BrokenSecondGeneration : public testing::Test {
 protected:
  void SetUp() override {
    trace_ = trace_of("EventBatch gen=1 m=7 time=100\nProcStatus dt=1 p=0 pstatus=1\n");
    trace_.push_back(std::byte{0x63});  // no batch begins so
  }
  std::vector<std::byte> trace_;
};

TEST_F(BrokenSecondGeneration, LeavesTheFirstAlone) {
  EXPECT_EQ(verdict(trace_), "bad-batch 3");
}

TEST_F(BrokenSecondGeneration, TookTheFirstAlongBeforeTheFix) {
  EXPECT_EQ(verdict(trace_, {.faults = {.broken_spilled_batch = true}}), "bad-batch 1");
}

TEST_F(BrokenSecondGeneration, SwallowedTheLastSyncBeforeTheFix) {
  EXPECT_EQ(verdict(trace_, {.faults = {.final_sync_missing = true}}), "bad-batch 2");
}

TEST(NondeterministicTieOrder, EqualTimesComeInTheOrderOfTheFirstBatches) {
  std::string batches;
  for (const char* thread : {"7", "8", "9"})
    batches += std::string("EventBatch gen=1 m=") + thread +
               " time=100\nProcStatus dt=1 p=" + thread + " pstatus=1\n";
  const auto trace = trace_of(batches);
  const ReaderFaults faulty{.nondeterministic_tie_order = true};
  EXPECT_EQ(events(trace, {.tie_seed = 1}), events(trace, {.tie_seed = 2}));
  // Three threads have six orders: not all of eight seeds take the same.
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 8; ++seed)
    orders.insert(events(trace, {.faults = faulty, .tie_seed = seed}));
  EXPECT_GT(orders.size(), 1U);
}

TEST(MstateWrittenWithoutAdvance, AStartThatWaitsChangesNothing) {
  // Thread 8's start of P0 is tried before thread 7 has stopped it.
  const auto trace = trace_of(
      "EventBatch gen=1 m=7 time=100\n"
      "ProcStatus dt=1 p=0 pstatus=1\n"
      "ProcStop dt=9\n"
      "EventBatch gen=1 m=8 time=101\n"
      "ProcStart dt=1 p=0 p_seq=1\n");
  EXPECT_EQ(verdict(trace), "ok 5");
  EXPECT_EQ(verdict(trace, {.faults = {.mstate_written_without_advance = true}}),
            "failed-to-advance 3");
}

}  // namespace
}  // namespace mpglab::parser
