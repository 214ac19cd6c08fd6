#include "sim/world.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "sim/world_fixture.h"

namespace mpglab::sim {
namespace {

TEST_F(WorldTest, ASyscallThatNobodyDisturbsKeepsItsP) {
  scenario("syscall", "work 1", 1);
  run_default();
  // P0 runs from the beginning and is never taken, although it was in a syscall in between; only
  // trace.Stop, which waits for the trace's reader, lets main's M look for other work.
  EXPECT_EQ(history(ResourceKind::kProc, 0).front(), ResourceState::kRunning);
  const std::vector<ResourceState> main = history(ResourceKind::kGoroutine, 1);
  const auto syscall = std::find(main.begin(), main.end(), ResourceState::kSyscall);
  ASSERT_NE(syscall, main.end());
  EXPECT_EQ(*(syscall + 1), ResourceState::kRunning);
}

TEST_F(WorldTest, ABlockingSyscallGivesItsPAway) {
  scenario("syscall blocking", "work 1", 1);
  run_default();
  const std::vector<ResourceState> p0 = history(ResourceKind::kProc, 0);
  EXPECT_GE(std::count(p0.begin(), p0.end(), ResourceState::kIdle), 1);
}

TEST_F(WorldTest, ALostPIsComeBackFromAsRunnable) {
  scenario("syscall blocking", "work 1", 1);
  run_default();
  const std::vector<ResourceState> main = history(ResourceKind::kGoroutine, 1);
  const auto syscall = std::find(main.begin(), main.end(), ResourceState::kSyscall);
  ASSERT_NE(syscall, main.end());
  EXPECT_EQ(*(syscall + 1), ResourceState::kRunnable);
}

TEST_F(WorldTest, SysmonTakesThePOfASyscallInSomeSchedule) {
  scenario("go worker\nsyscall", "syscall", 1);
  const unsigned taken = count_random(500, [this] {
    for (const TruthRecord& record : world_->truth().records) {
      if (record.kind == ResourceKind::kProc && record.to == ResourceState::kIdle &&
          record.thread == 1002) {  // sysmon's thread id
        return true;
      }
    }
    return false;
  });
  EXPECT_GT(taken, 0U);
  EXPECT_LT(taken, 500U);
}

TEST_F(WorldTest, AnIdlePStealsWorkInSomeSchedule) {
  scenario("go worker\ngo worker\nwork 20", "work 5", 2);
  const unsigned stolen = count_random(200, [this] {
    std::vector<std::uint64_t> threads;
    for (const TruthRecord& record : world_->truth().records) {
      if (record.kind == ResourceKind::kGoroutine && record.to == ResourceState::kRunning) {
        threads.push_back(record.thread);
      }
    }
    std::sort(threads.begin(), threads.end());
    return std::unique(threads.begin(), threads.end()) - threads.begin() > 1;
  });
  EXPECT_GT(stolen, 0U);
}

TEST_F(WorldTest, AStopOfTheWorldPreemptsWhoeverComputes) {
  scenario("go worker\nrepeat 3\ngosched\nend\nstop-the-world", "work 200", 2);
  const unsigned preempted = count_random(200, [this] {
    const std::vector<TruthRecord>& records = world_->truth().records;
    // A worker that goes from running to runnable has been preempted: it never asks for that.
    return std::any_of(records.begin(), records.end(), [](const TruthRecord& record) {
      return record.kind == ResourceKind::kGoroutine && record.id > 2 &&
             record.from == ResourceState::kRunning && record.to == ResourceState::kRunnable;
    });
  });
  EXPECT_GT(preempted, 0U);
}

TEST_F(WorldTest, TheSameChoicesGiveTheSameBytes) {
  scenario("go worker\nstop-the-world", "syscall\nsyscall");
  for (std::uint64_t number = 0; number < 50; ++number) {
    run_random(number);
    const interleave::Tape tape = world_->engine().tape();
    const std::vector<std::byte> bytes = trace();
    run_random(number);
    ASSERT_EQ(world_->engine().tape(), tape);
    ASSERT_EQ(trace(), bytes);
  }
}

TEST_F(WorldTest, WhatRanBeforeLeavesNothingBehind) {
  scenario("go worker\nstop-the-world", "syscall\nsyscall");
  run_random(7);
  const std::vector<std::byte> alone = trace();
  for (std::uint64_t number = 20; number < 60; ++number) run_random(number);
  run_random(7);
  EXPECT_EQ(trace(), alone);
}

TEST_F(WorldTest, EveryRecordOfTheTruthBeginsWhereTheLastOneEnded) {
  scenario("go worker\ngo worker\ngeneration\nstop-the-world",
           "syscall\ngosched\nsyscall blocking");
  for (std::uint64_t number = 0; number < 300; ++number) {
    ASSERT_EQ(run_random(number).kind, Outcome::Kind::kFinished);
    for (const ResourceKind kind : {ResourceKind::kGoroutine, ResourceKind::kProc}) {
      for (std::uint64_t id = 0; id < 40; ++id) {
        ResourceState state =
            kind == ResourceKind::kProc ? ResourceState::kIdle : ResourceState::kNotExist;
        for (const TruthRecord& record : world_->truth().records) {
          if (record.kind != kind || record.id != id) continue;
          ASSERT_EQ(record.from, state) << "id " << id << " at step " << record.step;
          state = record.to;
        }
      }
    }
  }
}

TEST_F(WorldTest, ATraceThatIsStartedTwiceIsTwoTraces) {
  scenario("trace-start\ngeneration\ntrace-stop\ntrace-start\ntrace-stop");
  run_default();
  ASSERT_EQ(world_->sessions().size(), 2U);
  EXPECT_TRUE(world_->sessions()[1].complete);
  EXPECT_EQ(static_cast<char>(world_->sessions()[1].bytes[0]), 'g');  // "go 1.22 trace"
  EXPECT_GT(world_->sessions()[1].started, world_->sessions()[0].stopped);
}

TEST_F(WorldTest, WhoWaitsForEverIsADeadlockThatSaysWhatItWaitsFor) {
  scenario("recv c", "work 1", 1, "[channel.c]\ncapacity = 0");
  const Outcome& outcome = run_default();
  EXPECT_EQ(outcome.kind, Outcome::Kind::kDeadlock);
  EXPECT_NE(world_->describe_waiting().find("goroutine 1 waits: chan receive"), std::string::npos)
      << world_->describe_waiting();
}

TEST_F(WorldTest, StartingATraceThatRunsAlreadyChangesNothing) {
  scenario("trace-start\ntrace-start\ntrace-stop");
  EXPECT_EQ(run_default().kind, Outcome::Kind::kFinished);
  EXPECT_EQ(world_->sessions().size(), 1U);
}

TEST_F(WorldTest, AScheduleThatIsTooLongEndsInTheBudget) {
  max_steps_ = 100;
  scenario("stop-the-world");
  EXPECT_EQ(run_default().kind, Outcome::Kind::kBudget);
}

TEST_F(WorldTest, EventsAreLoggedOnlyWhenAskedFor) {
  scenario("syscall");
  run_default();
  EXPECT_TRUE(world_->logged_events().empty());
  world_->log_events(true);
  run_default();
  EXPECT_FALSE(world_->logged_events().empty());
}

}  // namespace
}  // namespace mpglab::sim
