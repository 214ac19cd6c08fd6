// DfsFrontier: every schedule that leaves the default one at most 0 times, then 1, then 2 times and
// so on, so that a finding is one with the fewest deviations, and it is known how far all were
// tried; dealt out to several workers.
//
// Round d has all schedules with at most d deviations, in the order of BoundedDfs. It is seen as a
// tree: a schedule's children are those with one deviation more, behind all of its own. Those with
// fewer than d deviations are the round's nodes, found one after the other by a search within the
// bound d - 1. The children of those with d - 1 are its leaves: they are known as soon as the tape
// of their node is, need nothing of each other, and are dealt out. Each round begins anew, so nodes
// are run again; since a round is many times as large as the one before, that costs little.
//
// Owner: a hunt, whose workers share it under a lock. What is dealt, and in which order, is a
// function of the bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "explore/dfs_count.h"
#include "interleave/bounded_dfs.h"
#include "interleave/strategy.h"
#include "interleave/tape.h"

namespace mpglab::explore {

// Where a search is between two schedules: for going on in another process.
struct DfsPosition {
  std::uint32_t round = 0;               // d
  std::uint32_t complete_below = 0;      // all schedules with fewer deviations were tried
  std::optional<interleave::Tape> node;  // the one of this round that was run last
  std::uint64_t leaves_dealt = 0;        // of that node

  friend bool operator==(const DfsPosition&, const DfsPosition&) = default;
};

class DfsFrontier {
 public:
  using Bounds = interleave::BoundedDfs::Bounds;

  // `count`: of the position's round, up to there.
  DfsFrontier(const Bounds& bounds, const DfsPosition& from, const DfsCount& count);

  enum class Next : std::uint8_t {
    kLeaves,   // there are leaves to take
    kNode,     // run the next node, if there is one
    kWait,     // for leaves that were dealt: whether they have children decides what is next
    kNothing,  // there is no more
  };
  // `outstanding`: not all leaves that were dealt have been run and told of.
  Next next(bool outstanding);

  // After kNode: the strategy to run it by, and then one of the two.
  interleave::Strategy& node_strategy() { return nodes_; }
  void node_was_run();
  void there_was_none() { nodes_over_ = true; }

  // One schedule: the node's until `index`, `value` there, and the default from there on.
  struct Leaf {
    std::uint32_t index;
    std::uint16_t value;
  };
  struct Leaves {
    std::shared_ptr<const interleave::Tape> node;
    std::vector<Leaf> leaves;
  };
  // Deals the next `most` leaves of the node that was run last; fewer if it has no more.
  Leaves take_leaves(std::size_t most);

  // What schedules of this round have shown. It must have been told of all that were dealt before
  // next() is told that none is outstanding.
  void note(const DfsCount& part);

  std::uint32_t round() const { return round_; }
  // Behind what was dealt.
  DfsPosition position() const;
  // After kNothing: there are no other schedules, whatever the bounds.
  bool whole() const { return whole_; }

 private:
  void begin_round(std::uint32_t round);
  void enter_node();
  void skip_what_is_not_allowed();

  const Bounds bounds_;
  std::uint32_t round_ = 0;
  std::uint32_t complete_below_ = 0;
  bool more_ = false;      // there is another round
  bool left_out_ = false;  // for the bound of preemptions
  bool whole_ = false;
  bool ended_ = false;
  interleave::BoundedDfs nodes_{{}};
  bool nodes_over_ = false;
  // The leaf that comes next is the one at index_ - 1 with this value, if index_ > first_.
  std::shared_ptr<const interleave::Tape> node_;
  bool preempts_ = true;   // its leaves may
  std::size_t first_ = 0;  // behind its last deviation
  std::size_t index_ = 0;
  std::uint16_t value_ = 1;
  std::uint64_t dealt_ = 0;
};

// Runs a leaf.
class LeafStrategy final : public interleave::Strategy {
 public:
  // The node must outlive it.
  LeafStrategy(const interleave::Tape& node, DfsFrontier::Leaf leaf) : node_(node), leaf_(leaf) {}

  bool begin() override {
    next_ = 0;
    return true;
  }
  std::uint32_t pick(const interleave::Decision& /*decision*/) override {
    const std::uint32_t at = next_++;
    if (at < leaf_.index) return node_[at].value;
    return at == leaf_.index ? leaf_.value : 0U;
  }
  void end(const interleave::Tape& /*tape*/) override {}

 private:
  const interleave::Tape& node_;
  const DfsFrontier::Leaf leaf_;
  std::uint32_t next_ = 0;
};

}  // namespace mpglab::explore
