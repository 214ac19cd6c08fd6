// ClassHash: one number for each class of equivalent executions, the same however its threads and
// objects came to their numbers.

#include "interleave/class_hash.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "all_orders.h"
#include "interleave/dpor.h"
#include "interleave/engine.h"
#include "interleave/random_walk.h"
#include "interleave/replay.h"
#include "interleave/shared.h"
#include "small_program.h"
#include "support/distilled_race.h"

namespace mpglab::interleave {
namespace {

// ---- against brute force ----

// An engine has one observer: this one tells both.
class Both final : public Observer {
 public:
  Both(ClassHash& hash, test::ClassOfExecution& name) : hash_(hash), name_(name) {}
  void begin() {
    hash_.begin();
    name_.begin();
  }
  void on_operation(const Step& step) override {
    hash_.on_operation(step);
    name_.on_operation(step);
  }
  void on_spawn(ThreadId parent, ThreadId child) override { hash_.on_spawn(parent, child); }
  void on_choice(std::size_t index, const Choice& choice, ThreadId current,
                 ThreadId taken) override {
    hash_.on_choice(index, choice, current, taken);
  }

 private:
  ClassHash& hash_;
  test::ClassOfExecution& name_;
};

using Mix = test::SmallProgram::Mix;
using NamedHashes = std::set<std::pair<std::string, std::uint64_t>>;

// Every order of the program's steps: the class that it is of, spelled out, and the hash.
NamedHashes named_hashes(Mix mix, std::uint64_t seed, unsigned steps) {
  Engine engine;
  test::SmallProgram program(engine, mix, seed, steps);
  test::AllOrders orders;
  ClassHash hash(engine);
  test::ClassOfExecution name;
  Both both(hash, name);
  engine.observe(&both);
  NamedHashes all;
  for (;;) {
    both.begin();
    if (engine.run(orders, test::SmallProgram::start, &program).end == End::kExhausted) return all;
    all.emplace(name.name(), hash.value());
  }
}

class ClassesOfRandomPrograms : public testing::TestWithParam<std::tuple<Mix, unsigned>> {};

TEST_P(ClassesOfRandomPrograms, HaveOneHashEach) {
  constexpr std::uint64_t kPrograms = 500;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const auto [mix, steps] = GetParam();
    const NamedHashes all = named_hashes(mix, seed, steps);
    std::set<std::string> names;
    std::set<std::uint64_t> hashes;
    for (const auto& [name, hash] : all) {
      names.insert(name);
      hashes.insert(hash);
    }
    // As many pairs as classes: no class has two hashes. As many hashes: no two classes share one.
    ASSERT_EQ(all.size(), names.size()) << "seed " << seed;
    ASSERT_EQ(hashes.size(), names.size()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(OfEverything, ClassesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kEverything),
                                          testing::Values(4U, 6U, 8U, 10U)));
INSTANTIATE_TEST_SUITE_P(OfAdds, ClassesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kAdds), testing::Values(5U, 7U)));
INSTANTIATE_TEST_SUITE_P(OfOneWord, ClassesOfRandomPrograms,
                         testing::Combine(testing::Values(Mix::kOneWord), testing::Values(5U, 7U)));

// ---- the distilled race ----

class DistilledRaceClasses : public testing::Test {
 protected:
  DistilledRaceClasses() {
    std::vector<Tape> tapes;
    {
      Dpor dpor(engine_);
      while (engine_.run(dpor, test::DistilledRace::start, &race_).end != End::kExhausted)
        tapes.push_back(engine_.tape());
    }
    for (Tape& tape : tapes) {
      Replay replay(std::move(tape));
      all_.insert(hash_of(replay));
    }
  }

  std::uint64_t hash_of(Strategy& strategy) {
    ClassHash hash(engine_);
    engine_.observe(&hash);
    engine_.run(strategy, test::DistilledRace::start, &race_);
    engine_.observe(nullptr);
    return hash.value();
  }

  Engine engine_;
  test::DistilledRace race_{engine_, 2, /*bug=*/false};
  std::set<std::uint64_t> all_;  // of every class, once
};

TEST_F(DistilledRaceClasses, Are271) {
  EXPECT_EQ(all_.size(), 271U);
}

