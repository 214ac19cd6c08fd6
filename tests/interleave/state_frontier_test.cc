// Shared searches for states: what brute force meets, and the same executions and states whoever
// makes them, in whatever order they are done, and however often the search was stopped.

#include "interleave/state_frontier.h"

#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/replay.h"
#include "interleave/shared.h"
#include "shared_states.h"
#include "small_program.h"

namespace mpglab::interleave {
namespace {

using test::SharedStates;
using test::StateSharing;

// So few that there is always something to be shared.
constexpr StateFrontier::Size kSmall{.tickets = 3, .states_for_one = 8, .most_executions = 4};
constexpr StateFrontier::Size kSmallest{.tickets = 8, .states_for_one = 1, .most_executions = 1};

constexpr StateSearchOptions kInRounds{};
constexpr StateSearchOptions kWhoeverRuns{.bounded_rounds = 0};
constexpr StateSearchOptions kWithinOne{.preemptions = 1};

// ---- random programs: against brute force ----

using Mix = test::SmallProgram::Mix;
using Outcomes = std::set<std::string>;

Outcomes by_brute_force(Mix mix, std::uint64_t seed, unsigned steps, std::uint32_t preemptions) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  BoundedDfs dfs({.preemptions = preemptions});
  Outcomes outcomes;
  for (;;) {
    const End end = engine.run(dfs, test::SmallProgram::start, &program).end;
    if (end == End::kExhausted) return outcomes;
    outcomes.insert(program.outcome(end));
  }
}

struct Explored {
  Outcomes outcomes;
  std::vector<SharedStates::Seen> seen;
  std::uint64_t states = 0;
  bool whole = false;
};

Explored by_sharing(Mix mix, std::uint64_t seed, unsigned steps, const StateSearchOptions& options,
                    const StateSharing& sharing) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  Explored explored;
  {
    SharedStates search(engine, test::SmallProgram::start, &program, options, sharing);
    search.run();
    EXPECT_TRUE(search.frontier().exhausted());
    explored.seen = search.seen();
    explored.states = search.frontier().states();
    explored.whole = search.frontier().whole();
  }
  for (const SharedStates::Seen& one : explored.seen) {
    if (one.end == End::kGivenUp) continue;
    Replay replay(one.tape);
    engine.run(replay, test::SmallProgram::start, &program);
    explored.outcomes.insert(program.outcome(one.end));
  }
  return explored;
}

StateSharing sharing_of(std::uint64_t seed) {
  return {.workers = 1 + static_cast<unsigned>(seed % 3),
          .order = seed,
          .size = seed % 2 == 0 ? kSmall : kSmallest,
          .cut_off = seed % 5 == 0};
}

class SharedStatesOfRandomPrograms : public testing::TestWithParam<std::tuple<Mix, unsigned>> {
 protected:
  static constexpr std::uint64_t kPrograms = 60;

  static void expect_same_outcomes(const StateSearchOptions& options, std::uint32_t preemptions) {
    const auto [mix, steps] = GetParam();
    for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
      ASSERT_EQ(by_sharing(mix, seed, steps, options, sharing_of(seed)).outcomes,
                by_brute_force(mix, seed, steps, preemptions))
          << "seed " << seed;
    }
  }
  static Explored explore(std::uint64_t seed, const StateSearchOptions& options,
                          const StateSharing& sharing) {
    const auto [mix, steps] = GetParam();
    return by_sharing(mix, seed, steps, options, sharing);
  }
};

