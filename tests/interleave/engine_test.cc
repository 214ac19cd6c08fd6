#include "interleave/engine.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/mutex.h"
#include "interleave/note.h"
#include "interleave/pct.h"
#include "interleave/random_walk.h"
#include "interleave/replay.h"
#include "interleave/round_robin.h"
#include "interleave/shared.h"
#include "interleave/sparse_walk.h"
#include "interleave/twice.h"

namespace mpglab::interleave {
namespace {

class EngineTest : public testing::Test {
 public:  // the bodies of threads are functions on their own
  const Execution& run(Strategy& strategy, Engine::Body body) {
    first_.reset();
    second_.reset();
    word_.poke(0);
    return engine_.run(strategy, body, this);
  }
  static EngineTest& self(void* argument) { return *static_cast<EngineTest*>(argument); }

  // Two threads that take two mutexes, in opposite orders.
  static void opposite_orders(void* argument) {
    self(argument).engine_.spawn("forth", forth, argument);
    self(argument).engine_.spawn("back", back, argument);
  }
  static void forth(void* argument) {
    self(argument).first_.lock();
    self(argument).second_.lock();
    self(argument).second_.unlock();
    self(argument).first_.unlock();
  }
  static void back(void* argument) {
    self(argument).second_.lock();
    self(argument).first_.lock();
    self(argument).first_.unlock();
    self(argument).second_.unlock();
  }

  // A thread that spins until another one has done something.
  static void spin_and_set(void* argument) {
    self(argument).engine_.spawn(
        "spinner",
        [](void* a) {
          while (self(a).word_.load() == 0) self(a).engine_.yield();
        },
        argument);
    self(argument).engine_.spawn(
        "setter", [](void* a) { self(a).word_.store(1); }, argument);
  }
  static void spin_for_ever(void* argument) {
    while (self(argument).word_.load() == 0) self(argument).engine_.yield();
  }
  // Several threads that add and choose: plenty of choices.
  static void busy(void* argument) {
    for (int i = 0; i < 3; ++i) {
      self(argument).engine_.spawn(
          "adder",
          [](void* a) {
            for (int n = 0; n < 5; ++n) {
              const std::uint32_t by = self(a).engine_.choose(ChoiceKind::kProgram, 4);
              self(a).first_.lock();
              self(a).word_.store(self(a).word_.load() * 3 + by);
              self(a).first_.unlock();
            }
          },
          argument);
    }
  }

