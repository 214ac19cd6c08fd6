// DfsCount: how far a bounded search is in its round, and how large that is (dfs_frontier.h).
//
// The size of a round is known as soon as the round before is over: each of the schedules that were
// new in that has told how many children it has. So nothing is to be estimated but what comes after
// the next round; for that see expected_left.
#pragma once

#include <cstdint>

#include "interleave/bounded_dfs.h"
#include "interleave/tape.h"

namespace mpglab::explore {

// What a schedule's tape tells of its place in the search.
struct DfsSeen {
  std::uint32_t deviations = 0;
  std::uint64_t children = 0;  // schedules with one deviation more, behind all of these
  bool left_out = false;       // the bound of preemptions excludes some

  DfsSeen(const interleave::Tape& tape, const interleave::BoundedDfs::Bounds& bounds);
};

struct DfsCount {
  std::uint32_t round = 0;
  std::uint64_t before = 0;       // schedules that were run in the rounds before
  std::uint64_t size_before = 0;  // of the last of them
  std::uint64_t size = 1;         // schedules in this round, run or not
  std::uint64_t new_before = 0;   // those that were new in the round before
  std::uint64_t runs = 0;         // schedules of this round that were run
  std::uint64_t children = 0;     // of those that are new in this round
  bool left_out = false;          // the bound of preemptions excludes something

  void add(const DfsSeen& seen);
  // Takes in what another one has counted in the same round, from 0.
  void add(const DfsCount& part);
  void begin_next_round();

  std::uint64_t left() const { return size > runs ? size - runs : 0; }
  // How many schedules the next round has, about; exact when this one is over.
  double expected_next() const;
  // How many are still to be run until the round with so many deviations is over, about.
  //
  // A schedule has as many children as there are choices behind its last deviation. If the
  // deviations of a schedule lie anywhere, there are d/(d+1) as many of them behind the last of d
  // as behind the last of d - 1, on average.
  double expected_left(std::uint32_t deviations) const;

  friend bool operator==(const DfsCount&, const DfsCount&) = default;
};

}  // namespace mpglab::explore