TEST_P(SharedStatesOfRandomPrograms, HaveTheSameOutcomes) {
  expect_same_outcomes(kInRounds, BoundedDfs::kUnbounded);
}
TEST_P(SharedStatesOfRandomPrograms, HaveTheSameOutcomesWhoeverRuns) {
  expect_same_outcomes(kWhoeverRuns, BoundedDfs::kUnbounded);
}
TEST_P(SharedStatesOfRandomPrograms, HaveTheSameOutcomesWithinOnePreemption) {
  expect_same_outcomes(kWithinOne, 1);
}
TEST_P(SharedStatesOfRandomPrograms, AreTheSameExecutionsOnMoreCores) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const auto seen = [&](unsigned workers) {
      return explore(seed, kInRounds, {.workers = workers, .order = seed, .size = kSmall}).seen;
    };
    const auto alone = seen(1);
    ASSERT_EQ(seen(2), alone) << "seed " << seed;
    ASSERT_EQ(seen(3), alone) << "seed " << seed;
  }
}
TEST_P(SharedStatesOfRandomPrograms, AreTheSameExecutionsInPieces) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const StateSharing cut_off{.workers = 2, .order = seed, .size = kSmall, .cut_off = true};
    ASSERT_EQ(explore(seed, kInRounds, cut_off).seen,
              explore(seed, kInRounds, {.size = kSmall}).seen)
        << "seed " << seed;
  }
}
TEST_P(SharedStatesOfRandomPrograms, AreAsManyHoweverTheyAreShared) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const std::uint64_t alone = explore(seed, kWhoeverRuns, {.size = {.tickets = 1}}).states;
    ASSERT_EQ(explore(seed, kWhoeverRuns, {.size = kSmall}).states, alone) << "seed " << seed;
    ASSERT_EQ(explore(seed, kWhoeverRuns, {.size = kSmallest}).states, alone) << "seed " << seed;
  }
}
TEST_P(SharedStatesOfRandomPrograms, AreWholeIfAnyOrderOfTicketsSaysSo) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed)
    ASSERT_EQ(explore(seed, kWithinOne, sharing_of(seed)).whole,
              explore(seed, kWithinOne, {.size = {.tickets = 1}}).whole)
        << "seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(OfEverything, SharedStatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kEverything),
                                          testing::Values(6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfThreadsThatStartThreads, SharedStatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kThreads), testing::Values(6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfAdds, SharedStatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAdds), testing::Values(6U)));
INSTANTIATE_TEST_SUITE_P(OfStepsAtOnce, SharedStatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAtOnce), testing::Values(8U)));
INSTANTIATE_TEST_SUITE_P(OfOneWord, SharedStatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kOneWord), testing::Values(6U)));

// ---- kept, and gone on with ----

class KeptStates : public testing::TestWithParam<StateFrontier::Size> {
 protected:
  // A program with states enough, within rounds: those with a bound, and the one without.
  struct Search {
    explicit Search(const StateSharing& sharing)
        : program(engine, Mix::kEverything, /*seed=*/3, /*steps=*/10),
          shared(engine, test::SmallProgram::start, &program, {.bounded_rounds = 2}, sharing) {}

    Engine engine;
    test::SmallProgram program;
    SharedStates shared;
  };
  static std::vector<std::uint64_t> kept_after(std::uint64_t tickets, unsigned workers) {
    Search search({.workers = workers, .order = tickets, .size = GetParam()});
    search.shared.run(tickets);
    return search.shared.frontier().kept();
  }
  static std::vector<SharedStates::Seen> all() {
    Search search({.size = GetParam()});
    search.shared.run();
    return search.shared.seen();
  }
};

TEST_P(KeptStates, GoOnAsIfTheyHadNeverStopped) {
  const std::vector<SharedStates::Seen> whole = all();
  for (std::uint64_t tickets = 0;; tickets += 5) {
    Search before({.size = GetParam()});
    before.shared.run(tickets);
    Search after({.workers = 2, .order = tickets, .size = GetParam()});
    ASSERT_TRUE(after.shared.frontier().restore(before.shared.frontier().kept(),
                                                before.shared.frontier().take_log().met));
    after.shared.run();
    std::vector<SharedStates::Seen> seen = before.shared.seen();
    seen.insert(seen.end(), after.shared.seen().begin(), after.shared.seen().end());
    ASSERT_EQ(seen, whole) << tickets;
    if (before.shared.frontier().over()) break;
  }
}
TEST_P(KeptStates, AreTheSameOnMoreCores) {
  for (std::uint64_t tickets = 0; tickets < 60; tickets += 5)
    ASSERT_EQ(kept_after(tickets, 3), kept_after(tickets, 1)) << tickets;
}
TEST_P(KeptStates, AreKeptTheSameAgain) {
  const std::vector<std::uint64_t> kept = kept_after(30, 1);
  StateFrontier frontier({.bounded_rounds = 2}, GetParam());
  ASSERT_TRUE(frontier.restore(kept, {}));
  EXPECT_EQ(frontier.kept(), kept);
}
TEST_P(KeptStates, CutOffAnywhereAreNone) {
  const std::vector<std::uint64_t> kept = kept_after(30, 1);
  for (std::size_t size = 0; size < kept.size(); ++size) {
    StateFrontier frontier({.bounded_rounds = 2}, GetParam());
    const auto end = kept.begin() + static_cast<std::ptrdiff_t>(size);
    ASSERT_FALSE(frontier.restore({kept.begin(), end}, {})) << size;
  }
}
TEST_P(KeptStates, ArePiecesOfALog) {
  Search search({.size = GetParam()});
  std::uint64_t generation = 0;
  std::uint64_t known = 0;
  while (!search.shared.frontier().over()) {
    search.shared.run(7);
    const StateFrontier::Log log = search.shared.frontier().take_log();
    if (log.generation != generation) known = 0;
    generation = log.generation;
    ASSERT_EQ(log.before, known);
    known += log.met.size();
  }
  // What the rounds with a bound have met is forgotten, once. In the last one there is one budget,
  // so that each state is met once.
  EXPECT_EQ(generation, 1U);
  EXPECT_EQ(known, search.shared.frontier().states());
}

