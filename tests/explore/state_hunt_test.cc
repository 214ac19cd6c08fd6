// Hunts by states: the same with any number of jobs, and in any number of parts.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/hunt.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program gcwait_small() {
  const BuiltinScenario* scenario = find_builtin_scenario("gcwait-small");
  EXPECT_NE(scenario, nullptr);
  auto program = sim::parse_scenario(scenario->file, scenario->text);
  EXPECT_TRUE(program.has_value()) << program.error().message;
  program->bodies_only = true;
  return *program;
}

// Small enough to be exhausted without a bound: a goroutine beside one that stops the world.
sim::Program stopper() {
  auto program =
      sim::parse_scenario("stopper.toml",
                          "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n"
                          "bodies-only = true\nscheduling-at-once = true\n"
                          "[goroutine.main]\nbody = \"\"\"\ngo worker\nstop-the-world\n\"\"\"\n"
                          "[goroutine.worker]\nbody = \"syscall\"\n");
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

// What a hunt knows when it is at its end, with all that its search has met, as somebody has it who
// keeps each of its checkpoints.
HuntState kept(const sim::Program& program, HuntOptions options) {
  KeptSearch all;
  if (options.from != nullptr) all = options.from->search;
  const auto keep = [&all](const KeptSearch& piece) {
    if (piece.generation != all.generation) all.met.clear();
    EXPECT_EQ(piece.met_before, all.met.size());
    all.met.insert(all.met.end(), piece.met.begin(), piece.met.end());
    all.generation = piece.generation;
    all.frontier = piece.frontier;
  };
  options.checkpoint = [&](const HuntState& state) {
    keep(state.search);
    return true;
  };
  HuntState state = hunt(program, options);
  keep(state.search);
  state.search = std::move(all);
  return state;
}

// Everything of that, but for how long it took.
std::string text_of(const HuntState& state) {
  std::string text = fmt::format(
      "next {} runs {} findings {} budget {} first {} steps {} exhausted {} proof {} {} {} {} "
      "generation {}",
      state.next, state.runs, state.findings, state.budget_runs, state.first_finding_run,
      state.steps, state.exhausted, state.proof.exhausted, state.proof.whole,
      state.proof.preemptions_below, state.proof.states, state.search.generation);
  for (const Discovery& one : state.discoveries)
    text += fmt::format("\n{} at {} times {}: {}", one.finding.signature, one.run, one.count,
                        to_text(one.token));
  text += fmt::format("\n{}\n", fmt::join(state.search.frontier, " "));
  for (const interleave::MetState& met : state.search.met)
    text += fmt::format("{:x}/{} ", met.state, met.budget);
  return text;
}

// Within two preemptions, with a fault that shows in some schedules of a hundred.
HuntOptions with_fault(std::uint64_t runs) {
  HuntOptions options;
  options.strategy = StrategyKind::kStates;
  options.bounds.preemptions = 2;
  options.runs = runs;
  options.keep_going = true;
  options.faults.add(*find_race("self-steal-update-order"));
  return options;
}

HuntOptions without_bound(std::uint64_t runs) {
  HuntOptions options;
  options.strategy = StrategyKind::kStates;
  options.runs = runs;
  return options;
}

// ---- stopped after so many executions ----

// The first 500 are to get to know the program, and 513 is the first with a finding. Then there are
// waves of up to 32 tickets, with 1 execution each as long as there are few states, and 16 later.
class StateHunts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(StateHunts, KnowTheSameHoweverManyJobsThereAre) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(GetParam());
  const std::string one = text_of(kept(program, options));
  for (options.jobs = 2; options.jobs <= 3; ++options.jobs)
    EXPECT_EQ(text_of(kept(program, options)), one) << options.jobs;
}
TEST_P(StateHunts, RunAsManySchedulesAsTheyAreTo) {
  HuntOptions options = with_fault(GetParam());
  options.jobs = 3;
  EXPECT_EQ(hunt(gcwait_small(), options).next, GetParam());
}
TEST_P(StateHunts, ThatAreStoppedEndAsIfTheyHadNeverStopped) {
  const sim::Program program = gcwait_small();
  const HuntState stopped = kept(program, with_fault(GetParam()));
  HuntOptions rest = with_fault(0);
  rest.from = &stopped;
  rest.jobs = 2;
  EXPECT_EQ(text_of(kept(program, rest)), text_of(kept(program, with_fault(0))));
}

