// The schedule beside a failing one that passes.

#include "explore/nearest_passing.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/replay.h"
#include "interleave/round_robin.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program program_of(std::string_view name) {
  const BuiltinScenario& scenario = *find_builtin_scenario(name);
  return *sim::parse_scenario(scenario.file, scenario.text);
}

// The gcwait race as the tutorial explains it: M2 is held in the gap between its mark on the P
// and its look at gcwaiting.
class BesideTheGcwaitRace : public testing::Test {
 protected:
  BesideTheGcwaitRace()
      : token_(*token_from_text("m1.gcwait."
                                "400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e")),
        lab_(program_of("gcwait"), token_.faults) {}

  const Token token_;
  Lab lab_;
};

TEST_F(BesideTheGcwaitRace, OneStepMoreOfTheThreadInTheGapPasses) {
  const auto passing = nearest_passing(lab_, token_);
  ASSERT_TRUE(passing.has_value());
  EXPECT_EQ(passing->how, NearestPassing::How::kLater);
  EXPECT_EQ(passing->thread, "M2");
  EXPECT_EQ(passing->steps, 1U);
}

TEST_F(BesideTheGcwaitRace, TheStepThatMattersIsTheLookAtGcwaiting) {
  const auto passing = nearest_passing(lab_, token_);
  ASSERT_TRUE(passing.has_value());
  EXPECT_EQ(passing->access + " " + passing->object, "load sched.gcwaiting");
}

TEST_F(BesideTheGcwaitRace, ItsTokenReplaysToASoundSchedule) {
  const auto passing = nearest_passing(lab_, token_);
  ASSERT_TRUE(passing.has_value());
  const auto run = replay(lab_, passing->token);
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->verdict, Verdict::kSound);
}

TEST_F(BesideTheGcwaitRace, ItHasTheOtherDeviationsStill) {
  const auto passing = nearest_passing(lab_, token_);
  ASSERT_TRUE(passing.has_value());
  EXPECT_EQ(passing->token.deviations.size(), token_.deviations.size());
}

TEST_F(BesideTheGcwaitRace, ItIsTheSameOneAgain) {
  const auto first = nearest_passing(lab_, token_);
  const auto second = nearest_passing(lab_, token_);
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(to_text(first->token), to_text(second->token));
}

TEST_F(BesideTheGcwaitRace, WhereNothingMayBeMovedADeviationIsLeftOut) {
  const auto passing = nearest_passing(lab_, token_, {.farthest = 0});
  ASSERT_TRUE(passing.has_value());
  EXPECT_EQ(passing->how, NearestPassing::How::kWithout);
  EXPECT_LT(passing->token.deviations.size(), token_.deviations.size());
}

TEST_F(BesideTheGcwaitRace, WithoutARunNothingIsFound) {
  EXPECT_FALSE(nearest_passing(lab_, token_, {.max_runs = 0}).has_value());
}

TEST(NearestPassing, IsNoneOfASoundSchedule) {
  Lab lab(program_of("ping-pong"), FaultSet{});
  interleave::RoundRobin default_schedule;
  lab.run(default_schedule);
  EXPECT_FALSE(nearest_passing(lab, lab.token()).has_value());
}

// main waits for what nobody sends, whatever the schedule.
TEST(NearestPassing, IsNoneIfEveryScheduleFails) {
  Lab lab(*sim::parse_scenario("stuck.toml",
                               "title = \"t\"\nstory = \"s\"\n[channel.box]\n[goroutine.main]\n"
                               "body = \"recv box\"\n"),
          FaultSet{});
  interleave::RoundRobin turns(/*quantum=*/5);
  lab.run(turns);
  ASSERT_FALSE(lab.token().deviations.empty());
  EXPECT_FALSE(nearest_passing(lab, lab.token()).has_value());
}

}  // namespace
}  // namespace mpglab::explore
