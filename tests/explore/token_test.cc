// Tokens: what goes in comes out, and whatever happens to one on its way is noticed and named.
#include "explore/token.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace mpglab::explore {
namespace {

using interleave::Choice;
using interleave::ChoiceKind;
using interleave::Tape;

class TokenTest : public testing::Test {
 protected:
  TokenTest() {
    program_.name = "gcwait";
    program_.gomaxprocs = 2;
    program_.bodies.push_back({"main", {{.kind = sim::OpKind::kSyscall, .line = 7}}});
  }

  void choose(std::uint16_t value, std::uint16_t bound = 5) {
    tape_.push_back({ChoiceKind::kPreempt, bound, value});
  }
  void choose_default(std::size_t times) { tape_.insert(tape_.end(), times, kDefault); }

  Token make() const { return make_token(program_, faults_, tape_); }
  std::string text() const { return to_text(make()); }

  // A token of the size of a shrunk one.
  std::string usual_text() {
    choose_default(31);
    choose(1);
    choose_default(100);
    choose(4);
    choose(2);
    choose_default(3);
    return text();
  }

  static std::string verdict_on(std::string_view text) {
    const auto token = token_from_text(text);
    return token ? "read" : std::string{token_error_name(token.error().code)};
  }

  static constexpr std::string_view kVersion1 =
      "m1.gcwait.400hc0cv142wjfpwsgn7tmvswm3693065bb02gxx0447mfgac5v8e";
  static constexpr std::string_view kVersion1WithSettings =
      "m1.load-channels.2r0hc06a0r09ckhfskb72emf040g41a5p3pcp";
  static constexpr Choice kDefault{ChoiceKind::kPreempt, 3, 0};

