// Classic small programs, with the exact set of their outcomes.

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/mutex.h"
#include "interleave/random_walk.h"
#include "interleave/semaphore.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

// A program of some threads that start together.
class Litmus : public testing::Test {
 public:  // the bodies of threads are functions on their own
  explicit Litmus(EngineOptions options = {}) : engine_(options) {}

  // Runs all schedules of `bodies`; what `outcome` says after each is collected.
  template <class Outcome>
  std::set<std::string> outcomes_of(std::initializer_list<Engine::Body> bodies, Outcome outcome) {
    bodies_.assign(bodies);
    BoundedDfs every({});
    executions_ = 0;
    std::set<std::string> outcomes;
    for (;;) {
      reset();
      const Execution& execution = engine_.run(every, start, this);
      if (execution.end == End::kExhausted) break;
      ++executions_;
      outcomes.insert(execution.end == End::kFinished ? outcome()
                                                      : std::string(end_name(execution.end)));
    }
    return outcomes;
  }

  virtual void reset() = 0;

  Engine engine_;
  std::size_t executions_ = 0;

 private:
  static void start(void* self) {
    auto& litmus = *static_cast<Litmus*>(self);
    for (const Engine::Body body : litmus.bodies_) litmus.engine_.spawn("thread", body, self);
  }

  std::vector<Engine::Body> bodies_;
};

// ---- two increments ----

class TwoIncrements : public Litmus {
 public:  // the bodies of threads are functions on their own
  void reset() override {
    counter_.poke(0);
    mutex_.reset();
  }
  std::string counter() const { return std::to_string(counter_.peek()); }

  static void load_and_store(void* self) {
    auto& test = *static_cast<TwoIncrements*>(self);
    const int value = test.counter_.load();
    test.counter_.store(value + 1);
  }
  static void add(void* self) { static_cast<TwoIncrements*>(self)->counter_.add(1); }
  static void with_mutex(void* self) {
    auto& test = *static_cast<TwoIncrements*>(self);
    test.mutex_.lock();
    test.counter_.store(test.counter_.load() + 1);
    test.mutex_.unlock();
  }

  Shared<int> counter_{engine_, "counter"};
  Mutex mutex_{engine_, "mutex"};
};

TEST_F(TwoIncrements, OneCanBeLost) {
  EXPECT_EQ(outcomes_of({load_and_store, load_and_store}, [&] { return counter(); }),
            (std::set<std::string>{"1", "2"}));
}

TEST_F(TwoIncrements, HaveAllTheirSchedules) {
  outcomes_of({load_and_store, load_and_store}, [&] { return counter(); });
  // Each thread has a start and two accesses; C(6,3) = 20 orders of three and three steps.
  EXPECT_EQ(executions_, 20U);
}

TEST_F(TwoIncrements, AreBothThereIfEachIsOneStep) {
  EXPECT_EQ(outcomes_of({add, add}, [&] { return counter(); }), (std::set<std::string>{"2"}));
}

TEST_F(TwoIncrements, AreBothThereUnderAMutex) {
  EXPECT_EQ(outcomes_of({with_mutex, with_mutex}, [&] { return counter(); }),
            (std::set<std::string>{"2"}));
}

TEST_F(TwoIncrements, OneOfThreeOrTwoOfThreeCanBeLost) {
  EXPECT_EQ(outcomes_of({load_and_store, load_and_store, add}, [&] { return counter(); }),
            (std::set<std::string>{"1", "2", "3"}));
}

// ---- double-checked locking ----

class DoubleCheckedLock : public Litmus {
 public:  // the bodies of threads are functions on their own
  void reset() override {
    ready_.poke(false);
    value_.poke(0);
    mutex_.reset();
    seen_ = {-1, -1};
    made_ = 0;
  }
  std::string seen() const {
    return std::to_string(seen_[0]) + "," + std::to_string(seen_[1]) + " made " +
           std::to_string(made_);
  }

  // Tells others that the value is there before it is.
  static void broken(void* self) { static_cast<DoubleCheckedLock*>(self)->get(true, true); }
  // Looks once only, outside of the lock.
  static void single_checked(void* self) {
    static_cast<DoubleCheckedLock*>(self)->get(false, false);
  }
  static void right(void* self) { static_cast<DoubleCheckedLock*>(self)->get(false, true); }

  void get(bool flag_first, bool check_again) {
    const std::size_t me = engine_.current() - 1U;
    if (!ready_.load()) {
      mutex_.lock();
      if (!check_again || !ready_.load()) {
        ++made_;
        if (flag_first) ready_.store(true);
        value_.store(42);
        if (!flag_first) ready_.store(true);
      }
      mutex_.unlock();
    }
    seen_[me] = value_.load();
  }

