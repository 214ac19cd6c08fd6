// Hunts: the seeded faults are found with their verdict, and nothing is found without them.

#include "explore/hunt.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/lab.h"
#include "explore/replay.h"
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
  EXPECT_NE(hunt_gcwait(1, 1).discoveries.at(0).token.tape_hash,
            hunt_gcwait(1, 2).discoveries.at(0).token.tape_hash);
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

// ---- where a token came from ----

class Origins : public testing::TestWithParam<HuntOptions> {
 protected:
  // A fault that shows in one of the first thousand schedules of every strategy.
  static HuntOptions with_the_fault(HuntOptions options) {
    options.faults.add(*find_race("self-steal-update-order"));
    return options;
  }
  sim::Program program() const {
    sim::Program program = program_of("gcwait-small");
    program.bodies_only = is_prover(GetParam().strategy);
    return program;
  }
  Discovery found() const {
    HuntOptions options = with_the_fault(GetParam());
    options.runs = 3'000;
    return hunt(program(), options).discoveries.at(0);
  }
  // The hunt that the token names, as far as the schedule that it names, which has to be the first
  // with a finding.
  HuntResult hunted_again(const Origin& origin) const {
    HuntOptions options = with_the_fault({});
    options.strategy = origin.strategy;
    options.seed = origin.seed;
    options.runs = origin.run;
    if (has_depth(origin.strategy)) options.pct_depth = origin.bound.value_or(kDefaultPctDepth);
    if (bounds_preemptions(origin.strategy) && origin.bound)
      options.bounds.preemptions = *origin.bound;
    return hunt(program(), options);
  }
};

TEST_P(Origins, NameTheHuntThatMeetsTheScheduleAgain) {
  const Token token = found().token;
  ASSERT_TRUE(token.origin.has_value());
  EXPECT_EQ(hunted_again(*token.origin).discoveries.at(0).token, token);
}

TEST_P(Origins, SayAsWhichScheduleItMeetsIt) {
  const Discovery discovery = found();
  EXPECT_EQ(hunted_again(*discovery.token.origin).first_finding_run, discovery.run);
}

TEST_P(Origins, ReplayAsTheHuntHadIt) {
  const Token token = found().token;
  Lab lab(program(), token.faults);
  const auto again = replay(lab, *token_from_text(to_text(token)));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(lab.token().tape_hash, token.tape_hash);
}

// With two jobs, which have no say in any schedule, and with the seed 7.
HuntOptions any_hunt(StrategyKind strategy) {
  HuntOptions options;
  options.strategy = strategy;
  if (can_use_jobs(strategy)) options.jobs = 2;
  if (has_seed(strategy)) options.seed = 7;
  return options;
}
HuntOptions within_preemptions(StrategyKind strategy, unsigned preemptions) {
  HuntOptions options = any_hunt(strategy);
  options.bounds.preemptions = preemptions;
  return options;
}
HuntOptions of_depth(StrategyKind strategy, unsigned depth) {
  HuntOptions options = any_hunt(strategy);
  options.pct_depth = depth;
  return options;
}

INSTANTIATE_TEST_SUITE_P(
    Strategies, Origins,
    testing::Values(any_hunt(StrategyKind::kRandom), any_hunt(StrategyKind::kPct),
                    of_depth(StrategyKind::kPct, 5), of_depth(StrategyKind::kFairPct, 7),
                    any_hunt(StrategyKind::kPos), any_hunt(StrategyKind::kUniform),
                    any_hunt(StrategyKind::kRoundRobin), any_hunt(StrategyKind::kDfs),
                    within_preemptions(StrategyKind::kDfs, 1),
                    within_preemptions(StrategyKind::kStates, 2)),
    [](const auto& param) {
      const HuntOptions& options = param.param;
      std::string name = case_name(strategy_name(options.strategy));
      if (options.pct_depth != kDefaultPctDepth) name += "_of_depth";
      if (options.bounds.preemptions != interleave::BoundedDfs::kUnbounded)
        name += "_within_preemptions";
      return name;
    });

