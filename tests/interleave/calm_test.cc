// Calm strategies: what they are not asked about is what they would have answered.

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ask_always.h"
#include "interleave/engine.h"
#include "interleave/fair.h"
#include "interleave/mutex.h"
#include "interleave/note.h"
#include "interleave/pct.h"
#include "interleave/shared.h"
#include "interleave/sparse_walk.h"

namespace mpglab::interleave {
namespace {

// A strategy, and another one that it is made of, if any.
struct Made {
  std::unique_ptr<Strategy> inner;
  std::unique_ptr<Strategy> strategy;
};

Made made_fair(std::unique_ptr<Strategy> inner) {
  auto fair = std::make_unique<Fair>(*inner);
  return {std::move(inner), std::move(fair)};
}

struct Kind {
  const char* name;
  Made (*make)();
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}

constexpr Kind kKinds[] = {
    {"sparse_walk",
     [] {
       return Made{nullptr, std::make_unique<SparseWalk>(3)};
     }},
    // Without points at which priorities change, with a few, and with one at nearly every choice.
    {"pct_depth_1",
     [] {
       return Made{nullptr, std::make_unique<Pct>(3, 1, 400)};
     }},
    {"pct_depth_5",
     [] {
       return Made{nullptr, std::make_unique<Pct>(3, 5, 400)};
     }},
    {"pct_depth_500",
     [] {
       return Made{nullptr, std::make_unique<Pct>(3, 500, 400)};
     }},
    {"fair_pct",
     [] { return made_fair(std::make_unique<Pct>(3, 5, 400, 0, Pct::GivingWay::kLeavesIt)); }},
    {"fair_pct_that_lowers", [] { return made_fair(std::make_unique<Pct>(3, 5, 400)); }},
    {"fair_sparse_walk", [] { return made_fair(std::make_unique<SparseWalk>(3)); }},
};

// Asks another strategy where that one is not calm.
class AskWhereNotCalm final : public AskAlways {
 public:
  using AskAlways::AskAlways;
  Calm& calm() override { return inner().calm(); }
};

// Threads that come and go: some have to wait for each other, some for the time, one spins, one is
// started late, and for a while nothing is asked.
class CalmTest : public testing::TestWithParam<Kind> {
 public:
  std::vector<Tape> tapes(Strategy& strategy) {
    std::vector<Tape> all;
    for (int i = 0; i < 300; ++i) {
      word_.poke(0);
      mutex_.reset();
      note_.reset();
      engine_.run(strategy, start, this);
      all.push_back(engine_.tape());
    }
    return all;
  }

  static CalmTest& self(void* test) { return *static_cast<CalmTest*>(test); }
  static void start(void* test) {
    self(test).engine_.spawn("locker", lock_by_turns, test);
    self(test).engine_.spawn("locker", lock_by_turns, test);
    self(test).engine_.spawn("spinner", spin, test);
    self(test).engine_.undisturbed(true);
    self(test).look(10);
    self(test).engine_.undisturbed(false);
    self(test).look(20);
    self(test).engine_.spawn("late", wake, test);
    while (!self(test).note_.sleep_with_timeout()) self(test).look(3);
  }
  static void lock_by_turns(void* test) {
    for (int i = 0; i < 8; ++i) {
      const MutexLock lock(self(test).mutex_);
      self(test).look(self(test).engine_.choose(ChoiceKind::kProgram, 4));
    }
  }
  static void spin(void* test) {
    while (self(test).word_.load() == 0) self(test).engine_.yield();
  }
  static void wake(void* test) {
    self(test).look(10);
    self(test).word_.store(1);
    self(test).note_.wakeup();
    self(test).look(10);
  }
  void look(unsigned times) {
    for (unsigned i = 0; i < times; ++i) word_.load();
  }

  Engine engine_;
  Shared<int> word_{engine_, "word"};
  Mutex mutex_{engine_, "mutex"};
  Note note_{engine_, "note"};
};

TEST_P(CalmTest, HasTheSchedulesThatItHasIfItIsAskedAtEveryChoice) {
  const Made calm = GetParam().make();
  const Made same = GetParam().make();
  AskAlways asked(*same.strategy);
  EXPECT_EQ(tapes(*calm.strategy), tapes(asked));
}

TEST_P(CalmTest, IsNotAskedAtEveryChoice) {
  const Made calm = GetParam().make();
  AskWhereNotCalm count(*calm.strategy);
  std::size_t choices = 0;
  for (const Tape& tape : tapes(count)) choices += tape.size();
  EXPECT_LT(count.asked(), choices);
}

INSTANTIATE_TEST_SUITE_P(OfEachStrategy, CalmTest, testing::ValuesIn(kKinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace mpglab::interleave