INSTANTIATE_TEST_SUITE_P(Of, KeptStates, testing::Values(StateFrontier::Size{}, kSmall, kSmallest),
                         [](const auto& param) {
                           return std::to_string(param.param.tickets) + "_tickets";
                         });

// ---- two tickets of one wave ----

// The second wave of a search whose first execution has met two states, one behind the other, each
// with a branch that is still to be taken: so it has two tickets.
class Wave : public testing::Test {
 protected:
  static constexpr StateSearchOptions kOptions{.bounded_rounds = 0};
  static constexpr MetState kUpper{101, StateSet::kMostBudget};
  static constexpr MetState kLower{102, StateSet::kMostBudget};
  static constexpr MetState kBehind{103, StateSet::kMostBudget};
  static constexpr ObjectUse kWrittenByOne{.effects = ObjectUse::bit(Effect::kWrite), .toucher = 1};
  static constexpr ObjectUse kWrittenByTwo{.effects = ObjectUse::bit(Effect::kWrite), .toucher = 2};

  Wave() {
    frontier_.begin_log(0, 0);
    merge({.executions = frontier_.deal()->executions});
    frontier_.deal();
    merge({.executions = 1,
           .met = {kUpper, kLower},
           .rest = StatePart{.levels = {level(0, 2, kUpper), level(0, 2, kLower)}}});
  }

  static StatePart::Level level(std::uint16_t value, std::uint16_t end, MetState met) {
    return {ChoiceKind::kBlock, 2, value, end, met};
  }
  // What a ticket makes that takes its branch and meets a state behind it, which has another one.
  static StateMade one_behind(StatePart part, MetState behind = kBehind) {
    part.levels.back().value = 1;
    part.levels.push_back(level(0, 2, behind));
    return {.executions = 1, .met = {behind}, .rest = std::move(part)};
  }
  void merge(StateMade made) { frontier_.merge(std::move(made)); }

  StateFrontier frontier_{kOptions, {.tickets = 2, .states_for_one = 1, .most_executions = 1}};
};

