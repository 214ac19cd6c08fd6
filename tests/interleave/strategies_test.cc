// What strategies promise: how many schedules lie within a bound, and that nobody is starved.

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/fair.h"
#include "interleave/mutex.h"
#include "interleave/pct.h"
#include "interleave/pos.h"
#include "interleave/random_walk.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

// Threads that start together and share a word.
class Strategies : public testing::Test {
 public:  // the bodies of threads are functions on their own
  End run(Strategy& strategy, std::initializer_list<Engine::Body> bodies) {
    bodies_.assign(bodies);
    word_.poke(0);
    mutex_.reset();
    return engine_.run(strategy, start, this).end;
  }
  // How many schedules the strategy has.
  std::uint64_t schedules(Strategy& strategy, std::initializer_list<Engine::Body> bodies) {
    std::uint64_t count = 0;
    while (run(strategy, bodies) != End::kExhausted) ++count;
    return count;
  }
  // How they end.
  std::set<End> ends(Strategy& strategy, std::initializer_list<Engine::Body> bodies) {
    std::set<End> ends;
    for (End end; (end = run(strategy, bodies)) != End::kExhausted;) ends.insert(end);
    return ends;
  }

  static Strategies& self(void* test) { return *static_cast<Strategies*>(test); }
  static void load_and_store(void* test) {
    const int value = self(test).word_.load();
    self(test).word_.store(value + 1);
  }
  static void spin(void* test) {
    while (self(test).word_.load() == 0) self(test).engine_.yield();
  }
  static void let_go(void* test) { self(test).word_.store(1); }
  static void spin_with_lock(void* test) {
    for (int seen = 0; seen == 0;) {
      self(test).mutex_.lock();
      seen = self(test).word_.load();
      self(test).mutex_.unlock();
      if (seen == 0) self(test).engine_.yield();
    }
  }
  static void let_go_with_lock(void* test) {
    self(test).mutex_.lock();
    self(test).word_.store(1);
    self(test).mutex_.unlock();
  }
  // The same without a choice point at the word.
  static void spin_unseen(void* test) {
    while (self(test).word_.peek() == 0) self(test).engine_.yield();
  }
  static void let_go_unseen(void* test) { self(test).word_.poke(1); }
  static void let_go_unseen_late(void* test) {
    self(test).word_.load();
    self(test).word_.poke(1);
  }
  static void with_lock(void* test) {
    self(test).mutex_.lock();
    self(test).mutex_.unlock();
  }
  static void give_way_after_lock(void* test) {
    with_lock(test);
    self(test).engine_.yield();
  }
  static void give_way_with_lock(void* test) {
    for (int i = 0; i < 3; ++i) {
      self(test).mutex_.lock();
      self(test).engine_.yield();
      self(test).mutex_.unlock();
      self(test).word_.load();
    }
  }
  static void hold_lock(void* test) {
    self(test).mutex_.lock();
    while (self(test).word_.peek() == 0) {
      self(test).engine_.yield();
      self(test).mutex_.unlock();
      self(test).mutex_.lock();
    }
    self(test).mutex_.unlock();
  }
  static void look_often(void* test) {
    for (int i = 0; i < 10; ++i) self(test).word_.load();
  }
  static void start_one_late(void* test) {
    self(test).word_.load();
    self(test).engine_.spawn("late", give_way_after_lock, test);
  }

