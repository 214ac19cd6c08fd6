// What strategies promise: how many schedules lie within a bound, and that nobody is starved.

#include <cstdint>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/pos.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

// Threads that start together and share a word.
class Strategies : public testing::Test {
 public:  // the bodies of threads are functions on their own
  End run(Strategy& strategy, std::initializer_list<Engine::Body> bodies) {
    bodies_.assign(bodies);
    word_.poke(0);
    return engine_.run(strategy, start, this).end;
  }
  // How many schedules the strategy has.
  std::uint64_t schedules(Strategy& strategy, std::initializer_list<Engine::Body> bodies) {
    std::uint64_t count = 0;
    while (run(strategy, bodies) != End::kExhausted) ++count;
    return count;
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

  Engine engine_{{.max_steps = 20'000}};
  Shared<int> word_{engine_, "word"};

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

}  // namespace
}  // namespace mpglab::interleave