  Shared<bool> ready_{engine_, "ready"};
  Shared<int> value_{engine_, "value"};
  Mutex mutex_{engine_, "mutex"};
  std::array<int, 2> seen_{};
  int made_ = 0;
};

TEST_F(DoubleCheckedLock, WithTheFlagFirstSomebodySeesNoValue) {
  EXPECT_EQ(outcomes_of({broken, broken}, [&] { return seen(); }),
            (std::set<std::string>{"42,42 made 1", "0,42 made 1", "42,0 made 1"}));
}

TEST_F(DoubleCheckedLock, CheckedOnceTheValueIsMadeTwice) {
  EXPECT_EQ(outcomes_of({single_checked, single_checked}, [&] { return seen(); }),
            (std::set<std::string>{"42,42 made 1", "42,42 made 2"}));
}

TEST_F(DoubleCheckedLock, DoneRightIsRight) {
  EXPECT_EQ(outcomes_of({right, right}, [&] { return seen(); }),
            (std::set<std::string>{"42,42 made 1"}));
}

// ---- Dekker ----

class Dekker : public Litmus {
 public:  // the bodies of threads are functions on their own
  void reset() override {
    for (auto& wants : wants_) wants.poke(false);
    turn_.poke(0);
    inside_ = 0;
    entered_ = {};
    together_ = false;
  }

  // The heart of it: raise a flag, look at the other's.
  static void flag(void* self) {
    auto& test = *static_cast<Dekker*>(self);
    const std::size_t me = test.engine_.current() - 1U;
    test.wants_[me].store(true);
    test.entered_[me] = !test.wants_[1 - me].load();
  }
  // Looks first: not mutual exclusion.
  static void look_first(void* self) {
    auto& test = *static_cast<Dekker*>(self);
    const std::size_t me = test.engine_.current() - 1U;
    const bool free = !test.wants_[1 - me].load();
    test.wants_[me].store(true);
    test.entered_[me] = free;
  }
  // The whole algorithm, with waiting.
  static void enter(void* self) {
    auto& test = *static_cast<Dekker*>(self);
    const std::size_t me = test.engine_.current() - 1U;
    test.wants_[me].store(true);
    while (test.wants_[1 - me].load()) {
      if (test.turn_.load() != static_cast<int>(me)) {
        test.wants_[me].store(false);
        while (test.turn_.load() != static_cast<int>(me)) test.engine_.yield();
        test.wants_[me].store(true);
      } else {
        test.engine_.yield();
      }
    }
    if (++test.inside_ > 1) test.together_ = true;
    test.critical_.add(1);
    --test.inside_;
    test.turn_.store(1 - static_cast<int>(me));
    test.wants_[me].store(false);
  }

  std::string entered() const {
    return std::string(entered_[0] ? "in," : "out,") + (entered_[1] ? "in" : "out");
  }

  std::array<Shared<bool>, 2> wants_{Shared<bool>{engine_, "wants0"}, {engine_, "wants1"}};
  Shared<int> turn_{engine_, "turn"};
  Shared<int> critical_{engine_, "critical"};
  int inside_ = 0;
  std::array<bool, 2> entered_{};
  bool together_ = false;
};

TEST_F(Dekker, WithFlagsRaisedFirstBothNeverEnter) {
  EXPECT_EQ(outcomes_of({flag, flag}, [&] { return entered(); }),
            (std::set<std::string>{"in,out", "out,in", "out,out"}));
}

TEST_F(Dekker, WithALookFirstBothCanEnter) {
  EXPECT_EQ(outcomes_of({look_first, look_first}, [&] { return entered(); }),
            (std::set<std::string>{"in,in", "in,out", "out,in"}));
}

TEST_F(Dekker, NeverLetsBothInAndNeverHangs) {
  RandomWalk random(1);
  std::set<std::string> outcomes;
  for (int i = 0; i < 20'000; ++i) {
    reset();
    const Execution& execution = engine_.run(
        random,
        [](void* self) {
          auto& test = *static_cast<Dekker*>(self);
          test.engine_.spawn("first", enter, self);
          test.engine_.spawn("second", enter, self);
        },
        this);
    outcomes.insert(std::string(end_name(execution.end)) + (together_ ? " together" : ""));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{std::string(end_name(End::kFinished))}));
}

// ---- bounded buffer ----