  Engine engine_;
  Mutex first_{engine_, "first"};
  Mutex second_{engine_, "second"};
  Shared<std::uint64_t> word_{engine_, "word"};
};

TEST_F(EngineTest, ADeadlockSaysWhoWaitsForWhom) {
  // One choice each: after both have taken their first mutex nobody can go on.
  RoundRobin turns(2);
  const Execution& execution = run(turns, opposite_orders);
  ASSERT_EQ(execution.end, End::kDeadlock);
  std::vector<std::string> who;
  for (const Waiting& waiting : execution.waiting)
    who.push_back(std::string(engine_.thread_name(waiting.thread)) + " waits for " +
                  std::string(engine_.object_name(waiting.operation.object)) + ", held by " +
                  std::string(engine_.thread_name(waiting.holder)));
  EXPECT_EQ(who, (std::vector<std::string>{"forth waits for second, held by back",
                                           "back waits for first, held by forth"}));
}

TEST_F(EngineTest, ADeadlockLeavesTheEngineUsable) {
  RoundRobin turns(2);
  run(turns, opposite_orders);
  RoundRobin nobody_preempted;
  EXPECT_EQ(run(nobody_preempted, opposite_orders).end, End::kFinished);
}

TEST_F(EngineTest, SpinningStarvesNobodyUnderAnyStrategy) {
  RoundRobin round_robin;
  RandomWalk random(7);
  SparseWalk sparse(7);
  Pct pct(7, 1, 100);
  for (Strategy* strategy : std::initializer_list<Strategy*>{&round_robin, &random, &sparse, &pct})
    for (int i = 0; i < 200; ++i) ASSERT_EQ(run(*strategy, spin_and_set).end, End::kFinished);
}

TEST_F(EngineTest, SpinningForNothingIsADeadlock) {
  RoundRobin strategy;
  const Execution& execution = run(strategy, spin_for_ever);
  ASSERT_EQ(execution.end, End::kDeadlock);
  EXPECT_EQ(execution.waiting.at(0).operation.access, Access::kYield);
}

TEST_F(EngineTest, TooManyStepsEndAnExecution) {
  Engine small({.max_steps = 10});
  RoundRobin strategy;
  const Execution& execution = small.run(
      strategy,
      [](void* argument) {
        auto& engine = *static_cast<Engine*>(argument);
        const ObjectId object = 0;
        for (;;) engine.step(object, Access::kLoad);
      },
      &small);
  EXPECT_EQ(execution.end, End::kStepBudget);
}

TEST_F(EngineTest, ADaemonDoesNotKeepAnExecutionAlive) {
  RoundRobin strategy;
  const Execution& execution = run(strategy, [](void* argument) {
    self(argument).engine_.spawn(
        "daemon",
        [](void* a) {
          self(a).engine_.make_daemon();
          for (;;) self(a).engine_.yield();
        },
        argument);
    self(argument).word_.store(1);
  });
  EXPECT_EQ(execution.end, End::kFinished);
}

TEST_F(EngineTest, AProgramCanStopFromWhereverItIs) {
  RoundRobin strategy;
  const Execution& execution = run(strategy, [](void* argument) {
    self(argument).first_.lock();
    self(argument).engine_.stop();
  });
  EXPECT_EQ(execution.end, End::kStopped);
}

TEST_F(EngineTest, AScheduleRunTwiceHasTheSameTapeAndTheSameResult) {
  RandomWalk random(3);
  Twice twice(random);
  for (int i = 0; i < 500; ++i) {
    run(twice, busy);
    const std::uint64_t first = word_.peek();
    ASSERT_EQ(run(twice, busy).end, End::kFinished);
    ASSERT_EQ(word_.peek(), first);
  }
  EXPECT_TRUE(twice.same());
}

TEST_F(EngineTest, AnotherEngineRunsTheSameSchedule) {
  RandomWalk random(3);
  run(random, busy);
  const Tape tape = engine_.tape();
  const std::uint64_t result = word_.peek();
  struct Other : EngineTest {
    void TestBody() override {}
    std::uint64_t result_of(Strategy& strategy) {
      run(strategy, busy);
      return word_.peek();
    }
  } other;
  Replay replay(tape);
  EXPECT_EQ(other.result_of(replay), result);
}

TEST_F(EngineTest, TwoEnginesOfOneThreadTakeTurns) {
  struct Other : EngineTest {
    void TestBody() override {}
    std::uint64_t result_of(Strategy& strategy) {
      run(strategy, busy);
      return word_.peek();
    }
  } other;
  RandomWalk random(3);
  RandomWalk same_random(3);
  for (int i = 0; i < 20; ++i) {
    run(random, busy);
    ASSERT_EQ(other.result_of(same_random), word_.peek());
  }
}

TEST_F(EngineTest, ATapeThatDoesNotFitSaysWhere) {
  RandomWalk random(3);
  run(random, busy);
  Tape tape = engine_.tape();
  tape[5].bound = 63;
  Replay replay(tape);
  EXPECT_EQ(run(replay, busy).end, End::kDiverged);
  ASSERT_TRUE(replay.divergence().has_value());
  EXPECT_EQ(replay.divergence()->index, 5U);
}

TEST_F(EngineTest, ATapeThatEndsTooEarlySaysSo) {
  RandomWalk random(3);
  run(random, busy);
  Tape tape = engine_.tape();
  tape.resize(4);
  Replay replay(tape);
  EXPECT_EQ(run(replay, busy).end, End::kDiverged);
  EXPECT_FALSE(replay.divergence()->expected.has_value());
}

TEST_F(EngineTest, OneSeedIsOneSequenceOfSchedules) {
  RandomWalk one(11);
  RandomWalk other(11);
  for (int i = 0; i < 50; ++i) {
    run(one, busy);
    const Tape tape = engine_.tape();
    run(other, busy);
    ASSERT_TRUE(engine_.tape() == tape);
  }
}

TEST_F(EngineTest, AnyScheduleOfASeedCanBeHadAlone) {
  RandomWalk all(11);
  for (int i = 0; i < 10; ++i) run(all, busy);
  const Tape tenth = engine_.tape();
  RandomWalk alone(11, /*first_execution=*/9);
  run(alone, busy);
  EXPECT_TRUE(engine_.tape() == tenth);
}

// Counts what it is told.
class Counter final : public Observer {
 public:
  void on_operation(const Step& /*step*/) override { ++operations; }
  void on_choice(std::size_t /*index*/, const Choice& /*choice*/, ThreadId /*current*/,
                 ThreadId /*taken*/) override {
    ++choices;
  }
  std::size_t operations = 0;
  std::size_t choices = 0;
};

TEST_F(EngineTest, AnObserverSeesEveryChoiceAndChangesNone) {
  RandomWalk random(5);
  run(random, busy);
  const Tape tape = engine_.tape();
  Counter counter;
  engine_.observe(&counter);
  Replay replay(tape);
  run(replay, busy);
  engine_.observe(nullptr);
  EXPECT_TRUE(engine_.tape() == tape);
  EXPECT_EQ(counter.choices, tape.size());
}

// ---- PCT ----

// A fault of depth 2: the second thread must run between two steps of the first.
TEST(PctGuarantee, IsKept) {
  struct Program {
    Engine engine;
    Shared<int> word{engine, "word"};
    bool hit = false;
  } program;
  constexpr std::uint32_t kLength = 12;
  Pct pct(1, /*depth=*/2, kLength);
  int hits = 0;
  constexpr int kRuns = 20'000;
  for (int i = 0; i < kRuns; ++i) {
    program.word.poke(0);
    program.hit = false;
    program.engine.run(
        pct,
        [](void* argument) {
          auto& p = *static_cast<Program*>(argument);
          p.engine.spawn(
              "first",
              [](void* a) {
                auto& own = *static_cast<Program*>(a);
                for (int n = 0; n < 4; ++n) own.word.load();
                own.word.store(1);
                if (own.word.load() == 2) own.hit = true;
              },
              argument);
          p.engine.spawn(
              "second", [](void* a) { static_cast<Program*>(a)->word.cas(1, 2); }, argument);
        },
        &program);
    if (program.hit) ++hits;
  }
  // At least 1 / (n k^(d-1)) of the executions, n = 3 threads, with room for chance.
  EXPECT_GT(hits, 0.8 * kRuns * Pct::guarantee(3, kLength, 2));
}

}  // namespace
}  // namespace mpglab::interleave
