// Several operations as one step.

#include "interleave/at_once.h"

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "interleave/bounded_dfs.h"
#include "interleave/dpor.h"
#include "interleave/mutex.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

// Two threads that each read a counter and write one more.
class IncrementsAtOnce : public testing::Test {
 protected:
  void SetUp() override { readers_ = {Thread{this, true}, Thread{this, true}}; }

  // The second one may be interrupted.
  void only_the_first_at_once() { readers_[1].at_once = false; }
  void with_a_lock_inside() { locks_ = true; }

  std::set<int> counts() {
    std::set<int> counts;
    BoundedDfs every({});
    while (engine_.run(every, start, this).end != End::kExhausted) counts.insert(counter_.peek());
    return counts;
  }
  std::uint64_t classes() {
    Dpor dpor(engine_);
    while (engine_.run(dpor, start, this).end != End::kExhausted) {
    }
    return dpor.executions();
  }

 private:
  struct Thread {
    IncrementsAtOnce* test;
    bool at_once;
  };

  static void start(void* self) {
    auto& test = *static_cast<IncrementsAtOnce*>(self);
    test.counter_.poke(0);
    test.mutex_.reset();
    test.engine_.spawn("one", increment, &test.readers_[0]);
    test.engine_.spawn("two", increment, &test.readers_[1]);
  }
  static void increment(void* thread) {
    const auto& [test, at_once] = *static_cast<Thread*>(thread);
    const AtOnce whole(test->engine_, at_once);
    const int seen = test->counter_.load();
    if (test->locks_) test->mutex_.lock();
    test->counter_.store(seen + 1);
    if (test->locks_) test->mutex_.unlock();
  }

  Engine engine_;
  Shared<int> counter_{engine_, "counter"};
  Mutex mutex_{engine_, "mutex"};
  bool locks_ = false;
  std::array<Thread, 2> readers_{};
};

TEST_F(IncrementsAtOnce, AreNeverLost) {
  EXPECT_EQ(counts(), (std::set<int>{2}));
}
// One before the other, or the reverse.
TEST_F(IncrementsAtOnce, HaveTwoClasses) {
  EXPECT_EQ(classes(), 2U);
}
TEST_F(IncrementsAtOnce, OfWhichOneIsInterruptedCanBeLost) {
  only_the_first_at_once();
  EXPECT_EQ(counts(), (std::set<int>{1, 2}));
}
// Before the other's load, between its load and its store, or behind both.
TEST_F(IncrementsAtOnce, OfWhichOneIsInterruptedHaveThreeClasses) {
  only_the_first_at_once();
  EXPECT_EQ(classes(), 3U);
}
// A lock that is taken ends the step: the first has read by then, if the other holds it.
TEST_F(IncrementsAtOnce, CanBeLostIfOneHasToWait) {
  only_the_first_at_once();
  with_a_lock_inside();
  EXPECT_EQ(counts(), (std::set<int>{1, 2}));
}

// ---- critical sections that are one step ----

// Two threads that each take a lock once, and perhaps a list that it guards.
class CriticalSectionsAtOnce : public testing::Test {
 protected:
  void a_lock_that_stands_alone() { engine_.stands_alone(mutex_.id()); }
  void that_guards_a_list() { list_ = engine_.add_object("list"); }

  std::uint64_t classes(const DporOptions& options = {}) {
    Dpor dpor(engine_, std::make_shared<Footprints>(), options);
    while (engine_.run(dpor, start, this).end != End::kExhausted) {
    }
    EXPECT_TRUE(dpor.exhausted());
    return dpor.executions();
  }

 private:
  static void start(void* self) {
    auto& test = *static_cast<CriticalSectionsAtOnce*>(self);
    test.mutex_.reset();
    test.engine_.spawn("one", section, self);
    test.engine_.spawn("two", section, self);
  }
  static void section(void* self) {
    auto& test = *static_cast<CriticalSectionsAtOnce*>(self);
    const AtOnce whole(test.engine_, true);
    const MutexLock lock(test.mutex_);
    if (test.list_ != kNoObject) test.engine_.also(test.list_, Access::kChange);
  }

  Engine engine_;
  Mutex mutex_{engine_, "mutex"};
  ObjectId list_ = kNoObject;
};

// One before the other, or the reverse.
TEST_F(CriticalSectionsAtOnce, HaveTwoClasses) {
  EXPECT_EQ(classes(), 2U);
}
TEST_F(CriticalSectionsAtOnce, OfALockThatStandsAloneHaveOneIfTheyDoNothing) {
  a_lock_that_stands_alone();
  EXPECT_EQ(classes(), 1U);
}
TEST_F(CriticalSectionsAtOnce, OfALockThatStandsAloneHaveTwoIfThatIsNotSpared) {
  a_lock_that_stands_alone();
  EXPECT_EQ(classes({.spare_kept = false}), 2U);
}
TEST_F(CriticalSectionsAtOnce, ThatChangeOneListHaveTwo) {
  a_lock_that_stands_alone();
  that_guards_a_list();
  EXPECT_EQ(classes(), 2U);
}

}  // namespace
}  // namespace mpglab::interleave
