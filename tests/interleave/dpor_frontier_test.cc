// Shared searches: as many executions as there are classes, whoever makes them and in whatever
// order they are done, and the same ones that brute force finds.

#include "interleave/dpor_frontier.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "all_orders.h"
#include "interleave/dpor.h"
#include "interleave/engine.h"
#include "interleave/replay.h"
#include "shared_dpor.h"
#include "small_program.h"
#include "support/distilled_race.h"
#include "support/litmus_threads.h"

namespace mpglab::interleave {
namespace test {

void PrintTo(const Sharing& sharing, std::ostream* out) {
  *out << sharing.workers << " workers in order " << sharing.order << " with " << sharing.size.seats
       << " seats of " << sharing.size.executions << (sharing.cut_off ? ", cut off" : "");
}

}  // namespace test

namespace {

using test::DistilledRace;
using test::SharedDpor;
using test::Sharing;

// So few that there is always something to be shared.
constexpr DporFrontier::Size kSmall{.seats = 3, .executions = 2};
constexpr DporFrontier::Size kSmallest{.seats = 8, .executions = 1};

// ---- the distilled race ----

class SharedDistilledRace : public testing::TestWithParam<Sharing> {
 protected:
  static std::uint64_t executions(int loops) {
    Engine engine;
    DistilledRace race(engine, loops, /*bug=*/false);
    SharedDpor search(engine, DistilledRace::start, &race, GetParam());
    search.run();
    EXPECT_EQ(search.dpor().abandoned(), 0U);
    return search.seen().size();
  }
};

// As many as tests/interleave/dpor_test.cc has.
TEST_P(SharedDistilledRace, HasItsClassesOnce) {
  EXPECT_EQ(executions(2), 271U);
}
TEST_P(SharedDistilledRace, WithThreeLoopsAsWell) {
  EXPECT_EQ(executions(3), 1746U);
}
TEST_P(SharedDistilledRace, WithFourLoopsAsWell) {
  EXPECT_EQ(executions(4), 10'763U);
}

INSTANTIATE_TEST_SUITE_P(By, SharedDistilledRace,
                         testing::Values(Sharing{1, 0}, Sharing{2, 1}, Sharing{3, 2},
                                         Sharing{1, 0, kSmall}, Sharing{2, 1, kSmall},
                                         Sharing{3, 2, kSmall}, Sharing{3, 3, kSmall, true},
                                         Sharing{8, 4, kSmallest}));

TEST(SharedDistilledRaceOfFiveLoops, HasItsClassesOnce) {
  Engine engine;
  DistilledRace race(engine, 5, /*bug=*/false);
  SharedDpor search(engine, DistilledRace::start, &race, {.workers = 3});
  search.run();
  EXPECT_EQ(search.frontier().executions(), 66'325U);
}

// ---- litmus programs ----

using Kind = test::LitmusThreads::Kind;

struct Litmus {
  Kind kind;
  unsigned threads;
  std::uint64_t classes;  // derived in tests/interleave/dpor_test.cc
};

class SharedLitmusClasses : public testing::TestWithParam<Litmus> {};

TEST_P(SharedLitmusClasses, AreMetOnceWhoeverMeetsThem) {
  for (unsigned workers = 1; workers <= 3; ++workers) {
    Engine engine;
    test::LitmusThreads program(engine, GetParam().kind, GetParam().threads);
    SharedDpor search(engine, test::LitmusThreads::start, &program,
                      {.workers = workers, .order = workers, .size = kSmall});
    search.run();
    ASSERT_EQ(search.seen().size(), GetParam().classes) << workers;
    ASSERT_EQ(search.dpor().abandoned(), 0U) << workers;
  }
}

INSTANTIATE_TEST_SUITE_P(
    By, SharedLitmusClasses,
    testing::Values(Litmus{Kind::kOwnWord, 6, 1}, Litmus{Kind::kOneWriter, 6, 32},
                    Litmus{Kind::kWriters, 6, 720}, Litmus{Kind::kSwaps, 6, 6},
                    Litmus{Kind::kStoreBuffer, 6, 63}, Litmus{Kind::kLock, 6, 720},
                    Litmus{Kind::kIncrement, 5, 14'400}),
    [](const auto& param) { return "workers_of_" + std::to_string(param.index); });

// ---- the same whoever does it ----

// A shared search of the distilled race with two loops, and so 271 classes.
class Shared {
 public:
  explicit Shared(const Sharing& sharing)
      : race_(engine_, 2, /*bug=*/false), search_(engine_, DistilledRace::start, &race_, sharing) {}

  SharedDpor& search() { return search_; }
  // Of each execution so far, in order.
  std::vector<Tape> tapes() const {
    std::vector<Tape> tapes;
    for (const SharedDpor::Seen& seen : search_.seen()) tapes.push_back(seen.tape);
    return tapes;
  }

 private:
  Engine engine_;
  DistilledRace race_;
  SharedDpor search_;
};

std::vector<Tape> tapes_of(const Sharing& sharing) {
  Shared shared(sharing);
  shared.search().run();
  return shared.tapes();
}

TEST(SharedSearches, AreTheSameOnMoreCores) {
  const std::vector<Tape> alone = tapes_of({.size = kSmall});
  for (std::uint64_t order = 0; order < 20; ++order)
    ASSERT_EQ(tapes_of({.workers = 3, .order = order, .size = kSmall}), alone) << order;
}
TEST(SharedSearches, AreTheSameInSmallerPieces) {
  const std::vector<Tape> whole = tapes_of({.size = {.seats = 3, .executions = 20}});
  for (std::uint64_t order = 0; order < 20; ++order) {
    const Sharing cut_off{.order = order, .size = {.seats = 3, .executions = 20}, .cut_off = true};
    ASSERT_EQ(tapes_of(cut_off), whole) << order;
  }
}

// ---- kept, and gone on with ----

class KeptSearch : public testing::TestWithParam<DporFrontier::Size> {
 protected:
  static std::vector<std::uint64_t> kept_after(std::uint64_t executions, unsigned workers) {
    Shared shared({.workers = workers, .order = executions, .size = GetParam()});
    shared.search().run(executions);
    return shared.search().frontier().kept();
  }
};

TEST_P(KeptSearch, GoesOnAsIfItHadNeverStopped) {
  const std::vector<Tape> whole = tapes_of({.size = GetParam()});
  for (std::uint64_t before = 0; before <= whole.size(); before += 10) {
    const std::vector<std::uint64_t> kept = kept_after(before, 1);
    Shared shared({.size = GetParam()});
    ASSERT_TRUE(shared.search().restore(kept));
    shared.search().run();
    const std::vector<Tape> rest(whole.begin() + static_cast<std::ptrdiff_t>(before), whole.end());
    ASSERT_EQ(shared.tapes(), rest) << before;
  }
}
TEST_P(KeptSearch, IsTheSameOnMoreCores) {
  for (std::uint64_t executions = 0; executions <= 271; executions += 10)
    ASSERT_EQ(kept_after(executions, 3), kept_after(executions, 1)) << executions;
}
TEST_P(KeptSearch, IsKeptTheSameAgain) {
  const std::vector<std::uint64_t> kept = kept_after(100, 1);
  DporFrontier frontier(GetParam());
  ASSERT_TRUE(frontier.restore(kept));
  EXPECT_EQ(frontier.kept(), kept);
}
TEST_P(KeptSearch, CutOffAnywhereIsNone) {
  const std::vector<std::uint64_t> kept = kept_after(100, 1);
  for (std::size_t size = 0; size < kept.size(); ++size) {
    DporFrontier frontier(GetParam());
    const auto end = kept.begin() + static_cast<std::ptrdiff_t>(size);
    ASSERT_FALSE(frontier.restore({kept.begin(), end})) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, KeptSearch, testing::Values(DporFrontier::Size{}, kSmall, kSmallest),
                         [](const auto& param) {
                           return std::to_string(param.param.seats) + "_seats";
                         });

// ---- the shape of the tree ----

// Three threads, each of which stores to one word: 6 classes. The first execution is 1 2 3, and its
// races ask for 2 in the beginning and for 3 behind 1. So the beginning has two branches, and so
// has what is behind the first of them: 2 * 2 executions. The second one, 1 3 2, asks for 3 in the
// beginning as well, so that there are 3 * 2, and there is nothing more to be known.
class TreeShape : public testing::Test {
 protected:
  TreeEstimate after(std::uint64_t executions, DporFrontier::Size size = {}) {
    SharedDpor search(engine_, test::LitmusThreads::start, &program_, {.size = size});
    search.run(executions);
    return search.frontier().estimate();
  }
  static constexpr DporFrontier::Size kOneByOne{.seats = 3, .executions = 1};

  Engine engine_;
  test::LitmusThreads program_{engine_, test::LitmusThreads::Kind::kWriters, 3};
};

TEST_F(TreeShape, OfNothingIsUnknown) {
  EXPECT_EQ(after(0), (TreeEstimate{.explored = 0, .executions = 0, .error = 0}));
}
TEST_F(TreeShape, IsThatOfTheBranchesThatAreKnown) {
  EXPECT_DOUBLE_EQ(after(1).executions, 2 * 2);
}
TEST_F(TreeShape, GrowsWithTheBranchesThatAreMet) {
  EXPECT_DOUBLE_EQ(after(2).executions, 3 * 2);
}
TEST_F(TreeShape, SaysWhichShareOfItWasExplored) {
  EXPECT_DOUBLE_EQ(after(1).explored, 1.0 / 4);
  EXPECT_DOUBLE_EQ(after(2).explored, 2.0 / 6);
}
TEST_F(TreeShape, IsTheSameHoweverItIsShared) {
  EXPECT_DOUBLE_EQ(after(4, kOneByOne).explored, after(4).explored);
}
TEST_F(TreeShape, IsAsUncertainAsItHasMoved) {
  EXPECT_DOUBLE_EQ(after(2, kOneByOne).error, 6 - 4);
  EXPECT_DOUBLE_EQ(after(4, kOneByOne).error, 6 - 6);
}
TEST_F(TreeShape, IsWhollyUncertainAtFirst) {
  EXPECT_DOUBLE_EQ(after(1, kOneByOne).error, 4);
}
TEST_F(TreeShape, IsKnownInTheEnd) {
  EXPECT_EQ(after(100), (TreeEstimate{.explored = 1, .executions = 6, .error = 0}));
}

// A thread that stores to a word, and two that load it: 4 classes. The thread that started last
// goes on, so the first execution is L2 S L1, and asks for S in the beginning and for L1 behind L2.
// The second one, L2 L1 S, asks for L1 S in the beginning. The third begins with S, and the fourth
// with L1 S. So in the end there are three branches in the beginning, with 2, 1 and 1 behind them.
class UnevenTreeShape : public testing::TestWithParam<DporFrontier::Size> {
 protected:
  static TreeEstimate after(std::uint64_t executions) {
    Engine engine;
    test::LitmusThreads program(engine, test::LitmusThreads::Kind::kOneWriter, 3);
    SharedDpor search(engine, test::LitmusThreads::start, &program, {.size = GetParam()});
    search.run(executions);
    return search.frontier().estimate();
  }
};

TEST_P(UnevenTreeShape, HasBehindWhatWasNotBegunWhatIsBehindTheOthers) {
  EXPECT_DOUBLE_EQ(after(1).executions, 2 * 2);
  EXPECT_DOUBLE_EQ(after(2).executions, 2 + 2 + 2);
  EXPECT_DOUBLE_EQ(after(3).executions, 2 + 1 + (2 + 1) / 2.0);
}
TEST_P(UnevenTreeShape, IsKnownInTheEnd) {
  EXPECT_DOUBLE_EQ(after(4).executions, 4);
}

INSTANTIATE_TEST_SUITE_P(Of, UnevenTreeShape,
                         testing::Values(DporFrontier::Size{}, DporFrontier::Size{1, 1}),
                         [](const auto& param) {
                           return std::to_string(param.param.executions) + "_at_a_time";
                         });

// ---- random programs: against brute force ----

using Mix = test::SmallProgram::Mix;

std::set<std::string> classes_by_brute_force(Mix mix, std::uint64_t seed, unsigned steps) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  test::AllOrders orders;
  test::ClassOfExecution classes(engine);
  engine.observe(&classes);
  std::set<std::string> met;
  for (;;) {
    classes.begin();
    if (engine.run(orders, test::SmallProgram::start, &program).end == End::kExhausted) break;
    met.insert(classes.name());
  }
  engine.observe(nullptr);
  return met;
}

struct Met {
  std::set<std::string> classes;
  std::uint64_t executions = 0;
};

Met by_sharing(Mix mix, std::uint64_t seed, unsigned steps, const Sharing& sharing) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  Met met;
  std::vector<SharedDpor::Seen> seen;
  {
    SharedDpor search(engine, test::SmallProgram::start, &program, sharing);
    search.run();
    if (mix != Mix::kAtOnce && mix != Mix::kCountsAtOnce) {
      EXPECT_EQ(search.dpor().abandoned(), 0U) << "seed " << seed;
    }
    seen = search.seen();
  }
  met.executions = static_cast<std::uint64_t>(std::count_if(
      seen.begin(), seen.end(), [](const auto& one) { return one.end != End::kGivenUp; }));
  test::ClassOfExecution classes(engine);
  engine.observe(&classes);
  for (SharedDpor::Seen& one : seen) {
    if (one.end == End::kGivenUp) continue;
    Replay replay(std::move(one.tape));
    classes.begin();
    engine.run(replay, test::SmallProgram::start, &program);
    met.classes.insert(classes.name());
  }
  engine.observe(nullptr);
  return met;
}

constexpr std::uint64_t kPrograms = 400;

class SharedRandomPrograms : public testing::TestWithParam<std::tuple<Mix, unsigned>> {};

Sharing sharing_of(std::uint64_t seed) {
  return {.workers = 1 + static_cast<unsigned>(seed % 8),
          .order = seed,
          .size = seed % 2 == 0 ? kSmall : kSmallest,
          .cut_off = seed % 3 == 0};
}

TEST_P(SharedRandomPrograms, HaveTheSameClassesAndEachOnce) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const auto [mix, steps] = GetParam();
    const Sharing sharing = sharing_of(seed);
    const std::set<std::string> brute = classes_by_brute_force(mix, seed, steps);
    const Met met = by_sharing(mix, seed, steps, sharing);
    ASSERT_EQ(met.classes, brute) << "seed " << seed;
    ASSERT_EQ(met.executions, brute.size()) << "seed " << seed;
  }
}

// See RandomProgramsAtOnce.
TEST(SharedRandomProgramsAtOnce, HaveTheSameClasses) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    constexpr unsigned kSteps = 10;
    ASSERT_EQ(by_sharing(Mix::kAtOnce, seed, kSteps, sharing_of(seed)).classes,
              classes_by_brute_force(Mix::kAtOnce, seed, kSteps))
        << "seed " << seed;
  }
}

// What one worker once left out (RarePrograms), by several.
TEST(SharedRandomProgramsAtOnce, HaveTheSameClassesIfTheyCount) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    constexpr unsigned kSteps = 9;
    ASSERT_EQ(by_sharing(Mix::kCountsAtOnce, seed, kSteps, sharing_of(seed)).classes,
              classes_by_brute_force(Mix::kCountsAtOnce, seed, kSteps))
        << "seed " << seed;
  }
}
TEST(SharedRandomProgramsAtOnce, HaveTheSameClassesInRarePrograms) {
  // Seeds of programs of seven steps.
  for (const std::uint64_t seed : {4656U, 6794U, 24020U}) {
    ASSERT_EQ(by_sharing(Mix::kCountsAtOnce, seed, 7, sharing_of(seed)).classes,
              classes_by_brute_force(Mix::kCountsAtOnce, seed, 7))
        << "seed " << seed;
  }
}