INSTANTIATE_TEST_SUITE_P(Of, StateHunts,
                         testing::Values(1, 499, 500, 501, 513, 540, 1'000, 5'003, 11'000),
                         [](const auto& param) {
                           return std::to_string(param.param) + "_executions";
                         });

// ---- findings ----

TEST(StateHuntsTest, FindTheSameScheduleHoweverManyJobsThereAre) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(0);
  options.keep_going = false;
  const HuntState one = kept(program, options);
  ASSERT_EQ(one.findings, 1U);
  for (options.jobs = 2; options.jobs <= 3; ++options.jobs)
    EXPECT_EQ(text_of(kept(program, options)), text_of(one)) << options.jobs;
}
TEST(StateHuntsTest, GoOnBehindAFindingIfTheyAreToKeepGoing) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(0);
  const HuntState whole = kept(program, options);
  options.keep_going = false;
  const HuntState ended = kept(program, options);
  options.keep_going = true;
  options.from = &ended;
  EXPECT_EQ(text_of(kept(program, options)), text_of(whole));
}
TEST(StateHuntsTest, HaveCheckpointsThatAreHuntsOfTheirOwn) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(2'000);
  options.jobs = 2;
  std::vector<HuntState> checkpoints;
  options.checkpoint = [&](const HuntState& state) {
    checkpoints.push_back(state);
    return true;
  };
  hunt(program, options);
  ASSERT_FALSE(checkpoints.empty());
  for (const HuntState& checkpoint : checkpoints)
    EXPECT_EQ(kept(program, with_fault(checkpoint.next)).search.frontier,
              checkpoint.search.frontier);
}

TEST(StateHuntsTest, SayWhileTheyRunWhatTheyHaveMet) {
  HuntOptions options = without_bound(0);
  StateCount last;
  options.progress = [&](const HuntProgress& progress) {
    last = progress.states.value_or(last);
    return last.states == 0;
  };
  const HuntResult result = hunt(gcwait_small(), options);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(last.states, result.proof.states);
  EXPECT_EQ(last.preemptions_below, result.proof.preemptions_below);
  EXPECT_EQ(last.tried, result.next);
}

// ---- to the end ----

TEST(StateProofs, AreTheSameHoweverManyJobsThereAre) {
  HuntOptions options = without_bound(0);
  const HuntState one = kept(stopper(), options);
  EXPECT_TRUE(one.proof.whole);
  for (options.jobs = 2; options.jobs <= 3; ++options.jobs)
    EXPECT_EQ(text_of(kept(stopper(), options)), text_of(one)) << options.jobs;
}
TEST(StateProofs, InPartsAreProofs) {
  // In the rounds with a bound, and in the last one, which has none.
  const HuntState whole = kept(stopper(), without_bound(0));
  for (const std::uint64_t runs : {600U, 2'800U}) {
    ASSERT_LT(runs, whole.next);
    const HuntState stopped = kept(stopper(), without_bound(runs));
    HuntOptions rest = without_bound(0);
    rest.from = &stopped;
    EXPECT_EQ(text_of(kept(stopper(), rest)), text_of(whole)) << runs;
  }
}
TEST(StateProofs, AtTheirEndStayThere) {
  const HuntState whole = kept(stopper(), without_bound(0));
  HuntOptions rest = without_bound(0);
  rest.from = &whole;
  EXPECT_EQ(text_of(kept(stopper(), rest)), text_of(whole));
}
TEST(StateProofs, ThatCannotBeSayWhyWithSeveralJobs) {
  auto program =
      sim::parse_scenario("turner.toml",
                          "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n"
                          "bodies-only = true\n[goroutine.main]\nbody = \"generation\"\n");
  ASSERT_TRUE(program.has_value()) << program.error().message;
  HuntOptions options = without_bound(0);
  options.jobs = 2;
  const HuntResult result = hunt(*program, options);
  EXPECT_EQ(result.proof.cannot, "the scenario starts, stops or turns over its trace by itself");
  EXPECT_FALSE(result.verified);
}

}  // namespace
}  // namespace mpglab::explore
