// Proofs over whole worlds: what they leave out must not matter, and only what is exhausted is
// called verified.

#include "explore/prover.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/hunt.h"
#include "explore/replay.h"
#include "interleave/random_walk.h"
#include "interleave/state_search.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program bodies_of(std::string_view name) {
  const BuiltinScenario* scenario = find_builtin_scenario(name);
  EXPECT_NE(scenario, nullptr) << name;
  auto program = sim::parse_scenario(scenario->file, scenario->text);
  EXPECT_TRUE(program.has_value()) << program.error().message;
  program->bodies_only = true;
  return *program;
}

// A program of one goroutine: nobody else has anything to do.
sim::Program alone(std::string_view body) {
  auto program = sim::parse_scenario("alone.toml",
                                     "title = \"alone\"\nstory = \"alone\"\ngomaxprocs = 2\n"
                                     "bodies-only = true\n[goroutine.main]\nbody = \"\"\"\n" +
                                         std::string(body) + "\n\"\"\"\n");
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

// Main starts workers, those others, and those the last.
sim::Program busy(std::string_view main, std::string_view worker, std::string_view other = "",
                  std::string_view last = "") {
  std::string text = "title = \"busy\"\nstory = \"busy\"\ngomaxprocs = 2\nbodies-only = true\n";
  const auto goroutine = [&text](std::string_view name, std::string_view body) {
    text +=
        "[goroutine." + std::string(name) + "]\nbody = \"\"\"\n" + std::string(body) + "\n\"\"\"\n";
  };
  goroutine("main", main);
  goroutine("worker", worker);
  goroutine("other", other);
  goroutine("last", last);
  auto program = sim::parse_scenario("busy.toml", text);
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

FaultSet with(std::string_view fault) {
  FaultSet faults;
  faults.add(*find_race(fault));
  return faults;
}

std::uint64_t fingerprint(const void* world) {
  return static_cast<const sim::World*>(world)->fingerprint();
}

// ---- workers of one search number objects alike ----

// Which record is made first, that of a goroutine or that of an M, would depend on the schedules
// that a worker has run. So goroutines have theirs before anybody runs.
TEST(WorldsOfOneProof, HaveTheRecordsOfAllGoroutinesFromTheBeginning) {
  Lab lab(bodies_of("work-stealing"), FaultSet{});
  const interleave::Engine& engine = lab.world().engine();
  std::uint64_t records = 0;
  for (std::size_t id = 0; id < engine.object_count(); ++id)
    records += engine.object_name(static_cast<interleave::ObjectId>(id)).ends_with("atomicstatus");
  // Main, six diggers, and the reader of the trace.
  EXPECT_GE(records, 8U);
}
TEST(WorldsOfOneProof, CountGoroutinesThatGoroutinesStart) {
  // Main and two workers, each of which starts two others, each of which starts a last one.
  const sim::Program program =
      busy("repeat 2\ngo worker\nend", "repeat 2\n go other\n end", "go last", "");
  EXPECT_EQ(sim::goroutines_of(program), 1U + 2 * (1 + 2 * 2));
}
TEST(WorldsOfOneProof, CountNoFurtherThanAProofCould) {
  const sim::Program program = busy("repeat 1000\ngo worker\nend", "repeat 10\ngo last\nend");
  EXPECT_EQ(sim::goroutines_of(program), sim::kMostGoroutines + 1);
}

TEST(WorldsOfOneProof, OfTooManyGoroutinesAreProvedByNeither) {
  const sim::Program program = busy("repeat 1000\ngo worker\nend", "repeat 10\ngo last\nend");
  for (const StrategyKind kind : {StrategyKind::kDpor, StrategyKind::kStates}) {
    HuntOptions options;
    options.strategy = kind;
    EXPECT_EQ(hunt(program, options).proof.cannot, "the scenario has more than 4,096 goroutines");
  }
}

// ---- what is recognised as the same is the same ----

struct Case {
  const char* scenario;
  std::uint32_t preemptions;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.scenario << " within " << one.preemptions;
}

class RecognisedStates : public testing::TestWithParam<Case> {
 protected:
  // What threads have written and what happened, of every execution that came to its end.
  static std::set<std::uint64_t> histories(bool recognise_states) {
    Lab lab(bodies_of(GetParam().scenario), FaultSet{});
    interleave::StateSearch search(
        lab.world().engine(), fingerprint, &lab.world(),
        {.preemptions = GetParam().preemptions, .recognise_states = recognise_states});
    std::set<std::uint64_t> histories;
    for (;;) {
      const Lab::Run run = lab.run(search);
      if (run.outcome->kind == sim::Outcome::Kind::kExhausted) break;
      if (run.outcome->kind == sim::Outcome::Kind::kFinished && !search.scouting())
        histories.insert(lab.world().fingerprint());
    }
    EXPECT_TRUE(search.frontier().exhausted()) << search.frontier().cannot();
    return histories;
  }
};

// If a thread knew something that its past does not tell, what it does of it would be lost.
TEST_P(RecognisedStates, LoseNoHistory) {
  EXPECT_EQ(histories(/*recognise_states=*/true), histories(/*recognise_states=*/false));
}

INSTANTIATE_TEST_SUITE_P(Scenarios, RecognisedStates,
                         testing::Values(Case{"gcwait-small", 2}, Case{"gcwait", 1},
                                         Case{"ping-pong", 2}, Case{"work-stealing", 0},
                                         Case{"stop-the-world", 0}, Case{"syscalls", 2},
                                         Case{"blocking-syscalls", 2}));

// A verdict is of the whole history, so that it does not matter which of those with one
// fingerprint is judged.
TEST(Histories, OfOneFingerprintHaveOneVerdict) {
  Lab lab(bodies_of("gcwait"), with("gcwait-stop-not-steal"));
  interleave::RandomWalk random(/*seed=*/1);
  std::map<std::uint64_t, std::string> signatures;
  for (int i = 0; i < 20'000; ++i) {
    const Lab::Run run = lab.run(random);
    const std::string signature = run.finding == nullptr ? "" : run.finding->signature;
    const auto [known, is_new] = signatures.emplace(lab.world().fingerprint(), signature);
    ASSERT_EQ(known->second, signature);
  }
}

// ---- hunts ----

struct Trial {
  StrategyKind strategy;
  std::uint32_t preemptions = interleave::BoundedDfs::kUnbounded;
  std::uint64_t runs = 0;
  FaultSet faults = {};
};

HuntResult prove(const sim::Program& program, const Trial& trial) {
  HuntOptions options;
  options.strategy = trial.strategy;
  options.bounds.preemptions = trial.preemptions;
  options.runs = trial.runs;
  options.faults = trial.faults;
  return hunt(program, options);
}

TEST(Proofs, OfOneGoroutineAreOneSchedule) {
  const HuntResult result =
      prove(alone("stop-the-world\nsyscall"), {.strategy = StrategyKind::kDpor});
  EXPECT_EQ(result.runs, 1U);
}
TEST(Proofs, ByClassesAreOfTheWhole) {
  EXPECT_TRUE(prove(alone("stop-the-world"), {.strategy = StrategyKind::kDpor}).whole);
}
TEST(Proofs, ByStatesAreOfTheWholeIfNothingIsLeftOut) {
  EXPECT_TRUE(prove(alone("stop-the-world"), {.strategy = StrategyKind::kStates}).whole);
}
TEST(Proofs, WithinABoundSayWhichItWas) {
  const HuntResult result =
      prove(bodies_of("gcwait-small"), {.strategy = StrategyKind::kStates, .preemptions = 2});
  EXPECT_EQ(result.proof.preemptions_below, 3U);
}
TEST(Proofs, WithinABoundAreNotOfTheWhole) {
  const HuntResult result =
      prove(bodies_of("gcwait-small"), {.strategy = StrategyKind::kStates, .preemptions = 1});
  EXPECT_TRUE(result.verified && !result.whole);
}
TEST(Proofs, ThatAreCutOffAreNone) {
  const HuntResult result =
      prove(bodies_of("gcwait-small"), {.strategy = StrategyKind::kDpor, .runs = 200});
  EXPECT_FALSE(result.verified);
}
TEST(Proofs, ByClassesAreNotOfProgramsThatChoose) {
  // With more than two Ps it is open where a thief begins.
  const HuntResult result =
      prove(bodies_of("work-stealing"), {.strategy = StrategyKind::kDpor, .runs = 200});
  EXPECT_EQ(result.proof.cannot, "the program chooses");
}
TEST(Proofs, ByStatesAreNotOfScenariosWithDataThatIsInNoFingerprint) {
  const HuntResult result =
      prove(bodies_of("generations"), {.strategy = StrategyKind::kStates, .runs = 200});
  EXPECT_EQ(result.proof.cannot, "the scenario starts, stops or turns over its trace by itself");
}
TEST(Proofs, ThatCannotBeAreNotCalledVerified) {
  const HuntResult result =
      prove(bodies_of("load-network"), {.strategy = StrategyKind::kStates, .runs = 200});
  EXPECT_FALSE(result.verified);
}
TEST(Proofs, DoNotCoverAFault) {
  const HuntResult result =
      prove(bodies_of("gcwait-small"), {.strategy = StrategyKind::kStates,
                                        .preemptions = 1,
                                        .faults = with("self-steal-update-order")});
  EXPECT_EQ(result.verdict, Verdict::kBroken);
}
TEST(Proofs, HaveFindingsThatCanBeReplayed) {
  const FaultSet faults = with("self-steal-update-order");
  const sim::Program program = bodies_of("gcwait-small");
  const HuntResult result =
      prove(program, {.strategy = StrategyKind::kStates, .preemptions = 1, .faults = faults});
  Lab lab(program, faults);
  const auto run = replay(lab, result.discoveries.at(0).token);
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->verdict, Verdict::kBroken);
}

TEST(Tokens, OfBodiesOnlyFitThemAlone) {
  sim::Program program = bodies_of("gcwait-small");
  const Token token = make_token(program, FaultSet{}, {});
  program.bodies_only = false;
  EXPECT_TRUE(as_the_token_has_it(program, token).bodies_only);
}
TEST(Tokens, OfEverythingAreOfEverything) {
  sim::Program program = bodies_of("gcwait-small");
  program.bodies_only = false;
  const Token token = make_token(program, FaultSet{}, {});
  program.bodies_only = true;
  EXPECT_FALSE(as_the_token_has_it(program, token).bodies_only);
}

}  // namespace
}  // namespace mpglab::explore