  Engine engine_{{.max_steps = 20'000}};
  Shared<int> word_{engine_, "word"};
  Mutex mutex_{engine_, "mutex"};

 private:
  static void start(void* test) {
    for (const Engine::Body body : self(test).bodies_)
      self(test).engine_.spawn("thread", body, test);
  }

  std::vector<Engine::Body> bodies_;
};

// ---- bounded DFS ----

BoundedDfs preemptions(std::uint32_t count) {
  return BoundedDfs({.preemptions = count});
}

// Two threads with two places each at which they can be interrupted, before the load and before the
// store. Who begins is free: twice as many as there are for one who begins.
TEST_F(Strategies, WithoutPreemptionsOneThreadComesAfterTheOther) {
  BoundedDfs dfs = preemptions(0);
  EXPECT_EQ(schedules(dfs, {load_and_store, load_and_store}), 2U);
}
TEST_F(Strategies, OnePreemptionIsInOneOfTwoPlaces) {
  BoundedDfs dfs = preemptions(1);
  // 2 * (1 + 2)
  EXPECT_EQ(schedules(dfs, {load_and_store, load_and_store}), 6U);
}
TEST_F(Strategies, TwoPreemptionsAreInOneOfTwoPlacesOfEach) {
  BoundedDfs dfs = preemptions(2);
  // 2 * (1 + 2 + 2 * 2)
  EXPECT_EQ(schedules(dfs, {load_and_store, load_and_store}), 14U);
}
TEST_F(Strategies, FourPreemptionsAreAllThatThereCanBe) {
  BoundedDfs dfs = preemptions(4);
  // All orders of three and three steps: C(6,3).
  EXPECT_EQ(schedules(dfs, {load_and_store, load_and_store}), 20U);
}
TEST_F(Strategies, ABoundThatWasNotReachedLeavesNothingOut) {
  BoundedDfs dfs = preemptions(4);
  schedules(dfs, {load_and_store, load_and_store});
  EXPECT_FALSE(dfs.left_out());
}
TEST_F(Strategies, ABoundThatWasReachedLeavesSomethingOut) {
  BoundedDfs dfs = preemptions(3);
  schedules(dfs, {load_and_store, load_and_store});
  EXPECT_TRUE(dfs.left_out());
}
TEST_F(Strategies, OneDeviationIsOneOfTheDefaultSchedulesChoices) {
  BoundedDfs dfs({.deviations = 1});
  // The default schedule asks who begins and, twice, whether that one goes on: 1 + 3.
  EXPECT_EQ(schedules(dfs, {load_and_store, load_and_store}), 4U);
}

// ---- spinners ----

// Always the one who spins, if it may be picked.
class StarveOthers final : public Strategy {
 public:
  bool begin() override { return true; }
  std::uint32_t pick(const Decision& decision) override {
    for (unsigned place = 0; place < decision.bound; ++place)
      if (decision.thread_at(place) != kLast) return place;
    return 0;
  }
  void end(const Tape& /*tape*/) override {}

 private:
  static constexpr ThreadId kLast = 3;
};

TEST_F(Strategies, PosLetsNobodySpinForEver) {
  Pos pos(1);
  // Had spinners priorities like others, one in about 2,000 schedules would find nobody but them.
  for (int i = 0; i < 20'000; ++i) ASSERT_EQ(run(pos, {spin, spin, let_go}), End::kFinished);
}

TEST_F(Strategies, WhoIsStarvedIsNotDeadlocked) {
  StarveOthers starve;
  EXPECT_EQ(run(starve, {spin, spin, let_go}), End::kStepBudget);
}

TEST_F(Strategies, WhoOnlySpinsIsDeadlocked) {
  StarveOthers starve;
  EXPECT_EQ(run(starve, {spin, spin}), End::kDeadlock);
}

// ---- fair ----

// Every schedule that is fair.
class FairDfs final : public Strategy {
 public:
  bool begin() override { return fair_.begin(); }
  std::uint32_t pick(const Decision& decision) override { return fair_.pick(decision); }
  void end(const Tape& tape) override { fair_.end(tape); }

 private:
  BoundedDfs dfs_{{}};
  Fair fair_{dfs_};
};

TEST_F(Strategies, AStarvingOneThatIsMadeFairLetsEverybodyFinish) {
  StarveOthers starve;
  Fair fair(starve);
  EXPECT_EQ(run(fair, {spin, spin, let_go}), End::kFinished);
}

// Here the one who is starved cannot go on all the time: spinners hold the lock that it wants, now
// and then.
TEST_F(Strategies, AStarvingOneThatIsMadeFairLetsNobodyWaitForALockForEver) {
  StarveOthers starve;
  Fair fair(starve);
  EXPECT_EQ(run(fair, {spin_with_lock, spin_with_lock, let_go_with_lock}), End::kFinished);
}

TEST_F(Strategies, WithoutFairnessItWouldWaitForTheLockForEver) {
  StarveOthers starve;
  EXPECT_EQ(run(starve, {spin_with_lock, spin_with_lock, let_go_with_lock}), End::kStepBudget);
}

// The same where the one that holds the lock is hardly ever asked about: when it gives way only the
// spinner can go on, and when that one does only the holder.
TEST_F(Strategies, AStarvingOneThatIsMadeFairSeesWhoGivesWayWithoutAlternative) {
  StarveOthers starve;
  Fair fair(starve);
  EXPECT_EQ(run(fair, {hold_lock, spin_unseen, let_go_with_lock}), End::kFinished);
}

TEST_F(Strategies, WithoutFairnessTheHolderWouldKeepTheLock) {
  StarveOthers starve;
  EXPECT_EQ(run(starve, {hold_lock, spin_unseen, let_go_with_lock}), End::kStepBudget);
}

Pct pct_that_leaves_spinners_on_top() {
  return {/*seed=*/1, /*depth=*/1, /*length=*/1, 0, Pct::GivingWay::kLeavesIt};
}

TEST_F(Strategies, PctThatLeavesSpinnersOnTopStarvesOthers) {
  Pct pct = pct_that_leaves_spinners_on_top();
  End end = End::kFinished;
  // In one of three schedules the setter is the lowest.
  for (int i = 0; i < 20 && end == End::kFinished; ++i) end = run(pct, {spin, spin, let_go});
  EXPECT_EQ(end, End::kStepBudget);
}

TEST_F(Strategies, PctThatLeavesSpinnersOnTopIsFineIfItIsMadeFair) {
  Pct pct = pct_that_leaves_spinners_on_top();
  Fair fair(pct);
  for (int i = 0; i < 20'000; ++i) ASSERT_EQ(run(fair, {spin, spin, let_go}), End::kFinished);
}

// A deadlock is no lack of fairness.
TEST_F(Strategies, WhoOnlySpinsIsDeadlockedUnderAFairOneToo) {
  StarveOthers starve;
  Fair fair(starve);
  EXPECT_EQ(run(fair, {spin, spin}), End::kDeadlock);
}

// Each turn of the spinners A and B is one step, after which it is another thread's turn. Before C
// lets them go, A and B take turns: nothing, A, AB, ABA, ABAB, and the same with B first, nine
// ways; at its second turn each has let C wait in vain and is put below it, so after ABAB only C is
// left. Then A and B have one step each, in either order: 9 * 2. Without fairness there is no end.
TEST_F(Strategies, AProgramThatSpinsHasSoManyFairSchedules) {
  FairDfs every;
  EXPECT_EQ(schedules(every, {spin_unseen, spin_unseen, let_go_unseen}), 18U);
}

// As above, but C has a step more. Whatever A and B have done before it, after it each may have two
// turns again, for C has not waited in vain: 9 * 9 * 2. But if A, say, had the last turn before
// that step and the only one after it, B has waited in vain, and has to come first at the end. A
// has the last turn in four of the nine ways, and so has B: 162 - 4 - 4.
TEST_F(Strategies, WhoWasStarvedIsNotPreferredAfterItsStep) {
  FairDfs every;
  EXPECT_EQ(schedules(every, {spin_unseen, spin_unseen, let_go_unseen_late}), 154U);
}

// The first time that it gives way is after a lock that another thread may have waited for already
// when it started.
TEST_F(Strategies, WhatCameBeforeAThreadGaveWayIsInNobodysDisfavour) {
  FairDfs fair;
  BoundedDfs all({});
  EXPECT_EQ(schedules(fair, {with_lock, start_one_late, load_and_store}),
            schedules(all, {with_lock, start_one_late, load_and_store}));
}

TEST_F(Strategies, NoFairScheduleStarvesAnybody) {
  FairDfs every;
  EXPECT_EQ(ends(every, {spin, spin, let_go}), (std::set<End>{End::kFinished}));
}

// All orders of three and three steps: C(6,3), as many as without fairness.
TEST_F(Strategies, AProgramThatNeverGivesWayKeepsAllItsSchedules) {
  FairDfs every;
  EXPECT_EQ(schedules(every, {load_and_store, load_and_store}), 20U);
}

// Before the store there are two steps of the spinner, its start and a look, and after a look in
// vain another thread has to go on. Before the setter's start it has made none, one or both; then,
// before the store, up to two of its steps again, but only one if it has made one: 3 + 2 + 3.
TEST_F(Strategies, FairnessThatIsNotNeededLeavesNothingOut) {
  FairDfs every;
  EXPECT_EQ(schedules(every, {spin, let_go}), 8U);
}

TEST_F(Strategies, ALostUpdateIsStillFoundBesideASpinner) {
  FairDfs every;
  std::set<int> left;
  while (run(every, {load_and_store, load_and_store, spin_unseen}) != End::kExhausted)
    left.insert(word_.peek());
  EXPECT_EQ(left, (std::set<int>{1, 2}));
}

// Notices a question that no engine asks: whether a thread goes on that cannot.
class AskedInOrder final : public Strategy {
 public:
  bool begin() override { return walk_.begin(); }
  std::uint32_t pick(const Decision& decision) override {
    const bool goes_on = (decision.candidates >> decision.current & 1) != 0;
    in_order_ = in_order_ && (decision.kind != ChoiceKind::kPreempt || goes_on);
    in_order_ = in_order_ && decision.bound == std::popcount(decision.candidates);
    return walk_.pick(decision);
  }
  void end(const Tape& tape) override { walk_.end(tape); }
  bool in_order() const { return in_order_; }

 private:
  RandomWalk walk_{1};
  bool in_order_ = true;
};

TEST_F(Strategies, TheInnerOneIsAskedAsAnEngineAsks) {
  AskedInOrder asked;
  Fair fair(asked);
  // Giving the lock back, the first thread lets the second go on, which it is below.
  for (int i = 0; i < 1'000; ++i) run(fair, {give_way_with_lock, with_lock, look_often});
  EXPECT_TRUE(asked.in_order());
}

TEST_F(Strategies, AnExecutionIsTheSameWhateverCameBefore) {
  const auto tape_of = [&](std::uint64_t before) {
    RandomWalk random(1, 100 - before);
    Fair fair(random);
    for (std::uint64_t i = 0; i <= before; ++i) run(fair, {spin, spin, spin_with_lock, let_go});
    return engine_.tape();
  };
  EXPECT_EQ(tape_of(0), tape_of(50));
}

}  // namespace
}  // namespace mpglab::interleave