// One place. Who finds it empty says that it waits and sleeps on a semaphore; who fills it wakes
// somebody if anybody waits. The lost wake-up: between giving the mutex back and saying so.
class BoundedBuffer : public Litmus {
 public:  // the bodies of threads are functions on their own
  void reset() override {
    full_.poke(false);
    waiting_.poke(0);
    mutex_.reset();
    changed_.reset(0);
    places_.reset(1);
    items_.reset(0);
  }

  static void put(void* self) {
    auto& test = *static_cast<BoundedBuffer*>(self);
    test.mutex_.lock();
    test.full_.store(true);
    test.mutex_.unlock();
    if (test.waiting_.load() > 0) test.changed_.release();
  }
  static void take(void* self) { static_cast<BoundedBuffer*>(self)->take_it(false); }
  static void take_with_care(void* self) { static_cast<BoundedBuffer*>(self)->take_it(true); }

  void take_it(bool says_so_first) {
    mutex_.lock();
    while (!full_.load()) {
      if (says_so_first) waiting_.add(1);
      mutex_.unlock();
      if (!says_so_first) waiting_.add(1);
      changed_.acquire();
      mutex_.lock();
    }
    full_.store(false);
    mutex_.unlock();
  }

  static void put_right(void* self) {
    auto& test = *static_cast<BoundedBuffer*>(self);
    test.places_.acquire();
    test.full_.store(true);
    test.items_.release();
  }
  static void take_right(void* self) {
    auto& test = *static_cast<BoundedBuffer*>(self);
    test.items_.acquire();
    test.full_.store(false);
    test.places_.release();
  }

  Shared<bool> full_{engine_, "full"};
  Mutex mutex_{engine_, "mutex"};
  Shared<int> waiting_{engine_, "waiting"};
  Semaphore changed_{engine_, "changed", 0};
  Semaphore places_{engine_, "places", 1};
  Semaphore items_{engine_, "items", 0};
};

std::string done() {
  return "done";
}

TEST_F(BoundedBuffer, AWakeUpCanBeLost) {
  EXPECT_EQ(outcomes_of({put, take}, done), (std::set<std::string>{"done", "deadlock"}));
}

TEST_F(BoundedBuffer, SayingSoUnderTheMutexLosesNone) {
  EXPECT_EQ(outcomes_of({put, take_with_care}, done), (std::set<std::string>{"done"}));
}

// The second item stays where it is: one is taken.
TEST_F(BoundedBuffer, WithTwoSemaphoresIsAlwaysFine) {
  EXPECT_EQ(outcomes_of({put_right, take_right, put_right}, done), (std::set<std::string>{"done"}));
}

// ---- fewer choice points around locks, no outcome lost ----

class MergedLockSteps : public Litmus {
 public:  // the bodies of threads are functions on their own
  MergedLockSteps() : Litmus({.merge_lock_steps = true}) {}
  void reset() override {
    counter_.poke(0);
    log_ = 0;
    mutex_.reset();
  }
  static void locked_add(void* self) {
    auto& test = *static_cast<MergedLockSteps*>(self);
    test.mutex_.lock();
    test.counter_.store(test.counter_.load() + 1);
    test.mutex_.unlock();
  }
  static void locked_double(void* self) {
    auto& test = *static_cast<MergedLockSteps*>(self);
    test.mutex_.lock();
    test.counter_.store(test.counter_.load() * 2);
    test.mutex_.unlock();
  }
  static void look(void* self) {
    auto& test = *static_cast<MergedLockSteps*>(self);
    test.log_ = test.counter_.load();
  }
  static void locked_start(void* self) {
    auto& test = *static_cast<MergedLockSteps*>(self);
    test.mutex_.lock();
    test.engine_.spawn("look", look, self);
    test.counter_.store(1);
    test.mutex_.unlock();
  }

  Shared<int> counter_{engine_, "counter"};
  Mutex mutex_{engine_, "mutex"};
  int log_ = 0;
};

TEST_F(MergedLockSteps, KeepBothOrdersAndEveryStateThatAnotherCanSee) {
  // Final 1: doubled first, then added. Final 2: the other way round. A look sees 0, 1 or 2.
  EXPECT_EQ(
      outcomes_of({locked_add, locked_double, look},
                  [&] { return std::to_string(counter_.peek()) + " saw " + std::to_string(log_); }),
      (std::set<std::string>{"1 saw 0", "1 saw 1", "2 saw 0", "2 saw 1", "2 saw 2"}));
}
TEST_F(MergedLockSteps, LetAThreadThatIsStartedUnderTheLockComeBeforeTheNextStep) {
  EXPECT_EQ(outcomes_of({locked_start}, [&] { return "saw " + std::to_string(log_); }),
            (std::set<std::string>{"saw 0", "saw 1"}));
}

}  // namespace
}  // namespace mpglab::interleave