// A leaf that asks for everything, on a way through a step of somebody who turned out to sleep.
TEST(SharedRandomProgramsAtOnce, HaveTheSameClassesIfAWayIsInVain) {
  constexpr std::uint64_t kSeed = 212'006;
  ASSERT_EQ(by_sharing(Mix::kCountsAtOnce, kSeed, 10, sharing_of(kSeed)).classes,
            classes_by_brute_force(Mix::kCountsAtOnce, kSeed, 10));
}

// Of each execution of a program of steps at once that count, in order.
std::vector<Tape> tapes_of_counts(std::uint64_t seed, const Sharing& sharing,
                                  std::uint64_t stop_after = 0) {
  Engine engine;
  test::SmallProgram program(engine, Mix::kCountsAtOnce, seed, 10);
  std::vector<Tape> tapes;
  std::vector<std::uint64_t> kept;
  if (stop_after > 0) {
    SharedDpor first(engine, test::SmallProgram::start, &program, sharing);
    first.run(stop_after);
    for (const SharedDpor::Seen& seen : first.seen()) tapes.push_back(seen.tape);
    kept = first.frontier().kept();
  }
  SharedDpor search(engine, test::SmallProgram::start, &program, sharing);
  if (stop_after > 0) {
    EXPECT_TRUE(search.restore(kept)) << "seed " << seed;
  }
  search.run();
  for (const SharedDpor::Seen& seen : search.seen()) tapes.push_back(seen.tape);
  return tapes;
}

