// The search that recognises states: it must meet what brute force meets, and each state once.

#include "interleave/state_search.h"

#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/shared.h"
#include "small_program.h"
#include "support/distilled_race.h"

namespace mpglab::interleave {
namespace {

std::uint64_t no_plain_data(const void* /*program*/) {
  return 0;
}

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

// What is met after the random executions with which it begins.
Outcomes by_states(Mix mix, std::uint64_t seed, unsigned steps, const StateSearchOptions& options) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  StateSearch search(engine, no_plain_data, nullptr, options);
  Outcomes outcomes;
  for (;;) {
    const End end = engine.run(search, test::SmallProgram::start, &program).end;
    if (end == End::kExhausted) break;
    if (end != End::kGivenUp && !search.scouting()) outcomes.insert(program.outcome(end));
  }
  EXPECT_TRUE(search.frontier().exhausted());
  return outcomes;
}

class StatesOfRandomPrograms : public testing::TestWithParam<std::tuple<Mix, unsigned>> {
 protected:
  static constexpr std::uint64_t kPrograms = 100;

  // With these options nothing is met that brute force does not meet, nor the reverse.
  static void expect_same_outcomes(const StateSearchOptions& options, std::uint32_t preemptions) {
    const auto [mix, steps] = GetParam();
    for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
      ASSERT_EQ(by_states(mix, seed, steps, options), by_brute_force(mix, seed, steps, preemptions))
          << "seed " << seed;
    }
  }
};

TEST_P(StatesOfRandomPrograms, HaveTheSameOutcomes) {
  expect_same_outcomes({}, BoundedDfs::kUnbounded);
}
TEST_P(StatesOfRandomPrograms, HaveTheSameOutcomesWhoeverRuns) {
  expect_same_outcomes({.bounded_rounds = 0}, BoundedDfs::kUnbounded);
}
TEST_P(StatesOfRandomPrograms, HaveTheSameOutcomesWithoutPreemptions) {
  expect_same_outcomes({.preemptions = 0}, 0);
}
TEST_P(StatesOfRandomPrograms, HaveTheSameOutcomesWithinOnePreemption) {
  expect_same_outcomes({.preemptions = 1}, 1);
}
TEST_P(StatesOfRandomPrograms, HaveTheSameOutcomesWithinTwoPreemptions) {
  expect_same_outcomes({.preemptions = 2}, 2);
}

INSTANTIATE_TEST_SUITE_P(OfEverything, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kEverything),
                                          testing::Values(4U, 6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfThreadsThatStartThreads, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kThreads),
                                          testing::Values(4U, 6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfAdds, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAdds), testing::Values(5U, 6U)));
INSTANTIATE_TEST_SUITE_P(OfRaises, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kRaises), testing::Values(5U, 6U)));
INSTANTIATE_TEST_SUITE_P(OfStepsAtOnce, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAtOnce), testing::Values(6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfThreadsThatAreAlike, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAlike), testing::Values(6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfOneWord, StatesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kOneWord), testing::Values(5U, 6U)));

// ---- how many states there are ----

// Two threads that each write `writes` times, to one word or to one each.
class TwoWriters {
 public:
  TwoWriters(int writes, bool one_word) : writes_(writes), one_word_(one_word) {}

  void are_alike() { alike_ = true; }

  struct Explored {
    std::uint64_t states;
    std::uint64_t executions;
  };
  Explored explore(const StateSearchOptions& options = {}) {
    StateSearch search(engine_, no_plain_data, nullptr, options);
    while (engine_.run(search, start, this).end != End::kExhausted) {
    }
    EXPECT_TRUE(search.frontier().whole());
    return {search.frontier().states(), search.frontier().executions()};
  }

 private:
  static TwoWriters& self(void* writers) { return *static_cast<TwoWriters*>(writers); }
  static void start(void* writers) {
    const ThreadId one = self(writers).engine_.spawn(
        "one", [](void* all) { self(all).write(self(all).x_); }, writers);
    self(writers).engine_.spawn(
        "two",
        [](void* all) { self(all).write(self(all).one_word_ ? self(all).x_ : self(all).y_); },
        writers, self(writers).alike_ ? one : kNoThread);
  }
  void write(Shared<int>& word) const {
    for (int i = 0; i < writes_; ++i) word.store(1);
  }

  int writes_;
  bool one_word_;
  bool alike_ = false;
  Engine engine_;
  Shared<int> x_{engine_, "x"};
  Shared<int> y_{engine_, "y"};
};

