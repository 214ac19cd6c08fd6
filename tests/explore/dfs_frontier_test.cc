// DfsFrontier: the same schedules as BoundedDfs in the same order, however they are dealt, and from
// wherever it goes on; and it knows how many there are.

#include "explore/dfs_frontier.h"

#include <cstdint>
#include <ostream>
#include <vector>

#include <gtest/gtest.h>

#include "explore/dfs_count.h"
#include "interleave/engine.h"
#include "interleave/shared.h"

namespace mpglab::explore {
namespace {

using interleave::BoundedDfs;
using interleave::End;
using interleave::Engine;
using interleave::Shared;
using interleave::Tape;

constexpr std::uint32_t kUnbounded = BoundedDfs::kUnbounded;

// Two threads with two steps each; the first also chooses one of three.
class SmallTree {
 public:
  End run(interleave::Strategy& strategy) { return engine_.run(strategy, start, this).end; }
  const Tape& tape() const { return engine_.tape(); }

 private:
  static void start(void* self) {
    Engine& engine = static_cast<SmallTree*>(self)->engine_;
    engine.spawn("one", one, self);
    engine.spawn("two", two, self);
  }
  static void one(void* self) {
    two(self);
    static_cast<SmallTree*>(self)->engine_.choose(interleave::ChoiceKind::kProgram, 3);
  }
  static void two(void* self) {
    for (int i = 0; i < 2; ++i) static_cast<SmallTree*>(self)->word_.add(1);
  }