// Who sleeps where becomes known in the course of such a search; when a ticket is dealt must not
// matter.
TEST(SharedSearchesAtOnce, AreTheSameOnMoreCores) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const std::vector<Tape> alone = tapes_of_counts(seed, {.size = kSmall});
    const Sharing shared{.workers = 3, .order = seed, .size = kSmall};
    ASSERT_EQ(tapes_of_counts(seed, shared), alone) << "seed " << seed;
  }
}
TEST(SharedSearchesAtOnce, GoOnAsIfTheyHadNeverStopped) {
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Sharing sharing{.workers = 3, .order = seed, .size = kSmall};
    const std::vector<Tape> whole = tapes_of_counts(seed, sharing);
    ASSERT_EQ(tapes_of_counts(seed, sharing, 1 + whole.size() / 2), whole) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(OfAdds, SharedRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAdds), testing::Values(6U, 8U)));
INSTANTIATE_TEST_SUITE_P(OfEverything, SharedRandomPrograms,
                         testing::Combine(testing::Values(Mix::kEverything),
                                          testing::Values(8U, 10U, 11U)));
INSTANTIATE_TEST_SUITE_P(OfThreadsThatStartThreads, SharedRandomPrograms,
                         testing::Combine(testing::Values(Mix::kThreads),
                                          testing::Values(8U, 10U, 11U)));
INSTANTIATE_TEST_SUITE_P(OfOneWord, SharedRandomPrograms,
                         testing::Combine(testing::Values(Mix::kOneWord),
                                          testing::Values(6U, 7U, 8U)));

}  // namespace
}  // namespace mpglab::interleave