TEST(StateSearch, AreWhereEachThreadStandsAndWhoRuns) {
  // There is a choice while both can go on. The first is main's, which has ended. Whoever runs then
  // is before its first to fifth write, the other one there or not started yet: 5 * 6 for each.
  EXPECT_EQ(TwoWriters(5, /*one_word=*/true).explore().states, 61U);
}
TEST(StateSearch, AreWhereEachThreadStandsIfNoRoundHasABound) {
  // Main's, and then each of the two before one of its writes or not started yet, not both the
  // latter: 1 + 6 * 6 - 1.
  EXPECT_EQ(TwoWriters(5, /*one_word=*/true).explore({.bounded_rounds = 0}).states, 36U);
}
TEST(ThreadsThatAreAlike, AreNotToldApart) {
  // Of the 35 without main's 5 have both at one place, and of the others each has its mirror image:
  // 1 + 5 + 30 / 2.
  TwoWriters writers(5, /*one_word=*/true);
  writers.are_alike();
  EXPECT_EQ(writers.explore({.bounded_rounds = 0}).states, 21U);
}
TEST(ThreadsThatAreAlike, AreToldApartIfTheyAreNotSpared) {
  TwoWriters writers(5, /*one_word=*/true);
  writers.are_alike();
  EXPECT_EQ(writers.explore({.bounded_rounds = 0, .spare_alike = false}).states, 36U);
}
TEST(StateSearch, WithoutThemEveryOrderIsTried) {
  // A start and three writes each: 8 over 4 orders.
  EXPECT_EQ(TwoWriters(3, /*one_word=*/true).explore({.recognise_states = false}).executions, 70U);
}
TEST(PrivateSteps, AreNoChoices) {
  // Only who comes first.
  EXPECT_EQ(TwoWriters(5, /*one_word=*/false).explore().states, 1U);
}
TEST(PrivateSteps, AreChoicesIfNotSpared) {
  EXPECT_EQ(TwoWriters(5, /*one_word=*/false).explore({.spare_private_steps = false}).states, 61U);
}

// The distilled race, all of it, in so many loops.
class StatesOfTheDistilledRace : public testing::Test {
 protected:
  struct Explored {
    bool broken = false;  // in some execution
    bool whole = false;
    std::string cannot;
  };
  static Explored explore(int loops, bool bug, const StateSearchOptions& options = {}) {
    Engine engine;
    test::DistilledRace race(engine, loops, bug);
    StateSearch search(
        engine,
        [](const void* of) { return static_cast<const test::DistilledRace*>(of)->plain_data(); },
        &race, options);
    Explored explored;
    while (engine.run(search, test::DistilledRace::start, &race).end != End::kExhausted)
      explored.broken = explored.broken || race.broken();
    explored.whole = search.frontier().whole();
    explored.cannot = search.frontier().cannot();
    return explored;
  }
};

TEST_F(StatesOfTheDistilledRace, HaveItsBug) {
  EXPECT_TRUE(explore(2, /*bug=*/true).broken);
}
TEST_F(StatesOfTheDistilledRace, HaveNoneWithoutIt) {
  EXPECT_FALSE(explore(3, /*bug=*/false).broken);
}
TEST_F(StatesOfTheDistilledRace, AreAllMet) {
  EXPECT_TRUE(explore(3, /*bug=*/false).whole);
}
TEST_F(StatesOfTheDistilledRace, AreTooManyForLittleRoom) {
  EXPECT_EQ(explore(5, /*bug=*/false, {.most_states = 1024}).cannot,
            "there are more states than there is room for");
}

// ---- tickets ----

// What was made of the first one may have been thrown away.
TEST(StateSearch, TellsNothingOfObjectsThatOnlyAnotherTicketTouched) {
  Engine engine;
  test::DistilledRace race(engine, /*loops=*/1, /*bug=*/false);
  StateSearch search(engine, no_plain_data, nullptr);
  const StateSet nothing(1024);
  StateTicket scouts;
  scouts.executions = 1;
  scouts.scouts = true;
  scouts.seen = &nothing;
  search.take_up(scouts);
  engine.run(search, test::DistilledRace::start, &race);
  search.take_up(scouts);
  EXPECT_TRUE(search.made().uses.empty());
}

// ---- programs that are none for it ----

TEST(StateSearch, SaysThatAProgramSpins) {
  Engine engine;
  StateSearch search(engine, no_plain_data, nullptr);
  const auto spin = [](void* of) { static_cast<Engine*>(of)->yield(); };
  while (engine.run(search, spin, &engine).end != End::kExhausted) {
  }
  EXPECT_EQ(search.frontier().cannot(), "the program spins");
}
}  // namespace
}  // namespace mpglab::interleave
