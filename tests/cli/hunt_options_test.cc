// Which options of `mpglab hunt` go together, and what is said of those that do not.

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/command.h"
#include "support/json.h"

namespace mpglab {
namespace {

using test::CommandResult;
using test::last_object;
using test::Scratch;
using test::shell;

// ---- every strategy with every option that is not for all ----

struct Strategy {
  const char* name;
  const char* takes;  // of the options below
};
constexpr Strategy kStrategies[] = {
    {"random", "seed classes jobs shard"},
    {"pct", "seed classes jobs shard depth"},
    {"pos", "seed classes jobs shard"},
    {"uniform", "seed classes jobs shard"},
    {"fair-pct", "seed classes jobs shard depth"},
    {"round-robin", "classes"},
    {"dfs", "classes jobs deviations preemptions"},
    {"dpor", "jobs apart"},
    {"states", "jobs preemptions apart"},
};
void PrintTo(const Strategy& strategy, std::ostream* out) {
  *out << strategy.name;
}

struct Option {
  const char* name;
  const char* said;
  const char* refusal;  // part of the line
};
constexpr Option kOptions[] = {
    {"seed", "--seed 3", "tries the same schedules always: no --seed"},
    {"classes", "--classes", "which has its own count"},
    {"jobs", "--jobs 2", "tries schedules in an order: --jobs 1"},
    {"shard", "--shard 1/2", "tries schedules in an order: no --shard"},
    {"depth", "--depth 3", "--depth is for --strategy pct or fair-pct, not "},
    {"deviations", "--deviations 1", "--deviations is for --strategy dfs, not "},
    {"preemptions", "--preemptions 1", "--preemptions is for --strategy dfs or states, not "},
    {"apart", "--tell-ms-apart", "--tell-ms-apart is for --strategy dpor or states, not "},
};
void PrintTo(const Option& option, std::ostream* out) {
  *out << option.name;
}

class Pairs : public testing::TestWithParam<std::tuple<Strategy, Option>> {
 protected:
  static bool go_together() {
    const auto& [strategy, option] = GetParam();
    return std::string_view(strategy.takes).find(option.name) != std::string_view::npos;
  }
  static CommandResult hunt() {
    const auto& [strategy, option] = GetParam();
    return shell(
        fmt::format("mpglab hunt ping-pong --runs 1 --strategy {} {}", strategy.name, option.said));
  }
};

TEST_P(Pairs, GoTogetherOrAreRefusedInOneLine) {
  const CommandResult result = hunt();
  if (go_together()) {
    EXPECT_EQ(result.err, "");
  } else {
    EXPECT_EQ(result.code, 2);
    EXPECT_TRUE(result.complains_of(std::get<1>(GetParam()).refusal)) << result.err;
  }
}

std::string pair_name(const testing::TestParamInfo<Pairs::ParamType>& pair) {
  const auto& [strategy, option] = pair.param;
  std::string name = fmt::format("{}_{}", strategy.name, option.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(OfOptions, Pairs,
                         testing::Combine(testing::ValuesIn(kStrategies),
                                          testing::ValuesIn(kOptions)),
                         pair_name);

// ---- what no strategy takes ----

struct Mistake {
  const char* arguments;
  const char* said;
};
void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.arguments;
}

class HuntMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(HuntMistakes, AreSaidInOneLine) {
  const Scratch scratch;
  const CommandResult result =
      shell("cd " + scratch / "" + " && mpglab hunt " + GetParam().arguments);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(GetParam().said)) << result.err;
  EXPECT_EQ(result.out, "");
}

INSTANTIATE_TEST_SUITE_P(
    Folders, HuntMistakes,
    testing::Values(Mistake{"--resume d --out d", "--resume goes on in its own folder"},
                    Mistake{"gcwait --out ''", "--out wants the name of a folder"},
                    Mistake{"gcwait --resume ''", "--resume wants the name of a folder"},
                    Mistake{"--resume ''", "--resume wants the name of a folder"},
                    Mistake{"--out d", "scenario is required"},
                    Mistake{"gcwait --out d --out e", "--out: At Most 1"}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, HuntMistakes,
    testing::Values(
        Mistake{"gcwait --runs 0", "'0' is no whole number from 1"},
        Mistake{"gcwait --runs -3", "'-3' is no whole number"},
        Mistake{"gcwait --runs many", "'many' is no whole number"},
        Mistake{"gcwait --runs 18446744073709551616", "'18446744073709551616' is no whole number"},
        Mistake{"gcwait --time 0", "'0' is no length of time"},
        Mistake{"gcwait --time -1s", "'-1s' is no length of time"},
        Mistake{"gcwait --time 3x", "'3x' is no length of time"},
        Mistake{"gcwait --time nan", "'nan' is no length of time"},
        Mistake{"gcwait --time 1e300", "'1e300' is no length of time"},
        Mistake{"gcwait --jobs 0", "'0' is no whole number from 1 to 1024"},
        Mistake{"gcwait --jobs 1025", "'1025' is no whole number from 1 to 1024"},
        Mistake{"gcwait --seed -1", "'-1' is no whole number"},
        Mistake{"gcwait --seed 1 --seed 2", "--seed: At Most 1"},
        Mistake{"gcwait --max-steps 0", "'0' is no whole number from 1"},
        Mistake{"gcwait --strategy pct --depth 0", "'0' is no whole number from 1 to 1000"},
        Mistake{"gcwait --strategy pct --depth 1001", "'1001' is no whole number from 1 to 1000"},
        Mistake{"gcwait --strategy dfs --deviations -1", "'-1' is no whole number from 0"},
        Mistake{"gcwait --strategy dfs --deviations 1001", "'1001' is no whole number from 0"},
        Mistake{"gcwait --strategy states --preemptions -1", "'-1' is no whole number from 0"},
        Mistake{"gcwait --strategy states --preemptions 1001", "'1001' is no whole number from 0"},
        Mistake{"gcwait --shard 0/4", "'0/4' is no part of a whole"},
        Mistake{"gcwait --shard 5/4", "'5/4' is no part of a whole"},
        Mistake{"gcwait --shard 1", "'1' is no part of a whole"},
        Mistake{"gcwait --shard 1/2/3", "'1/2/3' is no part of a whole"},
        Mistake{"gcwait --shard 2/2 --runs 64",
                "--shard 2/2 has none of 64 schedules: they are dealt out in blocks of 64, and it "
                "begins with number 65"},
        Mistake{"gcwait --shard 1/1000001", "'1/1000001' is no part of a whole"}));

// ---- that only look like it ----

// One part of one is the whole.
TEST(HuntOptions, OnePartOfOneIsForEveryStrategy) {
  EXPECT_EQ(shell("mpglab hunt ping-pong --runs 1 --strategy dfs --shard 1/1").err, "");
}

TEST(HuntOptions, ASeedIsToldOfWhoHasOne) {
  EXPECT_EQ(last_object(shell("mpglab hunt ping-pong --runs 1 --seed 3 --json"))["seed"], 3);
}
TEST(HuntOptions, NoSeedIsToldOfWhoHasNone) {
  EXPECT_TRUE(
      last_object(shell("mpglab hunt ping-pong --runs 1 --strategy dfs --json"))["seed"].is_null());
}

TEST(HuntOptions, OneJobIsForEveryStrategy) {
  EXPECT_EQ(shell("mpglab hunt ping-pong --runs 1 --strategy states --jobs 1").err, "");
}

TEST(HuntOptions, OfAStrategyWithoutASeedNameNone) {
  const CommandResult result = shell("mpglab hunt ping-pong --runs 1 --strategy round-robin");
  EXPECT_EQ(result.out.find("seed"), std::string::npos) << result.out;
}

// It begins with 500 random ones.
TEST(HuntOptions, OfTooFewRunsForTheSearchForStatesSaySo) {
  const CommandResult result = shell("mpglab hunt ping-pong --runs 5 --strategy states");
  EXPECT_NE(result.out.find("before the search began"), std::string::npos) << result.out;
}

// ---- of run ----

class RunMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(RunMistakes, AreSaidInOneLine) {
  const CommandResult result = shell(std::string("mpglab run ping-pong ") + GetParam().arguments);
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(result.complains_of(GetParam().said)) << result.err;
}

INSTANTIATE_TEST_SUITE_P(
    Strategies, RunMistakes,
    testing::Values(Mistake{"--strategy states", "--strategy states is for many schedules"},
                    Mistake{"--strategy dpor --no-judge", "--strategy dpor is for many schedules"},
                    Mistake{"--strategy dfs --seed 3", "no --seed"},
                    Mistake{"--strategy round-robin --seed 3", "no --seed"}));

}  // namespace
}  // namespace mpglab
