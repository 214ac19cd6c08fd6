// A walk that draws its numbers ahead, and is not asked as long as it is calm: its schedules are
// those of a walk that draws each number when it is asked for it.

#include "interleave/sparse_walk.h"

#include <vector>

#include <gtest/gtest.h>

#include "ask_always.h"
#include "interleave/engine.h"
#include "interleave/shared.h"

namespace mpglab::interleave {
namespace {

// The walk as sparse_walk.h describes it, one number after the other. Never calm.
class OneByOne final : public Strategy {
 public:
  explicit OneByOne(std::uint64_t seed) : seed_(seed), random_(seed) {}

  bool begin() override {
    random_ = Random(seed_, execution_++);
    rarity_ = 2U << random_.below(7);
    return true;
  }
  std::uint32_t pick(const Decision& decision) override {
    if (decision.kind != ChoiceKind::kPreempt) return random_.below(decision.bound);
    if (random_.below(rarity_) != 0) return 0;
    return 1 + random_.below(decision.bound - 1U);
  }
  void end(const Tape& /*tape*/) override {}

 private:
  std::uint64_t seed_;
  std::uint64_t execution_ = 0;
  Random random_;
  std::uint32_t rarity_ = 2;
};

class CountChoices final : public Observer {
 public:
  void on_operation(const Step& /*step*/) override {}
  void on_choice(std::size_t index, const Choice& choice, ThreadId /*current*/,
                 ThreadId /*taken*/) override {
    seen_.resize(index);
    seen_.push_back(choice);
  }
  const Tape& seen() const { return seen_; }

 private:
  Tape seen_;
};

class SparseWalkTest : public testing::Test {
 public:
  Tape run(Strategy& strategy) {
    engine_.run(strategy, start, this);
    return engine_.tape();
  }
  // One tape after the other.
  std::vector<Tape> tapes(Strategy& strategy) {
    std::vector<Tape> all;
    for (int i = 0; i < 100; ++i) all.push_back(run(strategy));
    return all;
  }

  static SparseWalkTest& self(void* test) { return *static_cast<SparseWalkTest*>(test); }
  static void start(void* test) {
    for (int i = 0; i < 3; ++i) self(test).engine_.spawn("looker", look_and_choose, test);
    self(test).engine_.undisturbed(self(test).begins_undisturbed_);
    for (int i = 0; i < 20; ++i) self(test).word_.load();
    self(test).engine_.undisturbed(false);
  }
  // All kinds of choices, some hundreds of them.
  static void look_and_choose(void* test) {
    for (int i = 0; i < self(test).rounds_; ++i) {
      for (int look = 0; look < 10; ++look) self(test).word_.load();
      self(test).engine_.choose(ChoiceKind::kProgram, 3);
      self(test).engine_.yield();
    }
  }

  Engine engine_;
  Shared<int> word_{engine_, "word"};
  int rounds_ = 20;
  bool begins_undisturbed_ = false;
};

TEST_F(SparseWalkTest, GivesEachQuestionTheNumberThatItWouldDrawForIt) {
  SparseWalk ahead(5);
  OneByOne one_by_one(5);
  EXPECT_EQ(tapes(ahead), tapes(one_by_one));
}

TEST_F(SparseWalkTest, AskedWhileItIsCalmAnswersWhatItIsCalmAbout) {
  SparseWalk walk(5);
  SparseWalk same_walk(5);
  AskAlways asked(same_walk);
  EXPECT_EQ(tapes(walk), tapes(asked));
}

TEST_F(SparseWalkTest, IsNotAskedAboutWhatIsUndisturbed) {
  begins_undisturbed_ = true;
  SparseWalk ahead(5);
  OneByOne one_by_one(5);
  EXPECT_EQ(tapes(ahead), tapes(one_by_one));
}

TEST_F(SparseWalkTest, AnObserverSeesTheChoicesOfCalmToo) {
  CountChoices count;
  engine_.observe(&count);
  SparseWalk walk(5);
  const Tape tape = run(walk);
  EXPECT_EQ(count.seen(), tape);
}

TEST_F(SparseWalkTest, AStrategyThatIsNeverCalmIsAskedAtEachChoice) {
  OneByOne one_by_one(5);
  AskAlways asked(one_by_one);
  const Tape tape = run(asked);
  EXPECT_EQ(asked.asked(), tape.size());
}

TEST_F(SparseWalkTest, ATapeIsNoLongerForALongerOneBefore) {
  const auto short_tape = [this] {
    SparseWalk walk(5);
    rounds_ = 1;
    return run(walk);
  };
  const Tape alone = short_tape();
  SparseWalk walk(6);
  rounds_ = 100;
  run(walk);
  EXPECT_EQ(short_tape(), alone);
}

TEST(NthCandidate, IsTheOneAtThatPlace) {
  constexpr ThreadSet kNine = 0b1001'0110'1011'0101;
  for (unsigned place = 0; place < 9; ++place)
    EXPECT_EQ(place_of(kNine, 7, nth_candidate(kNine, 7, place)), place);
}

}  // namespace
}  // namespace mpglab::interleave