  sim::Program program_;
  FaultSet faults_;
  Tape tape_;
};

TEST_F(TokenTest, AnEmptyTapeComesBack) {
  EXPECT_EQ(token_from_text(text()), make());
}

TEST_F(TokenTest, DeviationsComeBack) {
  const std::string written = usual_text();
  EXPECT_EQ(token_from_text(written), make());
}

// Values from 4 on and distances from 32 on take more than one byte.
TEST_F(TokenTest, LargeValuesAndDistancesComeBack) {
  for (std::uint16_t value = 1; value < 400; value = static_cast<std::uint16_t>(value * 3 + 1)) {
    choose_default(value * std::size_t{7});
    choose(value, 500);
  }
  choose(0xfffe, 0xffff);
  EXPECT_EQ(token_from_text(text()), make());
}

TEST_F(TokenTest, FaultsComeBack) {
  for (const Race& race : catalogue()) faults_.add(race);
  EXPECT_EQ(token_from_text(text())->faults, faults_);
}

TEST_F(TokenTest, SettingsComeBack) {
  program_.settings = {{"rounds", 3, false}, {"sends", 70'000, true}, {"pairs", 1, true}};
  choose(1);
  EXPECT_EQ(token_from_text(text())->settings, (std::vector<TokenSetting>{{1, 70'000}, {2, 1}}));
}

// A setting that is the scenario's default takes no place.
TEST_F(TokenTest, OnlySettingsThatWereChangedAreInIt) {
  const std::string without = text();
  program_.settings = {{"rounds", 3, false}};
  EXPECT_EQ(text(), without);
}

// ---- where the schedule was met ----

// From seed 4 on it takes a number of its own, and with a bound the first number takes two bytes.
TEST_F(TokenTest, OriginsComeBack) {
  for (const StrategyName& strategy : strategy_names()) {
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{4},
                                     std::uint64_t{300}, ~std::uint64_t{0}}) {
      for (const std::optional<std::uint32_t> bound :
           {std::optional<std::uint32_t>{}, {0}, {500}}) {
        for (const bool shrunk : {false, true}) {
          Token token = make();
          token.origin = Origin{strategy.kind, seed, bound, seed / 2, shrunk};
          EXPECT_EQ(token_from_text(to_text(token)), token) << strategy.name << " " << seed;
        }
      }
    }
  }
}

TEST_F(TokenTest, AnOriginAndSettingsComeBack) {
  program_.settings = {{"rounds", 3, true}};
  Token token = make();
  token.origin = Origin{StrategyKind::kPct, 7, 3, 4'044, true};
  EXPECT_EQ(token_from_text(to_text(token)), token);
}

// Three bytes, one for strategy, shrunk and seed and two for 4,044: 30 bytes take 48 characters
// where the 27 of the token above take 44.
TEST_F(TokenTest, AnOriginOfASmallSeedTakesFourOrFiveCharacters) {
  Token token = *token_from_text(usual_text());
  token.origin = Origin{StrategyKind::kStates, 3, {}, 4'044, true};
  EXPECT_EQ(to_text(token).size(), 54U + 4);
}

// ---- older tokens ----

// Written by the mpglab before there were origins.
TEST_F(TokenTest, OfVersion1IsRead) {
  EXPECT_EQ(token_from_text(kVersion1)->deviations.size(), 5U);
}

TEST_F(TokenTest, OfVersion1HasNoOrigin) {
  EXPECT_FALSE(token_from_text(kVersion1)->origin.has_value());
}

TEST_F(TokenTest, OfVersion1ComesBackAsOneOfVersion2) {
  const Token token = *token_from_text(kVersion1);
  EXPECT_EQ(token_from_text(to_text(token)), token);
}

TEST_F(TokenTest, OfVersion1HasItsSettings) {
  EXPECT_EQ(token_from_text(kVersion1WithSettings)->settings,
            (std::vector<TokenSetting>{{1, 1}, {2, 5}}));
}

// ---- deviations ----

TEST_F(TokenTest, OnlyWhatIsNotTheDefaultIsADeviation) {
  choose_default(2);
  choose(3);
  choose_default(1);
  const Token token = make();
  EXPECT_EQ(token.deviations.size(), 1U);
}

TEST_F(TokenTest, ADeviationStandsAtItsPlaceInTheTape) {
  choose_default(2);
  choose(3);
  EXPECT_EQ(make().deviations[0].index, 2U);
}

// "m2.gcwait." is 10 characters. The payload: its length, model, Go version, faults and count of
// deviations 5 bytes, the tape's length 137 2, two hashes 8; distance 31 and check 2, distance 100
// in two bytes with value 4 and check 4, distance 0 and check 2; checksum 4. 27 bytes are 44
// characters.
TEST_F(TokenTest, ATokenOfThreeDeviationsIsShort) {
  EXPECT_EQ(usual_text().size(), 54U);
}

TEST_F(TokenTest, ATokenNeedsNoQuoting) {
  EXPECT_EQ(usual_text().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789."),
            std::string::npos);
}

TEST_F(TokenTest, AStrangeScenarioNameNeedsNoQuotingEither) {
  program_.name = "my race's $HOME.v2";
  EXPECT_EQ(text().substr(0, 22), "m2.my_race_s__HOME_v2.");
}

TEST_F(TokenTest, AStrangeScenarioNameStillFits) {
  program_.name = "my race's $HOME.v2";
  EXPECT_TRUE(check_fits(*token_from_text(text()), program_));
}

// ---- damage ----

TEST_F(TokenTest, EveryCutInThePayloadIsCalledACut) {
  const std::string whole = usual_text();
  std::size_t cuts = 0;
  for (std::size_t length = sizeof("m2.gcwait.") - 1; length < whole.size(); ++length)
    cuts += verdict_on(whole.substr(0, length)) == "cut" ? 1U : 0U;
  // Every length from the empty payload's 10 to 53.
  EXPECT_EQ(cuts, 44U);
}

TEST_F(TokenTest, EveryCutIsNoticed) {
  const std::string whole = usual_text();
  std::size_t noticed = 0;
  for (std::size_t length = 0; length < whole.size(); ++length)
    noticed += verdict_on(whole.substr(0, length)) == "read" ? 0U : 1U;
  EXPECT_EQ(noticed, whole.size());
}

// Every character of the token in turn replaced by every other printable one.
TEST_F(TokenTest, EveryAlteredCharacterIsNoticed) {
  const std::string whole = usual_text();
  std::string unnoticed;
  for (std::size_t place = 0; place < whole.size(); ++place) {
    for (char c = ' '; c <= '~'; ++c) {
      std::string altered = whole;
      altered[place] = c;
      if (altered != whole && verdict_on(altered) == "read") unnoticed += altered + "\n";
    }
  }
  EXPECT_EQ(unnoticed, "");
}

TEST_F(TokenTest, EverySwapOfNeighboursIsNoticed) {
  const std::string whole = usual_text();
  std::string unnoticed;
  for (std::size_t place = 1; place < whole.size(); ++place) {
    std::string altered = whole;
    std::swap(altered[place - 1], altered[place]);
    if (altered != whole && verdict_on(altered) == "read") unnoticed += altered + "\n";
  }
  EXPECT_EQ(unnoticed, "");
}

TEST_F(TokenTest, ATokenWithSomethingAfterItIsAltered) {
  EXPECT_EQ(verdict_on(usual_text() + "0"), "altered");
}

TEST_F(TokenTest, AWholeByteAfterItIsNoticedToo) {
  EXPECT_EQ(verdict_on(usual_text() + "00"), "altered");
}

TEST_F(TokenTest, ACharacterThatNoTokenHasIsNamedWithItsPlace) {
  std::string altered = usual_text();
  altered[12] = 'U';
  EXPECT_EQ(token_from_text(altered).error().message,
            "the token has been altered: 'U' at place 13 is no character of one");
}

TEST_F(TokenTest, ATextIsNoToken) {
  EXPECT_EQ(verdict_on("gcwait"), "not-a-token");
}

TEST_F(TokenTest, NothingIsNoToken) {
  EXPECT_EQ(verdict_on(""), "not-a-token");
}

TEST_F(TokenTest, AWordWithAnMIsNoToken) {
  EXPECT_EQ(verdict_on("main.go.x"), "not-a-token");
}

TEST_F(TokenTest, AnotherVersionOfTheFormatIsNamed) {
  EXPECT_EQ(token_from_text("m7.gcwait.xyz").error().message,
            "the token is of version 7; this mpglab reads versions 1 and 2");
}

// ---- tokens of other programs ----

// It may fit all the same.
TEST_F(TokenTest, ATokenOfAnotherModelIsRead) {
  Token token = make();
  token.model = kModelNumber + 1;
  EXPECT_EQ(token_from_text(to_text(token)), token);
}

TEST_F(TokenTest, ATokenOfAnotherGoIsNamed) {
  Token token = make();
  token.go_minor = 25;
  EXPECT_EQ(token_from_text(to_text(token)).error().message,
            "the token is of Go 1.25; this mpglab has Go 1.22");
}

TEST_F(TokenTest, AnUnknownFaultIsNamed) {
  Token token = make();
  token.faults = FaultSet::from_bits(std::uint64_t{1} << 63);
  EXPECT_EQ(verdict_on(to_text(token)), "unknown-fault");
}

TEST_F(TokenTest, ATokenFitsItsProgram) {
  EXPECT_TRUE(check_fits(make(), program_));
}

TEST_F(TokenTest, ATokenOfAnotherScenarioDoesNotFit) {
  const Token token = make();
  program_.name = "syscalls";
  EXPECT_EQ(check_fits(token, program_).error().message,
            "the token is of scenario 'gcwait', not of 'syscalls'");
}

TEST_F(TokenTest, ATokenOfAnEditedScenarioDoesNotFit) {
  const Token token = make();
  program_.bodies[0].ops[0].kind = sim::OpKind::kGosched;
  EXPECT_EQ(
      check_fits(token, program_).error().message,
      "the token is of another text of scenario 'gcwait': it has been edited, or --set gives it "
      "other settings");
}

TEST_F(TokenTest, ANewStoryIsNoEdit) {
  const Token token = make();
  program_.story = "told better";
  EXPECT_TRUE(check_fits(token, program_));
}

// ---- tokens that somebody made up: the checksum is right, the contents are not ----

TEST_F(TokenTest, ADeviationBehindTheTapeIsRefused) {
  Token token = make();
  token.tape_length = 5;
  token.deviations.push_back({5, 1, 0});
  EXPECT_EQ(verdict_on(to_text(token)), "altered");
}

}  // namespace
}  // namespace mpglab::explore
