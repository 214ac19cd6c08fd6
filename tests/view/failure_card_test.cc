#include "view/failure_card.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/nearest_passing.h"
#include "explore/recording.h"
#include "interleave/round_robin.h"
#include "sim/scenario.h"
#include "support/test_data.h"
#include "view/passing.h"
#include "view/story.h"

namespace mpglab::view {
namespace {

// The gcwait race with four preemptions, as the tutorial has it.
constexpr const char* kToken = "m1.gcwait.400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e";

class FailureCardTest : public testing::Test {
 protected:
  FailureCardTest() : token_(*explore::token_from_text(kToken)) {
    const explore::BuiltinScenario* scenario = explore::find_builtin_scenario(token_.scenario);
    explore::Lab lab(*sim::parse_scenario(scenario->file, scenario->text), token_.faults);
    auto recording = explore::record(lab, token_);
    EXPECT_TRUE(recording.has_value()) << recording.error().message;
    recording_ = *std::move(recording);
    passing_ = explore::nearest_passing(lab, token_);
  }
  const explore::Token token_;
  explore::Recording recording_;
  std::optional<explore::NearestPassing> passing_;
};

TEST_F(FailureCardTest, IsTheOneThatTheTutorialExplains) {
  ASSERT_TRUE(passing_.has_value());
  EXPECT_EQ(failure_card(recording_, {.passing = &*passing_}),
            test::read_text(std::string(MPGLAB_SOURCE_DIR) + "/tests/view/gcwait_card.txt"));
}

TEST_F(FailureCardTest, SaysNothingOfAPassingScheduleIfThereIsNone) {
  EXPECT_EQ(failure_card(recording_).find("passes"), std::string::npos);
}

TEST_F(FailureCardTest, HasNoLineThatIsWiderThanAsked) {
  const std::string card = failure_card(recording_, {.style = Style(false), .width = 90});
  // The header's story only: the notes below it are as long as they are.
  std::size_t at = card.find("   step");
  ASSERT_NE(at, std::string::npos);
  const std::size_t end = card.find("\n\n", at);
  while (at < end) {
    const std::size_t line_end = card.find('\n', at);
    EXPECT_LE(line_end - at, 90U) << card.substr(at, line_end - at);
    at = line_end + 1;
  }
}

TEST_F(FailureCardTest, HasColourOnlyIfAsked) {
  EXPECT_EQ(failure_card(recording_).find('\x1b'), std::string::npos);
  EXPECT_NE(failure_card(recording_, {.style = Style(true)}).find('\x1b'), std::string::npos);
}

TEST_F(FailureCardTest, StoryMarksOneWrongEvent) {
  std::size_t wrong = 0;
  for (const Row& row : tell(recording_, 1'000).rows)
    if (row.wrong) ++wrong;
  EXPECT_EQ(wrong, 1U);
}

TEST_F(FailureCardTest, StoryKeepsToItsLimit) {
  const Story story = tell(recording_, 7);
  EXPECT_EQ(story.rows.size(), 7U);
  EXPECT_GT(story.left_out, 0U);
}

TEST_F(FailureCardTest, StoryIsAboutTheWordsThatTheRaceIsAbout) {
  EXPECT_EQ(tell(recording_, 44).words,
            (std::vector<std::string>{"P1.status", "stopwait", "gcwaiting"}));
}

// ---- what passes, in words ----

explore::NearestPassing moved(explore::NearestPassing::How how, std::uint64_t steps) {
  explore::NearestPassing passing;
  passing.how = how;
  passing.steps = steps;
  passing.thread = "M2";
  passing.function = "reentersyscall";
  passing.next = "M0";
  passing.default_next = "M1";
  passing.at_step = 444;
  passing.access = "load";
  passing.object = "sched.gcwaiting";
  passing.step_function = "entersyscall_gcwait";
  return passing;
}

TEST(PassingWords, OneStepLater) {
  EXPECT_EQ(passing_words(moved(explore::NearestPassing::How::kLater, 1)),
            "if M2, held before step 444 for M0, makes one more step first: the load of "
            "sched.gcwaiting in entersyscall_gcwait");
}

TEST(PassingWords, SeveralStepsLater) {
  EXPECT_EQ(passing_words(moved(explore::NearestPassing::How::kLater, 3)),
            "if M2, held before step 444 for M0, makes 3 more steps first, up to the load of "
            "sched.gcwaiting in entersyscall_gcwait");
}

TEST(PassingWords, OneStepSooner) {
  EXPECT_EQ(passing_words(moved(explore::NearestPassing::How::kSooner, 1)),
            "if M2, held before step 444 for M0, is held one step sooner: before the load of "
            "sched.gcwaiting in entersyscall_gcwait");
}

TEST(PassingWords, SeveralStepsSooner) {
  EXPECT_EQ(passing_words(moved(explore::NearestPassing::How::kSooner, 2)),
            "if M2, held before step 444 for M0, is held 2 steps sooner: before the load of "
            "sched.gcwaiting in entersyscall_gcwait");
}

TEST(PassingWords, WithoutAPreemption) {
  EXPECT_EQ(passing_words(moved(explore::NearestPassing::How::kWithout, 0)),
            "if M2 is not held in reentersyscall before step 444");
}

TEST(PassingWords, WithAnotherThreadAfterOneThatWaits) {
  explore::NearestPassing passing = moved(explore::NearestPassing::How::kWithout, 0);
  passing.preempts = false;
  EXPECT_EQ(passing_words(passing),
            "if M1, not M0, goes on after M2 in reentersyscall before step 444");
}

TEST(PassingWords, WithAnotherChoiceOfTheProgram) {
  explore::NearestPassing passing = moved(explore::NearestPassing::How::kWithout, 0);
  passing.preempts = false;
  passing.next = passing.default_next = passing.thread;
  EXPECT_EQ(passing_words(passing),
            "if what M2 chooses in reentersyscall before step 444 is the default");
}

TEST(DeadlockCard, SaysWhoWaitsForWhat) {
  const auto program = sim::parse_scenario("stuck.toml", R"(
title = "t"
story = "s"
gomaxprocs = 1
[channel.box]
[goroutine.main]
body = "recv box"
)");
  ASSERT_TRUE(program.has_value()) << program.error().message;
  explore::Lab lab(*program, explore::FaultSet{});
  interleave::RoundRobin default_schedule;
  lab.run(default_schedule);
  const auto recording = explore::record(lab, lab.token());
  ASSERT_TRUE(recording.has_value());
  const std::string card = failure_card(*recording);
  EXPECT_TRUE(card.starts_with("DEADLOCK  stuck  nobody can go on\n")) << card;
  EXPECT_NE(card.find("goroutine 1 waits: chan receive\n"), std::string::npos) << card;
}

}  // namespace
}  // namespace mpglab::view
