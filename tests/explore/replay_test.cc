// Replaying, shrinking and recording of findings.

#include "explore/replay.h"

#include <string>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/hunt.h"
#include "explore/recording.h"
#include "explore/shrink.h"
#include "explore/wrong_event.h"
#include "format/event.h"
#include "interleave/random_walk.h"
#include "interleave/twice.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program program_of(const BuiltinScenario& scenario) {
  return *sim::parse_scenario(scenario.file, scenario.text);
}

// One finding of gcwait-stop-not-steal for all cases: hunting it takes a moment.
class GcwaitFinding : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    HuntOptions options;
    options.runs = 1'000'000;
    options.faults.add(*find_race("gcwait-stop-not-steal"));
    const HuntResult result = hunt(program(), options);
    ASSERT_EQ(result.verdict, Verdict::kBroken);
    found_ = new Token(result.discoveries.at(0).token);
    Lab lab(program(), options.faults);
    shrunk_ = new ShrinkResult(*shrink(lab, *found_));
  }
  static void TearDownTestSuite() {
    delete found_;
    delete shrunk_;
  }
  static sim::Program program() { return program_of(*find_builtin_scenario("gcwait")); }

  std::vector<std::byte> trace_of(const Token& token) {
    const auto run = replay(lab_, token);
    EXPECT_TRUE(run.has_value()) << run.error().message;
    EXPECT_EQ(run->verdict, Verdict::kBroken);
    return lab_.world().sessions()[0].bytes;
  }

  static Token* found_;
  static ShrinkResult* shrunk_;
  Lab lab_{program(), found_->faults};
};

Token* GcwaitFinding::found_ = nullptr;
ShrinkResult* GcwaitFinding::shrunk_ = nullptr;

TEST_F(GcwaitFinding, ReplaysToTheByteAHundredTimes) {
  const auto trace = trace_of(shrunk_->token);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(trace_of(shrunk_->token) == trace);
}

TEST_F(GcwaitFinding, ReplaysToTheByteInAnotherLab) {
  const auto trace = trace_of(*found_);
  Lab other(program(), found_->faults);
  ASSERT_TRUE(replay(other, *found_).has_value());
  EXPECT_TRUE(other.world().sessions()[0].bytes == trace);
}

TEST_F(GcwaitFinding, ReplaysAfterATripThroughText) {
  const auto token = token_from_text(to_text(shrunk_->token));
  ASSERT_TRUE(token.has_value());
  EXPECT_TRUE(trace_of(*token) == trace_of(shrunk_->token));
}

TEST_F(GcwaitFinding, ShrinksToTheSameFinding) {
  EXPECT_EQ(shrunk_->finding.signature, "broken/unknown-resource/ProcStop");
  EXPECT_TRUE(shrunk_->minimal);
}

TEST_F(GcwaitFinding, ShrinksToATenthOfItsPreemptions) {
  EXPECT_LT(shrunk_->preemptions_after * 10, shrunk_->preemptions_before);
}

// 90 characters; token.h says what they are made of.
TEST_F(GcwaitFinding, ShrinksToATokenBelowAHundredCharacters) {
  EXPECT_LT(to_text(shrunk_->token).size(), 100U);
}

TEST_F(GcwaitFinding, ShrinksTheSameWayAgain) {
  Lab lab(program(), found_->faults);
  EXPECT_EQ(to_text(shrink(lab, *found_)->token), to_text(shrunk_->token));
}

TEST_F(GcwaitFinding, IsNoneWithTheFix) {
  Token token = shrunk_->token;
  token.faults = FaultSet{};
  Lab fixed(program(), FaultSet{});
  const auto run = replay(fixed, token);
  // The fix writes another event, after which the program may be asked something else.
  EXPECT_TRUE(!run.has_value() || run->verdict == Verdict::kSound);
}

TEST_F(GcwaitFinding, IsAboutAProcStop) {
  const auto recording = record(lab_, shrunk_->token);
  ASSERT_TRUE(recording.has_value());
  const auto event = wrong_event(*recording);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(recording->events[*event].type,
            static_cast<std::uint8_t>(format::EventType::kProcStop));
}

TEST_F(GcwaitFinding, IsRecordedStepByStep) {
  const auto recording = record(lab_, shrunk_->token);
  ASSERT_TRUE(recording.has_value());
  std::size_t preemptions = 0;
  for (const RecordedChoice& choice : recording->choices)
    if (choice.preempts()) ++preemptions;
  EXPECT_EQ(preemptions, shrunk_->preemptions_after);
}

TEST_F(GcwaitFinding, ATokenThatPartsFromItsScheduleSaysWhere) {
  Token token = shrunk_->token;
  token.deviations.front().check ^= 1;
  const auto run = replay(lab_, token);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().index, token.deviations.front().index);
}

