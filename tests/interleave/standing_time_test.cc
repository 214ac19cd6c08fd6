// Programs in which time stands still, and parts of which nothing is asked.

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "interleave/engine.h"
#include "interleave/note.h"
#include "interleave/random_walk.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

class StandingTime : public testing::Test {
 public:  // the bodies of threads are functions on their own
  static StandingTime& self(void* test) { return *static_cast<StandingTime*>(test); }

  // Runs it with many random schedules; what threads have noted down is one letter each.
  std::string notes_of(Engine::Body main) {
    std::string all;
    RandomWalk random(/*seed=*/1);
    for (int i = 0; i < 200; ++i) {
      word_.poke(0);
      note_.reset();
      notes_.clear();
      engine_.run(random, main, this);
      if (i > 0 && notes_ != all) return "not always the same: " + all + " and " + notes_;
      all = notes_;
    }
    return all;
  }

  static void work(void* test) {
    for (int i = 0; i < 3; ++i) self(test).word_.add(1);
    self(test).notes_ += 'w';
  }
  static void nap(void* test) {
    self(test).engine_.nap();
    self(test).notes_ += 'n';
  }
  static void nap_for_ever(void* test) {
    self(test).engine_.make_daemon();
    for (;;) self(test).engine_.nap();
  }
  static void sleep_with_limit(void* test) {
    self(test).notes_ += self(test).note_.sleep_with_timeout() ? 's' : 't';
  }

  Engine engine_{{.time_stands_still = true}};
  Shared<int> word_{engine_, "word"};
  Note note_{engine_, "note"};
  std::string notes_;
};

TEST_F(StandingTime, LetsANapEndWhenNobodyElseCanGoOn) {
  EXPECT_EQ(notes_of([](void* test) {
              self(test).engine_.spawn("napper", nap, test);
              self(test).engine_.spawn("worker", work, test);
            }),
            "wn");
}
TEST_F(StandingTime, LetsATimeLimitRunOutIfNobodyCanWakeTheSleeper) {
  EXPECT_EQ(notes_of([](void* test) {
              self(test).engine_.spawn("sleeper", sleep_with_limit, test);
              self(test).engine_.spawn("worker", work, test);
            }),
            "wt");
}
TEST_F(StandingTime, KeepsATimeLimitFromRunningOutIfSomebodyWakesTheSleeper) {
  EXPECT_EQ(notes_of([](void* test) {
              self(test).engine_.spawn("sleeper", sleep_with_limit, test);
              for (int i = 0; i < 3; ++i) self(test).word_.add(1);
              self(test).note_.wakeup();
            }),
            "s");
}
TEST_F(StandingTime, IsQuietWhenTheOthersHaveEnded) {
  EXPECT_EQ(notes_of([](void* test) {
              self(test).engine_.spawn("worker", work, test);
              self(test).engine_.await_quiet();
              self(test).notes_ += 'q';
            }),
            "wq");
}
TEST_F(StandingTime, IsQuietAfterTheNapsOfThoseThatAreNoDaemons) {
  EXPECT_EQ(notes_of([](void* test) {
              self(test).engine_.spawn("daemon", nap_for_ever, test);
              self(test).engine_.spawn("napper", nap, test);
              self(test).engine_.await_quiet();
              self(test).notes_ += 'q';
            }),
            "nq");
}

// Counts what it is asked.
class Asked final : public Strategy {
 public:
  bool begin() override { return true; }
  std::uint32_t pick(const Decision& decision) override {
    ++questions;
    return decision.bound - 1U;
  }
  void end(const Tape& tape) override { entries = tape.size(); }

  std::size_t questions = 0;
  std::size_t entries = 0;
};

class Undisturbed : public testing::Test {
 public:
  static Undisturbed& self(void* test) { return *static_cast<Undisturbed*>(test); }
  static void start(void* test) {
    self(test).engine_.undisturbed(true);
    self(test).engine_.spawn(
        "other", [](void* a) { self(a).order_ += 'o'; }, test);
    for (int i = 0; i < 3; ++i) {
      self(test).word_.add(1);
      self(test).order_ += 'm';
    }
  }

  Engine engine_;
  Shared<int> word_{engine_, "word"};
  std::string order_;
};

TEST_F(Undisturbed, NothingIsAsked) {
  Asked asked;
  engine_.run(asked, start, this);
  EXPECT_EQ(asked.questions, 0U);
}
TEST_F(Undisturbed, NothingIsOnTheTape) {
  Asked asked;
  engine_.run(asked, start, this);
  EXPECT_EQ(asked.entries, 0U);
}
TEST_F(Undisturbed, ItGoesByTheDefaultSchedule) {
  Asked asked;
  engine_.run(asked, start, this);
  EXPECT_EQ(order_, "mmmo");
}

}  // namespace
}  // namespace mpglab::interleave
