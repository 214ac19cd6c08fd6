// Hunts: the seeded faults are found with their verdict, and nothing is found without them.

#include "explore/hunt.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

// GoogleTest wants words without hyphens.
std::string case_name(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

sim::Program program_of(std::string_view name) {
  const BuiltinScenario* scenario = find_builtin_scenario(name);
  EXPECT_NE(scenario, nullptr) << name;
  auto program = sim::parse_scenario(scenario->file, scenario->text);
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

HuntOptions options_for(StrategyKind strategy, std::uint64_t runs) {
  HuntOptions options;
  options.strategy = strategy;
  options.runs = runs;
  return options;
}

// ---- with a fault ----

struct SeededFault {
  const char* race;
  const char* signature;
};

void PrintTo(const SeededFault& fault, std::ostream* out) {
  *out << fault.race;
}

class SeededFaults : public testing::TestWithParam<std::tuple<SeededFault, StrategyKind>> {
 protected:
  HuntResult hunt_it() const {
    const auto& [fault, strategy] = GetParam();
    const Race* race = find_race(fault.race);
    // Ten times as many as the worst of 20 seeds took.
    HuntOptions options = options_for(strategy, 1'000'000);
    options.faults.add(*race);
    return hunt(program_of(race->scenario), options);
  }
};

TEST_P(SeededFaults, AreFoundWithTheirVerdict) {
  const HuntResult result = hunt_it();
  ASSERT_EQ(result.verdict, Verdict::kBroken);
  EXPECT_EQ(result.discoveries.at(0).finding.signature, std::get<0>(GetParam()).signature);
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, SeededFaults,
    testing::Combine(
        testing::Values(SeededFault{"gcwait-stop-not-steal", "broken/unknown-resource/ProcStop"},
                        SeededFault{"self-steal-update-order",
                                    "broken/failed-to-advance/ProcStart"}),
        testing::Values(StrategyKind::kRandom, StrategyKind::kPct, StrategyKind::kFairPct)),
    [](const auto& param) {
      return case_name(std::get<0>(param.param).race) + "_" +
             case_name(strategy_name(std::get<1>(param.param)));
    });

// A race of the catalogue that no case above hunts would go unnoticed. Those that a trace shows
// are in shown_by_trace_test.cc.
TEST(SeededFaultsTest, AreAllThatAScenarioShows) {
  EXPECT_EQ(std::count_if(catalogue().begin(), catalogue().end(),
                          [](const Race& race) { return !race.scenario.empty(); }),
            2);
}

// ---- without ----

class SoundScenarios : public testing::TestWithParam<std::tuple<std::string_view, StrategyKind>> {};

TEST_P(SoundScenarios, HaveNoFindingOfAnyKind) {
  const auto& [scenario, strategy] = GetParam();
  HuntOptions options = options_for(strategy, 4'000);
  options.keep_going = true;
  const HuntResult result = hunt(program_of(scenario), options);
  EXPECT_EQ(result.verdict, Verdict::kSound);
  EXPECT_TRUE(result.discoveries.empty());
}

// Races of Go 1.22 itself: their scenarios have a finding without any fault.
struct OpenRace {
  std::string_view scenario;
  const char* signature;
};
constexpr std::array kOpenRaces = {
    OpenRace{"open-handoff-generation", "broken/inconsistent-status/ProcStatus"},
    OpenRace{"open-retake-generation", "broken/failed-to-advance/ProcSteal"},
    OpenRace{"open-start-in-syscall", "broken/bad-context/GoStart"}};

void PrintTo(const OpenRace& race, std::ostream* out) {
  *out << race.scenario;
}

std::vector<std::string_view> sound_scenarios() {
  std::vector<std::string_view> names;
  for (const BuiltinScenario& scenario : builtin_scenarios())
    if (!scenario.name.starts_with("open-")) names.push_back(scenario.name);
  return names;
}

class OpenRaces : public testing::TestWithParam<OpenRace> {};

TEST_P(OpenRaces, AreFoundWithoutAnyFault) {
  const HuntResult result =
      hunt(program_of(GetParam().scenario), options_for(StrategyKind::kPct, 1'000'000));
  ASSERT_EQ(result.verdict, Verdict::kBroken);
  EXPECT_EQ(result.discoveries.at(0).finding.signature, GetParam().signature);
}

INSTANTIATE_TEST_SUITE_P(Builtin, OpenRaces, testing::ValuesIn(kOpenRaces),
                         [](const auto& param) { return case_name(param.param.scenario); });

INSTANTIATE_TEST_SUITE_P(Builtin, SoundScenarios,
                         testing::Combine(testing::ValuesIn(sound_scenarios()),
                                          testing::Values(StrategyKind::kRandom, StrategyKind::kPct,
                                                          StrategyKind::kUniform)),
                         [](const auto& param) {
                           return case_name(std::get<0>(param.param)) + "_" +
                                  case_name(strategy_name(std::get<1>(param.param)));
                         });

// ---- the hunt itself ----

class Hunts : public testing::Test {
 protected:
  HuntResult hunt_gcwait(unsigned jobs, std::uint64_t seed = 1) const {
    HuntOptions options = options_for(StrategyKind::kRandom, 200'000);
    options.faults.add(*find_race("gcwait-stop-not-steal"));
    options.jobs = jobs;
    options.seed = seed;
    return hunt(program_of("gcwait"), options);
  }
};

TEST_F(Hunts, AreAFunctionOfTheSeed) {
  EXPECT_EQ(to_text(hunt_gcwait(1).discoveries.at(0).token),
            to_text(hunt_gcwait(1).discoveries.at(0).token));
}

TEST_F(Hunts, FindTheSameScheduleHoweverManyJobsThereAre) {
  const HuntResult one = hunt_gcwait(1);
  const HuntResult three = hunt_gcwait(3);
  EXPECT_EQ(three.first_finding_run, one.first_finding_run);
  EXPECT_EQ(to_text(three.discoveries.at(0).token), to_text(one.discoveries.at(0).token));
}

TEST_F(Hunts, OfOtherSeedsFindOtherSchedules) {
  EXPECT_NE(to_text(hunt_gcwait(1, 1).discoveries.at(0).token),
            to_text(hunt_gcwait(1, 2).discoveries.at(0).token));
}

TEST_F(Hunts, StopAfterTheRunsThatWereAskedFor) {
  EXPECT_EQ(hunt(program_of("ping-pong"), options_for(StrategyKind::kRandom, 777)).runs, 777U);
}

TEST_F(Hunts, InPartsFindWhatTheWholeFinds) {
  HuntOptions options = options_for(StrategyKind::kRandom, 1'000);
  options.keep_going = true;
  options.faults.add(*find_race("self-steal-update-order"));
  const sim::Program program = program_of("gcwait");
  const HuntResult whole = hunt(program, options);
  std::uint64_t runs = 0;
  std::uint64_t findings = 0;
  options.shards = 3;
  for (options.shard = 0; options.shard < options.shards; ++options.shard) {
    const HuntResult part = hunt(program, options);
    runs += part.runs;
    findings += part.findings;
  }
  EXPECT_EQ(std::pair(runs, findings), std::pair(whole.runs, whole.findings));
}

TEST_F(Hunts, CanBeEndedByWhoeverWatchesThem) {
  HuntOptions options = options_for(StrategyKind::kRandom, 0);
  options.progress = [](const HuntProgress& /*progress*/) { return false; };
  EXPECT_TRUE(hunt(program_of("ping-pong"), options).interrupted);
}

TEST_F(Hunts, SayWhenSchedulesRanOutOfSteps) {
  HuntOptions options = options_for(StrategyKind::kRandom, 10);
  options.max_steps = 50;
  const HuntResult result = hunt(program_of("ping-pong"), options);
  EXPECT_EQ(result.verdict, Verdict::kBudget);
  EXPECT_EQ(result.budget_runs, 10U);
}

TEST_F(Hunts, WithRoundRobinEndWhenNobodyIsPreemptedAnyMore) {
  const HuntResult result =
      hunt(program_of("ping-pong"), options_for(StrategyKind::kRoundRobin, 0));
  EXPECT_EQ(result.verdict, Verdict::kSound);
  EXPECT_GT(result.runs, 10U);
}

}  // namespace
}  // namespace mpglab::explore
