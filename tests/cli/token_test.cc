// What the command says of tokens: where they came from, and of those of another model or version.

#include "explore/token.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/command.h"
#include "support/json.h"

namespace mpglab {
namespace {

using explore::kModelNumber;
using explore::Token;
using test::CommandResult;
using test::last_object;
using test::shell;

class OlderToken : public testing::Test {
 protected:
  OlderToken() {
    const std::string text = last_object(shell("mpglab run ping-pong --json"))["token"];
    token_ = *explore::token_from_text(text);
    token_.model = kModelNumber - 1;
  }
  CommandResult replay() const { return shell("mpglab replay " + explore::to_text(token_)); }

  Token token_;
};

TEST_F(OlderToken, ThatStillFitsIsReplayed) {
  EXPECT_EQ(replay().code, 0);
}

TEST_F(OlderToken, ThatDoesNotFitIsAMistake) {
  token_.tape_length += 1;
  EXPECT_EQ(replay().code, 2);
}

TEST_F(OlderToken, ThatDoesNotFitSaysInOneLineWhereAndWhatWasExpected) {
  const std::string steps = last_object(shell("mpglab run ping-pong --json"))["steps"].dump();
  token_.tape_length += 1;
  // It fits up to the end, where one choice is missing.
  EXPECT_EQ(replay().err,
            fmt::format("mpglab: the token was made with model {} and does not fit model {}, which "
                        "this is: it diverged at choice {}, step {}: expected {} choices, and the "
                        "schedule ended after {}\n",
                        kModelNumber - 1, kModelNumber, token_.tape_length - 1, steps,
                        token_.tape_length, token_.tape_length - 1));
}

TEST_F(OlderToken, IsShrunkAsLittleAsItIsReplayed) {
  token_.deviations.front().check ^= 1;
  const CommandResult result = shell("mpglab shrink " + explore::to_text(token_));
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(
      fmt::format("it diverged at choice {}, step ", token_.deviations.front().index)))
      << result.err;
}

// ---- where a token came from ----

// The shrunk one of the hunt below.
class TokenOfAHunt : public testing::Test {
 protected:
  static constexpr const char* kHunt =
      "mpglab hunt gcwait-small --bug self-steal-update-order --seed 7 --json ";
  TokenOfAHunt() : finding_(last_object(shell(kHunt))) {}
  CommandResult say(const std::string& command) const {
    return shell("mpglab " + command + " " + std::string(finding_["token"]));
  }

  const nlohmann::json finding_;
};

TEST_F(TokenOfAHunt, SaysSoWhenItIsReplayed) {
  EXPECT_NE(say("replay").out.find(fmt::format("\n  found by fair-pct, seed 7, schedule {}; shrunk "
                                               "since\n",
                                               finding_["first_finding_run"].dump())),
            std::string::npos)
      << say("replay").out;
}

TEST_F(TokenOfAHunt, SaysSoWhenItIsShrunkAgain) {
  EXPECT_NE(say("shrink").out.find("\nfound by fair-pct, seed 7, schedule "), std::string::npos);
}

TEST_F(TokenOfAHunt, SaysSoWhenItIsExplained) {
  EXPECT_NE(say("explain").out.find("\nfound by fair-pct, seed 7, schedule "), std::string::npos);
}

TEST_F(TokenOfAHunt, SaysSoToScripts) {
  const nlohmann::json origin = last_object(say("replay --json"))["origin"];
  EXPECT_EQ(origin, (nlohmann::json{{"strategy", "fair-pct"},
                                    {"seed", 7},
                                    {"schedule", finding_["first_finding_run"]},
                                    {"shrunk", true}}));
}

// What the token says is enough to meet the schedule: with --runs up to it, it is the last one.
TEST_F(TokenOfAHunt, IsMetAgainByTheHuntThatItNames) {
  const nlohmann::json again =
      last_object(shell(fmt::format("{}--runs {}", kHunt, finding_["first_finding_run"].dump())));
  EXPECT_EQ(again["token"], finding_["token"]);
}

TEST(TokenOfARun, SaysItsSeed) {
  const std::string token = last_object(shell("mpglab run ping-pong --seed 5 --json"))["token"];
  EXPECT_NE(
      shell("mpglab replay " + token).out.find("\n  made by `mpglab run` with random, seed 5\n"),
      std::string::npos);
}

TEST(TokenOfARun, OfAStrategyWithoutSeedsSaysNone) {
  const std::string token =
      last_object(shell("mpglab run ping-pong --strategy round-robin --json"))["token"];
  EXPECT_TRUE(last_object(shell("mpglab replay --json " + token))["origin"]["seed"].is_null());
}

// ---- of the format before this one ----

TEST(TokenOfVersion1, IsReplayed) {
  const CommandResult result =
      shell("mpglab replay m1.gcwait.400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e --json");
  EXPECT_EQ(last_object(result)["signature"], "broken/unknown-resource/ProcStop");
}

TEST(TokenOfVersion1, HasNoOrigin) {
  const CommandResult result =
      shell("mpglab replay m1.gcwait.400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e --json");
  EXPECT_TRUE(last_object(result)["origin"].is_null());
}

TEST(TokenOfVersion1, IsReplayedWithItsSettings) {
  const CommandResult result =
      shell("mpglab replay m1.load-channels.2r0hc06a0r09ckhfskb72emf040g41a5p3pcp --json");
  EXPECT_EQ(last_object(result)["settings"], (nlohmann::json{{"pairs", 1}, {"sends", 5}}));
}

}  // namespace
}  // namespace mpglab
