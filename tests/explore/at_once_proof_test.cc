// Proofs in which the scheduler's own steps are made at once (sim::Program::scheduling_at_once).

#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include "explore/catalogue.h"
#include "explore/hunt.h"
#include "explore/lab.h"
#include "explore/replay.h"
#include "interleave/dpor.h"
#include "interleave/random_walk.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program at_once(std::string_view main, std::string_view worker) {
  auto program = sim::parse_scenario(
      "small.toml",
      "title = \"small\"\nstory = \"small\"\ngomaxprocs = 2\nbodies-only = true\n"
      "scheduling-at-once = true\n[goroutine.main]\nbody = \"\"\"\n" +
          std::string(main) + "\n\"\"\"\n[goroutine.worker]\nbody = \"" + std::string(worker) +
          "\"\n[goroutine.idler]\nbody = \"\"\n");
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

sim::Program gcwait_small_at_once() {
  return at_once("go worker\ngo worker\nstop-the-world\nstop-the-world", "syscall");
}

HuntResult prove(const sim::Program& program, StrategyKind strategy, std::uint32_t preemptions,
                 std::string_view fault = {}) {
  HuntOptions options;
  options.strategy = strategy;
  options.bounds.preemptions = preemptions;
  if (!fault.empty()) options.faults.add(*find_race(fault));
  return hunt(program, options);
}

constexpr std::uint32_t kUnbounded = interleave::BoundedDfs::kUnbounded;

// Scenarios that no prover comes to the end of if all of the scheduler's steps are open.
class SmallScenario : public testing::TestWithParam<const char*> {
 protected:
  static sim::Program program() { return at_once(GetParam(), "syscall"); }

  // What the threads have written and what happened, of every class.
  static std::set<std::uint64_t> histories(const sim::Program& program) {
    Lab lab(program, FaultSet{});
    interleave::Dpor dpor(lab.world().engine());
    std::set<std::uint64_t> histories;
    for (;;) {
      const Lab::Run run = lab.run(dpor);
      if (run.outcome->kind == sim::Outcome::Kind::kExhausted) return histories;
      if (run.outcome->kind == sim::Outcome::Kind::kFinished)
        histories.insert(lab.world().fingerprint());
    }
  }

  static void expect_no_other_history(const sim::Program& program) {
    const std::set<std::uint64_t> known = histories(program);
    Lab lab(program, FaultSet{});
    interleave::RandomWalk random(/*seed=*/1);
    for (int i = 0; i < 20'000; ++i) {
      lab.run(random);
      ASSERT_TRUE(known.contains(lab.world().fingerprint())) << "schedule " << i;
    }
  }
};

TEST_P(SmallScenario, IsVerifiedByClasses) {
  EXPECT_TRUE(prove(program(), StrategyKind::kDpor, kUnbounded).whole);
}
TEST_P(SmallScenario, IsVerifiedByStates) {
  EXPECT_TRUE(prove(program(), StrategyKind::kStates, kUnbounded).whole);
}
TEST_P(SmallScenario, HasNoHistoryThatItsClassesHaveNot) {
  expect_no_other_history(program());
}
TEST_P(SmallScenario, HasNoneIfIdleMsAreAlikeEither) {
  sim::Program alike = program();
  alike.idle_ms_alike = true;
  expect_no_other_history(alike);
}
TEST_P(SmallScenario, HasTheSameHistoriesIfLooksAreSteps) {
  sim::Program all_looks = program();
  all_looks.looks_spared = false;
  EXPECT_EQ(histories(program()), histories(all_looks));
}

// (With four goroutines in a queue a thief takes two.)
INSTANTIATE_TEST_SUITE_P(With, SmallScenario,
                         testing::Values("go worker", "go worker\nstop-the-world",
                                         "go worker\nsyscall",
                                         "go idler\ngo idler\ngo idler\ngo idler"));

// ---- idle Ms that are alike ----

class IdleMsAlike : public testing::Test {
 protected:
  static HuntResult prove(bool alike, std::string_view fault = {}) {
    sim::Program program = at_once("go worker\nstop-the-world\nstop-the-world", "syscall");
    program.idle_ms_alike = alike;
    return explore::prove(program, StrategyKind::kDpor, kUnbounded, fault);
  }
};

TEST_F(IdleMsAlike, AreVerifiedAsTheyAreApart) {
  EXPECT_TRUE(prove(true).whole && prove(false).whole);
}
TEST_F(IdleMsAlike, HaveFewerClasses) {
  EXPECT_LT(prove(true).runs, prove(false).runs);
}
TEST(GcwaitOfIdleMsAlike, HasItsRaceWithinFivePreemptionsToo) {
  sim::Program program = gcwait_small_at_once();
  program.idle_ms_alike = true;
  EXPECT_EQ(prove(program, StrategyKind::kStates, 5, "gcwait-stop-not-steal").verdict,
            Verdict::kBroken);
}
TEST(GcwaitOfIdleMsAlike, HasATokenThatKnowsIt) {
  sim::Program program = gcwait_small_at_once();
  program.idle_ms_alike = true;
  const HuntResult result = prove(program, StrategyKind::kStates, 5, "gcwait-stop-not-steal");
  ASSERT_FALSE(result.discoveries.empty());
  sim::Program apart = program;
  apart.idle_ms_alike = false;
  EXPECT_TRUE(as_the_token_has_it(apart, result.discoveries[0].token).idle_ms_alike);
}

// The race is between syscalls and stops of the world, which are open.
TEST(GcwaitAtOnce, HasItsRaceWithinFivePreemptions) {
  EXPECT_EQ(
      prove(gcwait_small_at_once(), StrategyKind::kStates, 5, "gcwait-stop-not-steal").verdict,
      Verdict::kBroken);
}
TEST(GcwaitAtOnce, HasItNotWithinFour) {
  EXPECT_TRUE(
      prove(gcwait_small_at_once(), StrategyKind::kStates, 4, "gcwait-stop-not-steal").verified);
}
TEST(GcwaitAtOnce, HasATokenThatKnowsIt) {
  const sim::Program program = gcwait_small_at_once();
  const HuntResult result = prove(program, StrategyKind::kStates, 5, "gcwait-stop-not-steal");
  ASSERT_FALSE(result.discoveries.empty());
  sim::Program open = program;
  open.bodies_only = open.scheduling_at_once = false;
  EXPECT_TRUE(as_the_token_has_it(open, result.discoveries[0].token).scheduling_at_once);
}

}  // namespace
}  // namespace mpglab::explore
