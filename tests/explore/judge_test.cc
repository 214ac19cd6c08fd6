// Each judge says what it is there to say.

#include "explore/judge.h"

#include <string>

#include <gtest/gtest.h>

#include "explore/lab.h"
#include "interleave/round_robin.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

constexpr const char* kSound = R"(
title = "t"
story = "s"
gomaxprocs = 1
[goroutine.main]
body = """
go other
gosched
"""
[goroutine.other]
body = "syscall"
)";

// Nobody ever sends.
constexpr const char* kStuck = R"(
title = "t"
story = "s"
gomaxprocs = 1
[goroutine.main]
body = "recv nobody"
[channel.nobody]
)";

class JudgeTest : public testing::Test {
 protected:
  void run(const char* scenario) {
    const auto program = sim::parse_scenario("test.toml", scenario);
    ASSERT_TRUE(program.has_value()) << program.error().message;
    world_ = std::make_unique<sim::World>(*program, sim::WorldOptions{});
    interleave::RoundRobin default_schedule;
    outcome_ = &world_->run(default_schedule);
  }
  std::string verdict() {
    const auto finding = judge_.judge(*world_, *outcome_);
    return finding ? std::string(verdict_name(finding->verdict)) : "sound";
  }
  // The session and the log of the last run, to be falsified.
  sim::TraceSession session() const { return world_->sessions()[0]; }
  sim::TruthLog truth() const { return world_->truth(); }

  std::unique_ptr<sim::World> world_;
  const sim::Outcome* outcome_ = nullptr;
  Judge judge_;
};

TEST_F(JudgeTest, AnOrdinaryRunIsSound) {
  run(kSound);
  EXPECT_EQ(verdict(), "sound");
}

TEST_F(JudgeTest, ATraceThatIsCutIsBroken) {
  run(kSound);
  sim::TraceSession cut = session();
  cut.bytes.pop_back();
  const auto finding = judge_.judge_trace(cut, truth());
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->verdict, Verdict::kBroken);
}

// The trace stays as it is, and the truth is made to differ: the trace lies.
TEST_F(JudgeTest, ATraceThatLeavesSomethingOutIsFalse) {
  run(kSound);
  sim::TruthLog log = truth();
  // Goroutine 1 goes into running and out of it once more than the trace tells.
  sim::TruthRecord record = log.records.back();
  for (const sim::TruthRecord& one : log.records)
    if (one.kind == sim::ResourceKind::kGoroutine && one.step > session().started &&
        one.step < session().stopped) {
      record = one;
      break;
    }
  auto place = std::find_if(log.records.begin(), log.records.end(), [&](const auto& one) {
    return one.step == record.step && one.id == record.id && one.kind == record.kind;
  });
  ASSERT_NE(place, log.records.end());
  log.records.erase(place);
  const auto finding = judge_.judge_trace(session(), log);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->verdict, Verdict::kFalse);
}

TEST_F(JudgeTest, ATransitionByAnotherThreadIsFalse) {
  run(kSound);
  sim::TruthLog log = truth();
  for (sim::TruthRecord& one : log.records)
    if (one.step > session().started && one.step < session().stopped) one.thread += 100;
  const auto finding = judge_.judge_trace(session(), log);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->verdict, Verdict::kFalse);
  EXPECT_EQ(finding->code, "wrong-thread");
}

TEST_F(JudgeTest, AGoroutineThatWaitsForEverIsADeadlock) {
  run(kStuck);
  EXPECT_EQ(verdict(), "deadlock");
}

TEST_F(JudgeTest, TheDeadlockSaysWhoWaitsForWhat) {
  run(kStuck);
  const auto finding = judge_.judge(*world_, *outcome_);
  ASSERT_TRUE(finding.has_value());
  std::string all;
  for (const std::string& line : finding->waiting) all += line + "\n";
  EXPECT_NE(all.find("goroutine 1 waits: chan receive\n"), std::string::npos) << all;
}

}  // namespace
}  // namespace mpglab::explore