// ---- stopped, and gone on with ----

// Everything that a hunt knows, but for how long it took.
std::string text_of(const HuntState& state) {
  std::string text = fmt::format(
      "next {} runs {} findings {} budget {} first {} steps {} exhausted {} whole {} complete {} "
      "round {} of {} left out {}",
      state.next, state.runs, state.findings, state.budget_runs, state.first_finding_run,
      state.steps, state.exhausted, state.dfs_whole, state.dfs.complete_below, state.dfs_count.runs,
      state.dfs_count.size, state.dfs_count.left_out);
  for (const Discovery& one : state.discoveries)
    text += fmt::format("\n{} at {} times {}: {}", one.finding.signature, one.run, one.count,
                        to_text(one.token));
  const auto classes = state.classes.kept();
  return text + fmt::format("\nclasses {} {}", classes.executions, fmt::join(classes.entries, " "));
}

struct Stop {
  StrategyKind strategy;
  std::uint64_t runs;  // before it
};

void PrintTo(const Stop& stop, std::ostream* out) {
  *out << strategy_name(stop.strategy) << " after " << stop.runs;
}

class StoppedHunts : public testing::TestWithParam<Stop> {
 protected:
  // A fault that shows in many schedules, and is not the only thing that is found.
  static HuntOptions options(std::uint64_t runs) {
    HuntOptions options = options_for(GetParam().strategy, runs);
    options.keep_going = true;
    options.count_classes = true;
    options.faults.add(*find_race("self-steal-update-order"));
    return options;
  }
};

TEST_P(StoppedHunts, EndAsIfTheyHadNeverStopped) {
  constexpr std::uint64_t kRuns = 700;
  const sim::Program program = program_of("gcwait-small");
  const HuntState stopped = hunt(program, options(GetParam().runs));
  HuntOptions rest = options(kRuns);
  rest.from = &stopped;
  EXPECT_EQ(text_of(hunt(program, rest)), text_of(hunt(program, options(kRuns))));
}

// Blocks are of 64 schedules: before the first, in it, at its end, behind, and when all is done.
INSTANTIATE_TEST_SUITE_P(Everywhere, StoppedHunts, testing::ValuesIn([] {
                           std::vector<Stop> stops;
                           for (const StrategyName& name : strategy_names())
                             if (!is_prover(name.kind))
                               for (const std::uint64_t runs : {1U, 63U, 64U, 65U, 300U, 700U})
                                 stops.push_back({name.kind, runs});
                           return stops;
                         }()),
                         [](const auto& param) {
                           return case_name(strategy_name(param.param.strategy)) + "_" +
                                  std::to_string(param.param.runs);
                         });

TEST_F(Hunts, ThatHaveEndedWithAFindingGoOnIfTheyAreToKeepGoing) {
  const sim::Program program = program_of("gcwait");
  HuntOptions options = options_for(StrategyKind::kRandom, 500);
  options.faults.add(*find_race("self-steal-update-order"));
  const HuntState ended = hunt(program, options);
  ASSERT_EQ(ended.findings, 1U);
  options.keep_going = true;
  const HuntState whole = hunt(program, options);
  options.from = &ended;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(whole));
}

TEST_F(Hunts, ThatHaveEndedWithAFindingHaveNothingToGoOnWith) {
  const sim::Program program = program_of("gcwait");
  HuntOptions options = options_for(StrategyKind::kRandom, 500);
  options.faults.add(*find_race("self-steal-update-order"));
  const HuntState ended = hunt(program, options);
  options.from = &ended;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(ended));
}

TEST_F(Hunts, OfAPartGoOnInTheirPart) {
  const sim::Program program = program_of("ping-pong");
  HuntOptions options = options_for(StrategyKind::kRandom, 200);
  options.shard = 1;
  options.shards = 3;
  const HuntState stopped = hunt(program, options);
  options.runs = 1'000;
  const HuntState whole = hunt(program, options);
  options.from = &stopped;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(whole));
}