  Engine engine_;
  Shared<int> word_{engine_, "word"};
};

// Round after round, until the next one has nothing new or there are `deviations`.
std::vector<Tape> rounds_of_bounded_dfs(const BoundedDfs::Bounds& bounds) {
  SmallTree tree;
  std::vector<Tape> tapes;
  std::size_t size_before = 0;
  for (std::uint32_t round = 0; round <= bounds.deviations; ++round) {
    BoundedDfs dfs({bounds.preemptions, round});
    std::vector<Tape> in_round;
    while (tree.run(dfs) != End::kExhausted) in_round.push_back(tree.tape());
    if (in_round.size() == size_before) break;
    size_before = in_round.size();
    tapes.insert(tapes.end(), in_round.begin(), in_round.end());
  }
  return tapes;
}

// What a single worker runs that takes `block` leaves at a time, and which position it was in after
// each schedule.
struct Dealt {
  std::vector<Tape> tapes;
  std::vector<DfsPosition> positions;
  std::vector<DfsCount> counts;
  bool whole = false;
};

Dealt deal(const BoundedDfs::Bounds& bounds, std::size_t block, const DfsPosition& from = {},
           DfsCount count = {}) {
  SmallTree tree;
  Dealt dealt;
  DfsFrontier frontier(bounds, from, count);
  const auto ran = [&](const DfsPosition& position) {
    while (count.round < position.round) count.begin_next_round();
    const DfsSeen seen(tree.tape(), bounds);
    count.add(seen);
    frontier.note(count);
    dealt.tapes.push_back(tree.tape());
    dealt.positions.push_back(position);
    dealt.counts.push_back(count);
  };
  for (;;) {
    switch (frontier.next(/*outstanding=*/false)) {
      case DfsFrontier::Next::kNode:
        if (tree.run(frontier.node_strategy()) == End::kExhausted) {
          frontier.there_was_none();
        } else {
          frontier.node_was_run();
          ran(frontier.position());
        }
        break;
      case DfsFrontier::Next::kLeaves: {
        DfsPosition position = frontier.position();
        const DfsFrontier::Leaves taken = frontier.take_leaves(block);
        for (const DfsFrontier::Leaf leaf : taken.leaves) {
          LeafStrategy strategy(*taken.node, leaf);
          tree.run(strategy);
          ++position.leaves_dealt;
          ran(position);
        }
        break;
      }
      case DfsFrontier::Next::kWait:
        ADD_FAILURE() << "there is nothing to wait for";
        return dealt;
      case DfsFrontier::Next::kNothing:
        dealt.whole = frontier.whole();
        return dealt;
    }
  }
}

struct Case {
  BoundedDfs::Bounds bounds;
  bool whole;  // a search within them leaves nothing out
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << "preemptions " << one.bounds.preemptions << " deviations " << one.bounds.deviations;
}

class Frontiers : public testing::TestWithParam<Case> {};

TEST_P(Frontiers, DealWhatBoundedDfsRuns) {
  const std::vector<Tape> all = rounds_of_bounded_dfs(GetParam().bounds);
  for (const std::size_t block : {std::size_t{1}, std::size_t{3}, std::size_t{64}})
    EXPECT_EQ(deal(GetParam().bounds, block).tapes, all) << block;
}

TEST_P(Frontiers, KnowWhetherThereIsAnythingElse) {
  EXPECT_EQ(deal(GetParam().bounds, 64).whole, GetParam().whole);
}

TEST_P(Frontiers, GoOnFromAnywhere) {
  const Dealt all = deal(GetParam().bounds, 3);
  for (std::size_t i = 0; i < all.tapes.size(); ++i) {
    const Dealt rest = deal(GetParam().bounds, 3, all.positions[i], all.counts[i]);
    const auto behind = static_cast<std::ptrdiff_t>(i + 1);
    ASSERT_EQ(rest.tapes, std::vector<Tape>(all.tapes.begin() + behind, all.tapes.end())) << i;
    ASSERT_EQ(rest.counts, std::vector<DfsCount>(all.counts.begin() + behind, all.counts.end()))
        << i;
    ASSERT_EQ(rest.whole, all.whole) << i;
  }
}

TEST_P(Frontiers, KnowHowLargeARoundIsBeforeItIsRun) {
  const Dealt all = deal(GetParam().bounds, 64);
  for (std::size_t i = 0; i < all.counts.size(); ++i) {
    const bool last_of_round =
        i + 1 == all.counts.size() || all.counts[i + 1].round > all.counts[i].round;
    ASSERT_EQ(all.counts[i].left() == 0, last_of_round) << i;
  }
}

TEST_P(Frontiers, KnowHowLargeTheNextRoundIsWhenOneIsOver) {
  const Dealt all = deal(GetParam().bounds, 64);
  for (std::size_t i = 0; i + 1 < all.counts.size(); ++i) {
    if (all.counts[i + 1].round == all.counts[i].round) continue;
    ASSERT_EQ(all.counts[i].expected_next(), static_cast<double>(all.counts[i + 1].size)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Within, Frontiers,
                         testing::Values(Case{{kUnbounded, kUnbounded}, true},
                                         Case{{kUnbounded, 2}, false}, Case{{kUnbounded, 0}, false},
                                         Case{{1, kUnbounded}, false}, Case{{0, kUnbounded}, false},
                                         Case{{1, 2}, false}));

TEST(Frontier, WaitsOnlyWhileItIsNotKnownWhetherThereIsAnotherRound) {
  // Round 0 is over, and whether its schedule has a child is not known yet.
  SmallTree tree;
  DfsFrontier frontier({}, {}, {});
  ASSERT_EQ(frontier.next(true), DfsFrontier::Next::kNode);
  tree.run(frontier.node_strategy());
  frontier.node_was_run();
  ASSERT_EQ(frontier.next(true), DfsFrontier::Next::kNode);
  ASSERT_EQ(tree.run(frontier.node_strategy()), End::kExhausted);
  frontier.there_was_none();
  EXPECT_EQ(frontier.next(true), DfsFrontier::Next::kWait);
  frontier.note({.children = 1});
  EXPECT_EQ(frontier.next(true), DfsFrontier::Next::kNode);
}

// A schedule with 10 choices of 2, wherever they are: the rounds are sums of binomials.
TEST(DfsCount, ExpectsBinomials) {
  const Tape tape(10, {interleave::ChoiceKind::kPreempt, 2, 0});
  DfsCount count;
  count.add(DfsSeen(tape, {}));
  EXPECT_EQ(count.expected_next(), 1 + 10);
  count.begin_next_round();
  EXPECT_EQ(count.size, 11U);
  // 1 + 10 + 10 * 10 / 2: the binomial is 45, without the places that are taken.
  EXPECT_EQ(count.expected_next(), 1 + 10 + 50);
  EXPECT_EQ(count.expected_left(1), 11);
  EXPECT_EQ(count.expected_left(2), 11 + 61);
}

}  // namespace
}  // namespace mpglab::explore
