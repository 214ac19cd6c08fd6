// mpglab check as people and scripts use it.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/command.h"
#include "support/json.h"
#include "support/test_data.h"

namespace mpglab {
namespace {

using nlohmann::json;
using test::CommandResult;
using test::data_path;
using test::last_object;
using test::Scratch;
using test::shell;

TEST(Check, ASoundTraceIsOk) {
  const CommandResult result = shell("mpglab check " + data_path("go122-chans.trace"));
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, data_path("go122-chans.trace") + ": ok, 1595 events\n");
}

TEST(Check, ABrokenTraceSaysWhereAndWhy) {
  const CommandResult result = shell("mpglab check " + data_path("go122-broken-thread-id.trace"));
  EXPECT_EQ(result.code, 1);
  EXPECT_EQ(result.out,
            data_path("go122-broken-thread-id.trace") +
                ": broken, 199 events before inconsistent-thread: inconsistent thread for "
                "syscalling goroutine 19: thread has goroutine -1\n"
                "  where       generation 2, thread 24120, byte 2826\n"
                "  event       GoStatus g=19 m=24120 gstatus=3\n"
                "  rule        a goroutine in a syscall is on the thread that took it there\n"
                "  but         thread 24120 has no goroutine\n"
                "  set by      GoStatus at generation 1, no thread, byte 760\n"
                "  trouble     a tracer race\n"
                "  looks like  status-mid-not-procid (golang/go#65196; Go 1.22 before 1.22rc2)\n"
                "              if in an earlier generation the same goroutine's GoStatus named a "
                "small number\n"
                "              for its thread: the runtime's index in place of the thread's id\n");
}

TEST(Check, AJsonObjectHasAllThatTheTextHas) {
  const json broken =
      last_object(shell("mpglab check --json " + data_path("go122-broken-thread-id.trace")));
  EXPECT_EQ(broken["trouble"], "a tracer race");
  EXPECT_EQ(broken["set_by"]["offset"], 760);
  EXPECT_EQ(broken["looks_like"][0]["id"], "status-mid-not-procid");
}

TEST(Check, AJsonObjectHasWhatEachThreadWaitsFor) {
  const json broken =
      last_object(shell("mpglab check --json " + data_path("go122-broken-dead-p.trace")));
  EXPECT_EQ(broken["waiting"].size(), 8U);
  EXPECT_EQ(broken["waiting"][0]["needs"], "P2 to be known; no status of it came");
}

TEST(Check, ShowsFirstWhoWaitsForWhatNeverComes) {
  const CommandResult result = shell("mpglab check " + data_path("go122-broken-dead-p.trace"));
  EXPECT_THAT(result.out,
              testing::HasSubstr(
                  "  waiting     thread 20761 (byte 1416) with ProcStart p=2 p_seq=1: needs P2 "
                  "to be known; no status of it came; nothing brings it\n"));
}

// Goroutine 9 is introduced in generation 1 and blocks in generation 2, which has no status of it:
// Go's reader forgives that (catalogue 2.7).
class SilentGeneration : public testing::Test {
 protected:
  SilentGeneration() {
    scratch_.write("text",
                   "Trace Go1.22\n"
                   "EventBatch gen=1 m=7 time=1\n"
                   "ProcStatus dt=1 p=0 pstatus=1\n"
                   "GoStatus dt=1 g=9 m=7 gstatus=2\n"
                   "EventBatch gen=1 m=18446744073709551615 time=0\n"
                   "Frequency freq=1000000000\n"
                   "EventBatch gen=2 m=7 time=5\n"
                   "ProcStatus dt=1 p=0 pstatus=1\n"
                   "GoBlock dt=1 reason_string=0 stack=0\n"
                   "EventBatch gen=2 m=18446744073709551615 time=0\n"
                   "Frequency freq=1000000000\n");
    EXPECT_EQ(shell("mpglab pack " + scratch_ / "text" + " -o " + trace()).code, 0);
  }
  std::string trace() const { return scratch_ / "trace"; }

 private:
  Scratch scratch_;
};

TEST_F(SilentGeneration, IsForgiven) {
  EXPECT_EQ(shell("mpglab check " + trace()).code, 0);
}

TEST_F(SilentGeneration, IsBrokenOnItsOwn) {
  const CommandResult result = shell("mpglab check --each-generation " + trace());
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, testing::HasSubstr("generation 2 on its own: broken, bad-context"));
}

TEST_F(SilentGeneration, OfAPipeIsBrokenOnItsOwn) {
  const CommandResult result = shell("cat " + trace() + " | mpglab check --each-generation -");
  EXPECT_THAT(result.out, testing::HasSubstr("generation 2 on its own: broken, bad-context"));
}

// The way that `mpglab bugs` itself tells.
TEST(Check, ShowsABugOfTheReaderInItsTrace) {
  const Scratch scratch;
  EXPECT_EQ(shell("cd " + scratch / "" +
                  " && mpglab bugs thread-id-reuse -o thread-id-reuse.trace && mpglab check "
                  "thread-id-reuse.trace && mpglab check --bug thread-id-reuse "
                  "thread-id-reuse.trace")
                .code,
            1);
}

TEST(Check, TheTextFormOfATraceIsSaidToBeOne) {
  const Scratch scratch;
  const std::string text = scratch.write("text", "Trace Go1.22\n");
  const CommandResult result = shell("mpglab check " + text);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("`mpglab pack` makes a trace of it"));
}

TEST(Check, AJsonObjectForEachFile) {
  const CommandResult result = shell("mpglab check --json " + data_path("go122-chans.trace") + " " +
                                     data_path("go122-broken-thread-id.trace"));
  EXPECT_EQ(result.code, 1);
  const json broken = last_object(result);
  EXPECT_EQ(broken["schema"], 1);
  EXPECT_EQ(broken["verdict"], "broken");
  EXPECT_EQ(broken["events"], 199);
  EXPECT_EQ(broken["code"], "inconsistent-thread");
  EXPECT_EQ(broken["offset"], 2826);
}

TEST(Check, ReadsStdin) {
  const CommandResult result = shell("cat " + data_path("go122-chans.trace") + " | mpglab check -");
  EXPECT_EQ(result.out, "-: ok, 1595 events\n");
}

TEST(Check, AFileThatIsNotThereIsSaidInOneLineAndTheRestIsChecked) {
  const CommandResult result = shell("mpglab check /no/such " + data_path("go122-chans.trace"));
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("/no/such: cannot be read: No such file")) << result.err;
  EXPECT_NE(result.out.find("ok, 1595 events"), std::string::npos);
}

TEST(Check, AnEmptyFileIsNoTrace) {
  const CommandResult result = shell("mpglab check /dev/null");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("empty")) << result.err;
}

TEST(Check, GarbageIsNoTrace) {
  const Scratch scratch;
  const CommandResult result =
      shell("mpglab check --json " + scratch.write("garbage", "not a trace, by any means"));
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(last_object(result)["verdict"], "unreadable");
}

TEST(Check, ACutTraceIsBroken) {
  const Scratch scratch;
  const std::string trace = test::read_text(data_path("go122-chans.trace"));
  const CommandResult result =
      shell("mpglab check " + scratch.write("cut.trace", trace.substr(0, trace.size() - 9)));
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.out.find("broken"), std::string::npos) << result.out;
}

TEST(Check, ADirectoryCannotBeRead) {
  const CommandResult result = shell("mpglab check /");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of("directory")) << result.err;
}

}  // namespace
}  // namespace mpglab
