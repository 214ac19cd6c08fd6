// WakeupTree: sequences of steps that are still to be tried from a state, so that what they begin
// with is explored once.
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
// Order Reduction" (JACM 2017), sections 5 and 6.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "interleave/event_log.h"

namespace mpglab::interleave {

// Could `first` be the first step of a sequence that is equivalent to `sequence`, perhaps with more
// behind it? A weak initial.
inline bool is_weak_initial(const Event& first, const std::vector<Event>& sequence,
                            std::size_t& place) {
  for (place = 0; place < sequence.size(); ++place) {
    // What stands before it must not matter to it; it is then what its thread does first.
    if (sequence[place].thread == first.thread) return true;
    if (dependent(sequence[place], first)) return false;
  }
  return true;
}

// What a step does that was not made in this order yet is not all known, so it counts as dependent
// on everything; and a sequence that ends in one, or that comes upon one, goes behind it as a
// branch of its own, though the two might commute. Whoever might must not sleep, then, while the
// sequence is explored: of two that commute only what begins with the first is looked for
// everywhere, and what begins with the second only where the first has been. `other`, which sleeps
// or is to be tried earlier, is no weak initial: notes down with the last step whether it might
// have been.
inline void passed(const Event& other, std::vector<Event>& sequence) {
  if (sequence.empty() || (!is_open(other) && !is_open(sequence.back()))) return;
  for (const Event& event : sequence) {
    // Then all of it begins with that one, and has been explored.
    if (event.thread == other.thread) return;
    if (known_to_depend(event, other)) return;
  }
  sequence.back().wakes |= ThreadSet{1} << other.thread;
}

// Those that were passed are awake from the first step of the sequence on.
inline void wake_at_once(std::vector<Event>& sequence) {
  const ThreadSet wakes = sequence.back().wakes;
  sequence.back().wakes = 0;
  sequence.front().wakes = wakes;
}

// A tree as a list: each step is followed by the branches behind it, one after the other.
struct WakeupStep {
  Event step;
  std::uint32_t branches = 0;  // behind it
};

// The trees of all states of an execution share one store.
class WakeupForest {
 public:
  // A list of branches, in the order in which they are to be tried.
  using Branches = std::uint32_t;
  static constexpr Branches kNoBranches = 0xffffffff;

  // Puts the sequence into the tree, unless what it asks for is there. `sequence` is used up.
  void insert(Branches& tree, std::vector<Event>& sequence) {
    make_room(sequence.size());
    Branches* branches = &tree;
    bool at_root = true;
    while (!sequence.empty()) {
      Branches* match = branches;
      std::size_t place = 0;
      while (*match != kNoBranches && !is_weak_initial(nodes_[*match].step, sequence, place)) {
        passed(nodes_[*match].step, sequence);
        match = &nodes_[*match].next;
      }
      if (*match == kNoBranches) {
        // A branch that has no step behind it asks for everything that follows.
        if (!at_root && *branches == kNoBranches) return;
        wake_at_once(sequence);
        for (const Event& step : sequence) {
          *match = make(step);
          match = &nodes_[*match].children;
        }
        return;
      }
      if (place < sequence.size())
        sequence.erase(sequence.begin() + static_cast<std::ptrdiff_t>(place));
      branches = &nodes_[*match].children;
      at_root = false;
    }
  }

  const Event& first_step(Branches branches) const { return nodes_[branches].step; }

  // Takes the first branch out of `tree` and returns what comes behind its step.
  Branches take_first(Branches& tree) {
    const Branches taken = tree;
    const Branches children = nodes_[taken].children;
    tree = nodes_[taken].next;
    nodes_[taken].next = free_;
    free_ = taken;
    return children;
  }

  // Appends the tree to `list`, and returns how many branches it has at its root.
  std::uint32_t write(Branches tree, std::vector<WakeupStep>& list) const {
    std::uint32_t count = 0;
    for (; tree != kNoBranches; tree = nodes_[tree].next, ++count) {
      const std::size_t at = list.size();
      list.push_back({nodes_[tree].step});
      const std::uint32_t behind = write(nodes_[tree].children, list);
      list[at].branches = behind;
    }
    return count;
  }

  // The tree of `count` branches that the list has from `at` on, which is then behind it.
  Branches read(const std::vector<WakeupStep>& list, std::size_t& at, std::uint32_t count) {
    Branches first = kNoBranches;
    Branches last = kNoBranches;
    for (; count > 0; --count) {
      const WakeupStep& step = list[at++];
      const Branches made = make(step.step);
      const Branches children = read(list, at, step.branches);
      nodes_[made].children = children;
      if (last == kNoBranches) {
        first = made;
      } else {
        nodes_[last].next = made;
      }
      last = made;
    }
    return first;
  }

  void clear() {
    nodes_.clear();
    free_ = kNoBranches;
  }

 private:
  struct Node {
    Event step;
    Branches children = kNoBranches;
    Branches next = kNoBranches;
  };

  // Nodes do not move while so many are made: they are pointed to.
  void make_room(std::size_t count) {
    if (nodes_.size() + count > nodes_.capacity())
      nodes_.reserve(std::max(nodes_.size() + count, 2 * nodes_.capacity()));
  }
  Branches make(const Event& step) {
    Branches made = free_;
    if (made == kNoBranches) {
      made = static_cast<Branches>(nodes_.size());
      nodes_.emplace_back();
    } else {
      free_ = nodes_[made].next;
    }
    nodes_[made] = {step};
    return made;
  }

  std::vector<Node> nodes_;
  Branches free_ = kNoBranches;
};

}  // namespace mpglab::interleave
