// What the command says of tokens that were made with another model.

#include "explore/token.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace mpglab