TEST_F(Wave, HasAPartForEachTicket) {
  const auto first = frontier_.deal();
  const auto second = frontier_.deal();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->part.levels.size() + second->part.levels.size(), 2U + 1U);
}
TEST_F(Wave, HasNoMoreTicketsThanParts) {
  frontier_.deal();
  frontier_.deal();
  EXPECT_FALSE(frontier_.deal().has_value());
}
TEST_F(Wave, IsOverWhenAllTicketsAreMerged) {
  const auto first = frontier_.deal();
  frontier_.deal();
  merge(one_behind(first->part));
  EXPECT_FALSE(frontier_.deal().has_value());
}
TEST_F(Wave, LeavesAStateThatBothHaveMetToTheFirst) {
  const auto first = frontier_.deal();
  const auto second = frontier_.deal();
  merge(one_behind(first->part));
  merge(one_behind(second->part));
  // Of the four branches of both one is left, once.
  EXPECT_TRUE(frontier_.deal().has_value());
  EXPECT_FALSE(frontier_.deal().has_value());
}
TEST_F(Wave, LeavesItToTheSecondAsWellIfThatHasMorePreemptionsLeft) {
  const auto first = frontier_.deal();
  const auto second = frontier_.deal();
  merge(one_behind(first->part, {kBehind.state, 1}));
  merge(one_behind(second->part, {kBehind.state, 2}));
  EXPECT_TRUE(frontier_.deal().has_value());
  EXPECT_TRUE(frontier_.deal().has_value());
}
TEST_F(Wave, LeavesItToTheFirstIfThatHadMorePreemptionsLeft) {
  const auto first = frontier_.deal();
  const auto second = frontier_.deal();
  merge(one_behind(first->part, {kBehind.state, 2}));
  merge(one_behind(second->part, {kBehind.state, 1}));
  EXPECT_TRUE(frontier_.deal().has_value());
  EXPECT_FALSE(frontier_.deal().has_value());
}
TEST_F(Wave, CountsItOnce) {
  const auto first = frontier_.deal();
  const auto second = frontier_.deal();
  merge(one_behind(first->part));
  merge(one_behind(second->part));
  EXPECT_EQ(frontier_.states(), 3U);
  EXPECT_EQ(frontier_.repeated(), 1U);
}
TEST_F(Wave, PutsTogetherWhoHasTouchedAnObject) {
  frontier_.deal();
  frontier_.deal();
  merge({.executions = 1, .uses = {kWrittenByOne}, .over = true});
  merge({.executions = 1, .uses = {kWrittenByTwo}, .over = true});
  // Nobody has seen two threads touch it, and yet it is shared: everything begins anew.
  EXPECT_EQ(frontier_.states(), 0U);
  EXPECT_TRUE(frontier_.deal()->part.fresh);
}
TEST_F(Wave, GoesOnIfOneThreadAloneHasTouchedIt) {
  frontier_.deal();
  frontier_.deal();
  merge({.executions = 1, .uses = {kWrittenByOne}, .over = true});
  merge({.executions = 1, .uses = {kWrittenByOne}, .over = true});
  EXPECT_TRUE(frontier_.whole());
}
TEST_F(Wave, IsTheLastIfOneTicketCannotGoOn) {
  frontier_.deal();
  frontier_.deal();
  merge({.executions = 1, .over = true, .cannot = "the program spins"});
  EXPECT_TRUE(frontier_.over());
  EXPECT_FALSE(frontier_.exhausted());
}

// ---- an object that turns out to be shared ----

// Whoever has seen the middle of twelve stores touches a word that is else another thread's alone.
// A random schedule hardly ever gets there.
class LateSharing {
 public:
  explicit LateSharing(Engine& engine) : engine_(engine) {}

  static void start(void* of) {
    auto& self = *static_cast<LateSharing*>(of);
    self.counter_.poke(0);
    self.word_.poke(0);
    self.engine_.spawn(
        "counts", [](void* all) { static_cast<LateSharing*>(all)->count(); }, of);
    self.engine_.spawn(
        "looks", [](void* all) { static_cast<LateSharing*>(all)->look(); }, of);
  }
  int word() const { return word_.peek(); }

 private:
  static constexpr int kStores = 12;
  void count() {
    for (int i = 1; i <= kStores; ++i) counter_.store(i);
    word_.store(1);
    if (word_.load() == 1) word_.store(3);
  }
  void look() {
    if (counter_.load() == kStores / 2 && counter_.load() == kStores - 1) word_.store(2);
  }

  Engine& engine_;
  Shared<int> counter_{engine_, "counter"};
  Shared<int> word_{engine_, "word"};
};

class SharedLate : public testing::TestWithParam<unsigned> {
 protected:
  SharedLate()
      : program_(engine_),
        search_(engine_, LateSharing::start, &program_, kWhoeverRuns,
                {.workers = GetParam(), .order = GetParam(), .size = kSmall}) {
    search_.run();
  }

  Engine engine_;
  LateSharing program_;
  SharedStates search_;
};

TEST_P(SharedLate, BeginsAnew) {
  EXPECT_EQ(search_.frontier().take_log().generation, 1U);
}
TEST_P(SharedLate, HasAllOutcomes) {
  std::set<int> words;
  const std::vector<SharedStates::Seen> seen = search_.seen();
  for (const SharedStates::Seen& one : seen) {
    Replay replay(one.tape);
    if (one.end != End::kGivenUp) engine_.run(replay, LateSharing::start, &program_);
    words.insert(program_.word());
  }
  // Whose store was the last; and the one in between is not seen as such.
  EXPECT_EQ(words, (std::set<int>{2, 3}));
}

INSTANTIATE_TEST_SUITE_P(By, SharedLate, testing::Values(1U, 2U, 3U), [](const auto& param) {
  return std::to_string(param.param) + "_workers";
});

}  // namespace
}  // namespace mpglab::interleave
