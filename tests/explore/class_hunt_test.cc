// Hunts by DPOR: the same with any number of jobs, and in any number of parts.

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/hunt.h"
#include "interleave/dpor.h"
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

// A goroutine that collects, beside an idle P: a few hundred classes.
sim::Program collector() {
  auto program = sim::parse_scenario("collector.toml",
                                     "title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n"
                                     "bodies-only = true\n[goroutine.main]\nbody = \"gc\"\n");
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

// Everything that a hunt knows, but for how long it took.
std::string text_of(const HuntState& state) {
  std::string text =
      fmt::format("next {} runs {} findings {} budget {} first {} steps {} exhausted {} proof {}",
                  state.next, state.runs, state.findings, state.budget_runs,
                  state.first_finding_run, state.steps, state.exhausted, state.proof.exhausted);
  for (const Discovery& one : state.discoveries)
    text += fmt::format("\n{} at {} times {}: {}", one.finding.signature, one.run, one.count,
                        to_text(one.token));
  return text + fmt::format("\n{}", fmt::join(state.search.frontier, " "));
}

// A fault that shows in some schedules of a hundred, the first of which is number 1,153.
HuntOptions with_fault(std::uint64_t runs) {
  HuntOptions options;
  options.strategy = StrategyKind::kDpor;
  options.runs = runs;
  options.keep_going = true;
  options.faults.add(*find_race("self-steal-update-order"));
  return options;
}

HuntOptions without_fault(std::uint64_t runs) {
  HuntOptions options;
  options.strategy = StrategyKind::kDpor;
  options.runs = runs;
  return options;
}

// Tickets are of 64 schedules.
class ClassHunts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ClassHunts, KnowTheSameHoweverManyJobsThereAre) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(GetParam());
  const HuntState one = hunt(program, options);
  for (options.jobs = 2; options.jobs <= 3; ++options.jobs)
    EXPECT_EQ(text_of(hunt(program, options)), text_of(one)) << options.jobs;
}
TEST_P(ClassHunts, RunAsManySchedulesAsTheyAreTo) {
  HuntOptions options = with_fault(GetParam());
  options.jobs = 3;
  EXPECT_EQ(hunt(gcwait_small(), options).runs, GetParam());
}
TEST_P(ClassHunts, ThatAreStoppedEndAsIfTheyHadNeverStopped) {
  constexpr std::uint64_t kRuns = 2'000;
  const sim::Program program = gcwait_small();
  const HuntState stopped = hunt(program, with_fault(GetParam()));
  HuntOptions rest = with_fault(kRuns);
  rest.from = &stopped;
  EXPECT_EQ(text_of(hunt(program, rest)), text_of(hunt(program, with_fault(kRuns))));
}

INSTANTIATE_TEST_SUITE_P(Of, ClassHunts, testing::Values(1, 63, 64, 65, 300, 1'200, 2'000),
                         [](const auto& param) {
                           return std::to_string(param.param) + "_schedules";
                         });

TEST(ClassHuntsTest, FindTheSameScheduleHoweverManyJobsThereAre) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(0);
  options.keep_going = false;
  const HuntState one = hunt(program, options);
  ASSERT_EQ(one.findings, 1U);
  options.jobs = 3;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(one));
}
TEST(ClassHuntsTest, GoOnBehindAFindingIfTheyAreToKeepGoing) {
  const sim::Program program = gcwait_small();
  HuntOptions options = with_fault(2'000);
  const HuntState whole = hunt(program, options);
  options.keep_going = false;
  const HuntState ended = hunt(program, options);
  ASSERT_EQ(ended.runs, 1'107U);
  options.keep_going = true;
  options.from = &ended;
  EXPECT_EQ(text_of(hunt(program, options)), text_of(whole));
}
TEST(ClassHuntsTest, HaveCheckpointsThatAreHuntsOfTheirOwn) {
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
    EXPECT_EQ(text_of(hunt(program, with_fault(checkpoint.next))), text_of(checkpoint));
}

// ---- to the end ----

std::uint64_t classes_of_a_search_that_is_not_shared(const sim::Program& program) {
  Lab lab(program, FaultSet{});
  interleave::Dpor dpor(lab.world().engine());
  while (lab.run(dpor).outcome->kind != sim::Outcome::Kind::kExhausted) {
  }
  EXPECT_TRUE(dpor.exhausted());
  return dpor.executions();
}

TEST(ClassProofs, AreOfAsManySchedulesAsThereAreClasses) {
  HuntOptions options = without_fault(0);
  options.jobs = 2;
  const HuntResult result = hunt(collector(), options);
  EXPECT_TRUE(result.whole);
  EXPECT_EQ(result.runs, classes_of_a_search_that_is_not_shared(collector()));
}
TEST(ClassProofs, InPartsAreProofs) {
  const HuntState stopped = hunt(collector(), without_fault(100));
  HuntOptions rest = without_fault(0);
  rest.from = &stopped;
  const HuntResult result = hunt(collector(), rest);
  EXPECT_TRUE(result.verified);
  EXPECT_EQ(result.runs, hunt(collector(), without_fault(0)).runs);
}
TEST(ClassProofs, KnowTheWholeTree) {
  const HuntResult result = hunt(collector(), without_fault(0));
  EXPECT_EQ(result.tree,
            (interleave::TreeEstimate{
                .explored = 1, .executions = static_cast<double>(result.runs), .error = 0}));
}
TEST(ClassProofs, ThatAreCutOffKnowThatThereIsMore) {
  const HuntResult result = hunt(collector(), without_fault(100));
  EXPECT_FALSE(result.verified);
  EXPECT_GT(result.tree.executions, 100);
}

}  // namespace
}  // namespace mpglab::explore
