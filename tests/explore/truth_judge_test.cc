// The judge of the truth, on logs and traces made by hand.
#include "explore/truth_judge.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mpglab::explore {
namespace {

using sim::ResourceKind;
using sim::ResourceState;

constexpr auto kRunnable = ResourceState::kRunnable;
constexpr auto kRunning = ResourceState::kRunning;
constexpr auto kWaiting = ResourceState::kWaiting;
constexpr auto kSyscall = ResourceState::kSyscall;
constexpr auto kIdle = ResourceState::kIdle;
constexpr auto kNotExist = ResourceState::kNotExist;

class TruthJudgeTest : public testing::Test {
 protected:
  // The trace goes from step 100 to step 200.
  TruthJudgeTest()
      : session_{.started = 100, .settled = 110, .stopped = 200, .bytes = {}, .complete = true} {}

  // What happened to goroutine 7, by thread 1.
  void happened(std::uint64_t step, ResourceState from, ResourceState to,
                bool event_follows = false) {
    happened_to(ResourceKind::kGoroutine, 7, step, from, to, event_follows);
  }
  void happened_to(ResourceKind kind, std::uint64_t id, std::uint64_t step, ResourceState from,
                   ResourceState to, bool event_follows = false) {
    log_.records.push_back({.step = step,
                            .id = id,
                            .thread = 1,
                            .kind = kind,
                            .from = from,
                            .to = to,
                            .event_follows = event_follows});
  }

  // What the trace tells of goroutine 7.
  void told_status(ResourceState state) { tell(ResourceKind::kGoroutine, 7, true, state, state); }
  void told(ResourceState from, ResourceState to, std::uint64_t thread = 1) {
    tell(ResourceKind::kGoroutine, 7, false, from, to, thread);
  }
  void tell(ResourceKind kind, std::uint64_t id, bool status, ResourceState from, ResourceState to,
            std::uint64_t thread = 1) {
    told_.push_back({kind, id, status, from, to, thread, told_.size()});
  }

  // The code of what is wrong, "" if nothing is.
  std::string judge() {
    const bool sound = judge_quietly();
    return sound ? "" : judge_.difference(observed_).code;
  }
  std::string message() {
    judge_quietly();
    return judge_.difference(observed_).message;
  }
  Lie lie() {
    judge_quietly();
    return judge_.difference(observed_).lie;
  }

 private:
  bool judge_quietly() {
    observed_.clear();
    judge_.begin(log_, session_);
    for (const TruthJudge::Transition& transition : told_) {
      observed_.push_back(transition);
      if (!judge_.observe(transition)) return false;
    }
    return judge_.finish();
  }