TEST_F(Hunts, KnowTheSameHoweverManyJobsThereAre) {
  const sim::Program program = program_of("gcwait");
  HuntOptions options = options_for(StrategyKind::kRandom, 1'000);
  options.keep_going = true;
  options.count_classes = true;
  options.faults.add(*find_race("self-steal-update-order"));
  const HuntState one = hunt(program, options);
  options.jobs = 3;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(one));
}

TEST_F(Hunts, WithDfsKnowTheSameHoweverManyJobsThereAre) {
  const sim::Program program = program_of("gcwait-small");
  // All within 1 deviation are 1,097 schedules.
  for (const std::uint64_t runs : {1U, 300U, 2'000U}) {
    HuntOptions options = options_for(StrategyKind::kDfs, runs);
    options.count_classes = true;
    const HuntState one = hunt(program, options);
    options.jobs = 3;
    EXPECT_EQ(text_of(hunt(program, options)), text_of(one)) << runs;
  }
}

TEST_F(Hunts, WithDfsFindTheSameScheduleHoweverManyJobsThereAre) {
  const sim::Program program = program_of("gcwait-small");
  HuntOptions options = options_for(StrategyKind::kDfs, 0);
  options.faults.add(*find_race("self-steal-update-order"));
  const HuntState one = hunt(program, options);
  EXPECT_EQ(one.first_finding_run, 892U);  // as in docs/strategies.md
  options.jobs = 3;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(one));
}

TEST_F(Hunts, WithDfsProveTheSameHoweverManyJobsThereAre) {
  HuntOptions options = options_for(StrategyKind::kDfs, 0);
  options.bounds.deviations = 1;
  options.jobs = 3;
  const HuntResult result = hunt(program_of("gcwait-small"), options);
  EXPECT_TRUE(result.verified);
  EXPECT_EQ(result.runs, 1'097U);
}

TEST_F(Hunts, HaveACheckpointForEachDiscovery) {
  const sim::Program program = program_of("gcwait");
  HuntOptions options = options_for(StrategyKind::kRandom, 1'000);
  options.keep_going = true;
  options.faults.add(*find_race("self-steal-update-order"));
  options.jobs = 2;
  std::vector<HuntState> checkpoints;
  options.checkpoint = [&](const HuntState& state) {
    checkpoints.push_back(state);
    return true;
  };
  const HuntState whole = hunt(program, options);
  ASSERT_FALSE(checkpoints.empty());
  EXPECT_EQ(checkpoints.back().discoveries.size(), whole.discoveries.size());
  // And each is what a hunt knows that has come so far.
  for (const HuntState& checkpoint : checkpoints) {
    HuntOptions shorter = options_for(StrategyKind::kRandom, checkpoint.next);
    shorter.keep_going = true;
    shorter.faults = options.faults;
    EXPECT_EQ(text_of(hunt(program, shorter)), text_of(checkpoint));
  }
}

TEST_F(Hunts, EndWhenACheckpointCannotBeKept) {
  HuntOptions options = options_for(StrategyKind::kRandom, 100'000);
  options.keep_going = true;
  options.faults.add(*find_race("self-steal-update-order"));
  options.checkpoint = [](const HuntState& /*state*/) { return false; };
  // The first discovery is in the first schedules, and a block is run to its end.
  EXPECT_EQ(hunt(program_of("gcwait"), options).runs, 64U);
}

TEST_F(Hunts, CountClassesOnlyIfTheyAreAsked) {
  HuntOptions options = options_for(StrategyKind::kRandom, 100);
  EXPECT_EQ(hunt(program_of("ping-pong"), options).classes.executions(), 0U);
  options.count_classes = true;
  EXPECT_EQ(hunt(program_of("ping-pong"), options).classes.executions(), 100U);
}

TEST_F(Hunts, SeeOneClassInAScheduleThatIsRunTwice) {
  // Within 1 deviation the default schedule is run again, as the first of the second round.
  HuntOptions options = options_for(StrategyKind::kDfs, 2);
  options.count_classes = true;
  EXPECT_EQ(hunt(program_of("ping-pong"), options).classes.estimate().classes, 1U);
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