TEST_F(DistilledRaceClasses, AreAllThatARandomWalkMeets) {
  RandomWalk walk(1);
  std::set<std::uint64_t> met;
  for (int i = 0; i < 20'000; ++i) met.insert(hash_of(walk));
  // Far from all are rare: some hundred are met, and no other.
  EXPECT_GT(met.size(), 100U);
  for (const std::uint64_t hash : met) ASSERT_TRUE(all_.contains(hash));
}

// ---- names ----

// Two threads that start a child each, which writes a word of its own: nothing depends on anything.
class Grandchildren {
 public:
  explicit Grandchildren(Engine& engine, bool other_way = false) : engine_(engine) {
    if (other_way) words_[1] = std::make_unique<Shared<int>>(engine, "b");
    words_[0] = std::make_unique<Shared<int>>(engine, "a");
    if (!other_way) words_[1] = std::make_unique<Shared<int>>(engine, "b");
  }
  static void start(void* self) { static_cast<Grandchildren*>(self)->begin(); }

 private:
  void begin() {
    engine_.spawn("parent", parent<0>, this);
    engine_.spawn("parent", parent<1>, this);
  }
  template <int kWhich>
  static void parent(void* self) {
    auto& program = *static_cast<Grandchildren*>(self);
    program.words_[kWhich]->store(1);
    program.engine_.spawn(
        "child", [](void* me) { static_cast<Grandchildren*>(me)->words_[kWhich]->store(2); }, self);
  }

  Engine& engine_;
  std::array<std::unique_ptr<Shared<int>>, 2> words_;
};

template <class Program>
std::map<std::uint64_t, int> hashes_of_all_orders(Engine& engine, Program& program) {
  test::AllOrders orders;
  ClassHash hash(engine);
  engine.observe(&hash);
  std::map<std::uint64_t, int> executions;
  for (;;) {
    hash.begin();
    if (engine.run(orders, Program::start, &program).end == End::kExhausted) break;
    ++executions[hash.value()];
  }
  engine.observe(nullptr);
  return executions;
}

TEST(ClassHash, IsTheSameInWhicheverOrderThreadsAreNumbered) {
  Engine engine;
  Grandchildren program(engine);
  EXPECT_EQ(hashes_of_all_orders(engine, program).size(), 1U);
}

TEST(ClassHash, IsTheSameInWhicheverOrderObjectsAreRegistered) {
  const auto hashes = [](bool other_way) {
    Engine engine;
    Grandchildren program(engine, other_way);
    return hashes_of_all_orders(engine, program);
  };
  EXPECT_EQ(hashes(false), hashes(true));
}

// Two children of one parent that does nothing in between; each writes one word.
struct Twins {
  explicit Twins(Engine& on) : engine(on) {}
  static void start(void* self) {
    auto& program = *static_cast<Twins*>(self);
    for (int i = 0; i < 2; ++i) program.engine.spawn("twin", write, self);
  }
  static void write(void* self) { static_cast<Twins*>(self)->word.store(1); }

  Engine& engine;
  Shared<int> word{engine, "word"};
};

TEST(ClassHash, TellsApartWhichOfTwoTwinsWasFirst) {
  Engine engine;
  Twins program(engine);
  EXPECT_EQ(hashes_of_all_orders(engine, program).size(), 2U);
}

// A program without a second thread that chooses one of three.
struct Chooser {
  explicit Chooser(Engine& on) : engine(on) {}
  static void start(void* self) {
    static_cast<Chooser*>(self)->engine.choose(ChoiceKind::kProgram, 3);
  }
  Engine& engine;
};

TEST(ClassHash, TellsApartWhatAProgramChooses) {
  Engine engine;
  Chooser program(engine);
  EXPECT_EQ(hashes_of_all_orders(engine, program).size(), 3U);
}

// Words of one name are two words.
struct Namesakes {
  explicit Namesakes(Engine& on) : engine(on) {}
  static void start(void* self) {
    auto& program = *static_cast<Namesakes*>(self);
    (program.engine.choose(ChoiceKind::kProgram, 1) == program.which ? program.one : program.other)
        .store(1);
  }
  Engine& engine;
  Shared<int> one{engine, "word"};
  Shared<int> other{engine, "word"};
  std::uint32_t which = 0;
};

TEST(ClassHash, TellsApartObjectsOfOneName) {
  Engine engine;
  Namesakes program(engine);
  const auto one = hashes_of_all_orders(engine, program);
  program.which = 1;
  EXPECT_NE(hashes_of_all_orders(engine, program), one);
}

}  // namespace
}  // namespace mpglab::interleave