TEST_F(GcwaitFinding, ATokenOfAnotherModelThatStillFitsReplays) {
  Token token = shrunk_->token;
  token.model = kModelNumber + 1;
  EXPECT_TRUE(trace_of(token) == trace_of(shrunk_->token));
}

// The check is that of the last deviation, so all others fit: the schedule is followed up to it.
TEST_F(GcwaitFinding, ATokenOfAnotherModelIsFollowedAsFarAsItFits) {
  Token token = shrunk_->token;
  token.model = kModelNumber + 1;
  token.deviations.back().check ^= 1;
  const auto run = replay(lab_, token);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().index, token.deviations.back().index);
}

// The step at which the last deviation is chosen: a recording has as many before it.
TEST_F(GcwaitFinding, ATokenThatPartsFromItsScheduleSaysAtWhichStep) {
  const auto recording = record(lab_, shrunk_->token);
  ASSERT_TRUE(recording.has_value());
  Token token = shrunk_->token;
  token.deviations.back().check ^= 1;
  const auto run = replay(lab_, token);
  ASSERT_FALSE(run.has_value());
  const std::size_t choice = token.deviations.back().index;
  const std::size_t before = recording->choices.at(choice).before_step;
  // A step has a number when it is announced and is recorded when it is made.
  EXPECT_GE(run.error().step, recording->steps.at(before - 1).number);
  EXPECT_LE(run.error().step, recording->steps.at(before).number);
}

TEST_F(GcwaitFinding, ATokenOfMoreAlternativesThanThereAreSaysSo) {
  Token token = shrunk_->token;
  token.deviations.front().value = 100;
  const auto run = replay(lab_, token);
  ASSERT_FALSE(run.has_value());
  EXPECT_TRUE(run.error().message.starts_with("expected at least 101 alternatives, and there are"))
      << run.error().message;
}

TEST_F(GcwaitFinding, ATokenOfALongerScheduleSaysSo) {
  Token token = shrunk_->token;
  token.tape_length += 5;
  const auto run = replay(lab_, token);
  ASSERT_FALSE(run.has_value());
  EXPECT_NE(run.error().message.find("ended after"), std::string::npos) << run.error().message;
}

TEST_F(GcwaitFinding, ShrunkStillSaysWhereItCameFrom) {
  Origin origin = *found_->origin;
  origin.shrunk = true;
  EXPECT_EQ(shrunk_->token.origin, origin);
}

TEST_F(GcwaitFinding, ShrunkAndShrunkAgainIsStillCalledShrunk) {
  EXPECT_TRUE(shrink(lab_, shrunk_->token)->token.origin->shrunk);
}

// The race has schedules with 3 preemptions. Leaving out what can be left out of this one, and
// nothing else, ends with 24.
TEST(Shrink, DoesNotEndWhereNothingMoreCanBeLeftOut) {
  HuntOptions options;
  options.seed = 4;
  options.runs = 10'000;
  options.faults.add(*find_race("gcwait-stop-not-steal"));
  const sim::Program program = program_of(*find_builtin_scenario("gcwait"));
  const HuntResult result = hunt(program, options);
  Lab lab(program, options.faults);
  const auto shrunk = shrink(lab, result.discoveries.at(0).token);
  EXPECT_LE(shrunk->preemptions_after, 6U);
}

TEST(Shrink, ASoundScheduleIsLeftAsItIs) {
  Lab lab(program_of(*find_builtin_scenario("ping-pong")), FaultSet{});
  interleave::RandomWalk random(1);
  lab.run(random);
  const Token token = lab.token();
  const auto result = shrink(lab, token);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(to_text(result->token), to_text(token));
}

// Every scenario, some schedules, twice each: the same tape and the same bytes.
class EveryScenario : public testing::TestWithParam<std::string_view> {};

TEST_P(EveryScenario, RunTwiceGivesTheSameTapeAndTheSameBytes) {
  sim::World world(program_of(*find_builtin_scenario(GetParam())), {});
  interleave::RandomWalk random(1);
  interleave::Twice twice(random);
  for (int i = 0; i < 100; ++i) {
    world.run(twice);
    std::vector<std::vector<std::byte>> first;
    for (const sim::TraceSession& session : world.sessions()) first.push_back(session.bytes);
    world.run(twice);
    std::vector<std::vector<std::byte>> second;
    for (const sim::TraceSession& session : world.sessions()) second.push_back(session.bytes);
    ASSERT_TRUE(first == second) << "schedule " << i;
  }
  EXPECT_TRUE(twice.same());
}

std::vector<std::string_view> all_scenarios() {
  std::vector<std::string_view> names;
  for (const BuiltinScenario& scenario : builtin_scenarios()) names.push_back(scenario.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Builtin, EveryScenario, testing::ValuesIn(all_scenarios()),
                         [](const auto& param) {
                           std::string name(param.param);
                           for (char& c : name)
                             if (c == '-') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace mpglab::explore
