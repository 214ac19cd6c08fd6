#include "view/failure_card.h"

#include <string>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/recording.h"
#include "interleave/round_robin.h"
#include "sim/scenario.h"
#include "support/test_data.h"
#include "view/story.h"

namespace mpglab::view {
namespace {

// The gcwait race with four preemptions, as the tutorial has it.
constexpr const char* kToken = "m1.gcwait.400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e";

class FailureCardTest : public testing::Test {
 protected:
  static explore::Recording recording_of(const char* text) {
    const auto token = explore::token_from_text(text);
    EXPECT_TRUE(token.has_value()) << token.error().message;
    const explore::BuiltinScenario* scenario = explore::find_builtin_scenario(token->scenario);
    explore::Lab lab(*sim::parse_scenario(scenario->file, scenario->text), token->faults);
    auto recording = explore::record(lab, *token);
    EXPECT_TRUE(recording.has_value()) << recording.error().message;
    return *recording;
  }
  const explore::Recording recording_ = recording_of(kToken);
};

TEST_F(FailureCardTest, IsTheOneThatTheTutorialExplains) {
  EXPECT_EQ(failure_card(recording_),
            test::read_text(std::string(MPGLAB_SOURCE_DIR) + "/tests/view/gcwait_card.txt"));
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