  sim::TraceSession session_;
  sim::TruthLog log_;
  std::vector<TruthJudge::Transition> told_;
  std::vector<TruthJudge::Transition> observed_;
  TruthJudge judge_;
};

TEST_F(TruthJudgeTest, NothingToldOfNothingIsTrue) {
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, AGoroutineThatWasThereMayGoUnmentioned) {
  happened(50, kNotExist, kRunnable);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, AStatusIsTheStateAtTheStart) {
  happened(50, kNotExist, kRunnable);
  told_status(kRunnable);
  EXPECT_EQ(judge(), "");
}

// StartTrace waits until step 110 for goroutines that were about to leave a syscall.
TEST_F(TruthJudgeTest, ASyscallThatIsLeftWhileTheTraceStartsMayBeLeftBeforeIt) {
  happened(50, kNotExist, kSyscall);
  happened(105, kSyscall, kRunnable);
  told_status(kRunnable);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, ASyscallThatIsLeftAfterThatIsToldOf) {
  happened(50, kNotExist, kSyscall);
  happened(111, kSyscall, kRunnable);
  told_status(kRunnable);
  EXPECT_EQ(judge(), "wrong-status");
}

TEST_F(TruthJudgeTest, OtherTransitionsWhileTheTraceStartsAreToldOf) {
  happened(50, kNotExist, kWaiting);
  happened(105, kWaiting, kRunnable);
  told_status(kRunnable);
  EXPECT_EQ(judge(), "wrong-status");
}

TEST_F(TruthJudgeTest, AnotherStatusIsFalse) {
  happened(50, kNotExist, kRunnable);
  told_status(kWaiting);
  EXPECT_EQ(judge(), "wrong-status");
}

TEST_F(TruthJudgeTest, WhatHappensAtTheVeryStartBelongsToTheTrace) {
  happened(100, kNotExist, kRunnable);
  told(kNotExist, kRunnable);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, EveryTransitionInOrderIsTrue) {
  happened(50, kNotExist, kRunnable);
  happened(110, kRunnable, kRunning);
  happened(120, kRunning, kWaiting);
  told_status(kRunnable);
  told(kRunnable, kRunning);
  told(kRunning, kWaiting);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, ASecondStatusIsFalse) {
  happened(50, kNotExist, kRunnable);
  told_status(kRunnable);
  told_status(kRunnable);
  EXPECT_EQ(judge(), "status-too-late");
}

TEST_F(TruthJudgeTest, ATransitionThatIsLeftOutIsFalse) {
  happened(110, kNotExist, kRunnable);
  happened(120, kRunnable, kRunning);
  happened(130, kRunning, kWaiting);
  told(kNotExist, kRunnable);
  told(kRunning, kWaiting);
  EXPECT_EQ(judge(), "wrong-transition");
}

TEST_F(TruthJudgeTest, ATransitionThatNeverHappenedIsFalse) {
  happened(110, kNotExist, kRunnable);
  told(kNotExist, kRunnable);
  told(kRunnable, kRunning);
  EXPECT_EQ(judge(), "extra-transition");
}

TEST_F(TruthJudgeTest, TheWrongThreadIsFalse) {
  happened(110, kNotExist, kRunnable);
  told(kNotExist, kRunnable, 2);
  EXPECT_EQ(judge(), "wrong-thread");
}

TEST_F(TruthJudgeTest, AResourceThatNeverWasIsFalse) {
  told_status(kWaiting);
  EXPECT_EQ(judge(), "unknown-resource");
}

TEST_F(TruthJudgeTest, AResourceWithAHugeIdIsFalseAndCostsNothing) {
  tell(ResourceKind::kGoroutine, UINT64_MAX, true, kWaiting, kWaiting);
  EXPECT_EQ(judge(), "unknown-resource");
}

TEST_F(TruthJudgeTest, AProcThatWasIdleAllTheTimeMayBeIntroduced) {
  tell(ResourceKind::kProc, 3, true, kIdle, kIdle);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, AProcAndAGoroutineOfOneNumberAreTwo) {
  happened_to(ResourceKind::kProc, 7, 110, kIdle, kRunning);
  told(kIdle, kRunning);
  EXPECT_EQ(judge(), "unknown-resource");
}

// ---- the end of the trace ----

TEST_F(TruthJudgeTest, ATransitionThatTheTraceForgetsIsFalse) {
  happened(110, kNotExist, kRunnable);
  EXPECT_EQ(judge(), "missing-transition");
}

TEST_F(TruthJudgeTest, WhatHappensAfterTheStopNeedNotBeTold) {
  happened(110, kNotExist, kRunnable);
  happened(201, kRunnable, kRunning);
  told(kNotExist, kRunnable);
  EXPECT_EQ(judge(), "");
}

// Who was in the middle of an event when the trace was stopped finishes it.
TEST_F(TruthJudgeTest, WhatHappensAfterTheStopMayBeTold) {
  happened(201, kNotExist, kRunnable);
  told(kNotExist, kRunnable);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, TheLastTransitionMayBeMissingIfItsEventFollows) {
  happened(190, kRunnable, kRunning, true);
  happened(210, kRunning, kWaiting);
  EXPECT_EQ(judge(), "");
}

TEST_F(TruthJudgeTest, AnEarlierTransitionMayNotBeMissingEvenIfItsEventFollows) {
  happened(180, kRunnable, kRunning, true);
  happened(190, kRunning, kWaiting);
  EXPECT_EQ(judge(), "missing-transition");
}

TEST_F(TruthJudgeTest, TheLastTransitionMayNotBeMissingOtherwise) {
  happened(190, kRunning, kWaiting);
  happened(210, kWaiting, kRunnable);
  EXPECT_EQ(judge(), "missing-transition");
}

// ---- the story ----

TEST_F(TruthJudgeTest, TheMessageTellsBothSides) {
  happened(110, kNotExist, kRunnable);
  happened(120, kRunnable, kRunning);
  told(kNotExist, kRunnable);
  told(kRunnable, kWaiting);
  EXPECT_EQ(message(),
            "goroutine 7: the trace tells Runnable to Waiting; in truth it is Runnable to Running");
}

TEST_F(TruthJudgeTest, AWrongThreadIsNamed) {
  happened(110, kNotExist, kRunnable);
  told(kNotExist, kRunnable, 2);
  EXPECT_EQ(message(),
            "goroutine 7: the trace tells NotExist to Runnable by thread 2; in truth it is "
            "NotExist to Runnable by thread 1");
}

TEST_F(TruthJudgeTest, AWrongStatusIsTold) {
  happened(50, kNotExist, kRunnable);
  told_status(kWaiting);
  EXPECT_EQ(
      message(),
      "goroutine 7: the trace tells a status Waiting; it was Runnable when the trace started");
}

TEST_F(TruthJudgeTest, AMissingTransitionIsTold) {
  happened(110, kNotExist, kRunnable);
  EXPECT_EQ(message(),
            "goroutine 7: the trace tells nothing more; in truth it is NotExist to Runnable");
}

TEST_F(TruthJudgeTest, TheStoryPointsToTheDifferenceInTheTruth) {
  happened(50, kNotExist, kRunnable);
  happened(110, kRunnable, kRunning);
  happened(120, kRunning, kWaiting);
  told_status(kRunnable);
  told(kRunnable, kRunning);
  told(kRunning, kRunnable);
  EXPECT_EQ(lie().truth_at, 1U);
}

TEST_F(TruthJudgeTest, TheStoryPointsToTheDifferenceInTheTrace) {
  happened(50, kNotExist, kRunnable);
  happened(110, kRunnable, kRunning);
  happened(120, kRunning, kWaiting);
  told_status(kRunnable);
  told(kRunnable, kRunning);
  told(kRunning, kRunnable);
  EXPECT_EQ(lie().trace_at, 2U);
}

TEST_F(TruthJudgeTest, AJudgeForgetsTheTraceBefore) {
  happened(110, kNotExist, kRunnable);
  judge();
  told(kNotExist, kRunnable);
  EXPECT_EQ(judge(), "");
}

}  // namespace
}  // namespace mpglab::explore
