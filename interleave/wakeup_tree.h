// WakeupTree: sequences of steps that are still to be tried from a state, so that what they begin
// with is explored once.
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
// Order Reduction" (JACM 2017), sections 5 and 6.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "interleave/event_log.h"

namespace mpglab::interleave {

// Could `first` be the first step of a sequence that is equivalent to `sequence`, perhaps with more
// behind it? A weak initial. Of an open step (event_log.h) that is known only if the sequence has
// it as it was made, or begins with it.
inline bool is_weak_initial(const Event& first, const std::vector<Event>& sequence,
                            std::size_t& place) {
  const bool open = is_open(first);
  for (place = 0; place < sequence.size(); ++place) {
    const Event& event = sequence[place];
    if (event.thread == first.thread) {
      // What stands before it must not matter to it; it is then what its thread does first.
      return !open ||
             std::none_of(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(place),
                          [&event](const Event& before) { return dependent(before, event); });
    }
    if (!open && dependent(event, first)) return false;
  }
  return !open || sequence.empty();
}

// A tree as a list: each step is followed by the branches behind it, one after the other.
struct WakeupStep {
  Event step;
  std::uint32_t branches = 0;  // behind it
  bool doubtful = false;       // what comes to it as a leaf goes behind it
};

// The trees of all states of an execution share one store.
//
// A leaf asks for everything that follows. Whoever comes there finds nobody asleep: what sleeps, or
// is tried earlier, is no weak initial of the sequence to the leaf, and so is woken on the way. So
// what asks for that sequence and for more asks for nothing new.
//
// But a sequence is doubtful that has an open step in it, or that was put behind an open step:
// somebody may turn out to sleep through all of it, when the step has been made and is known. Then
// what it asks for is among what begins with the one that sleeps, and from its leaf not everything
// is explored, because that one goes on sleeping there. So what asks for the same and for more is
// no less worth a try, and goes behind the leaf.
class WakeupForest {
 public:
  // A list of branches, in the order in which they are to be tried.
  using Branches = std::uint32_t;
  static constexpr Branches kNoBranches = 0xffffffff;

  // Puts the sequence into the tree, unless what it asks for is there. `sequence` is used up.
  // If it ends in an open step that the tree has as it was made, nothing is put anywhere, and the
  // step is returned: with it the sequence may be another one's.
  std::optional<Event> insert(Branches& tree, std::vector<Event>& sequence) {
    make_room(sequence.size());
    Branches* branches = &tree;
    bool doubtful = is_open(sequence.back());
    bool at_sure_leaf = false;
    while (!sequence.empty()) {
      Branches* match = branches;
      std::size_t place = 0;
      while (*match != kNoBranches && !is_weak_initial(nodes_[*match].step, sequence, place)) {
        doubtful = doubtful || is_open(nodes_[*match].step);
        match = &nodes_[*match].next;
      }
      if (*match == kNoBranches) {
        if (at_sure_leaf) break;
        for (const Event& step : sequence) {
          *match = make(step);
          nodes_[*match].doubtful = doubtful;
          match = &nodes_[*match].children;
        }
        break;
      }
      Node& node = nodes_[*match];
      if (place < sequence.size()) {
        const auto same = sequence.begin() + static_cast<std::ptrdiff_t>(place);
        if (is_open(*same) && !is_open(node.step)) return node.step;
        if (is_open(node.step)) node.step = *same;
        sequence.erase(same);
      }
      branches = &node.children;
      at_sure_leaf = !node.doubtful && node.children == kNoBranches;
    }
    return std::nullopt;
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

  // Takes all branches out that begin with a step for which that holds.
  template <class Predicate>
  void remove_if(Branches& tree, const Predicate& predicate) {
    for (Branches* at = &tree; *at != kNoBranches;) {
      if (predicate(nodes_[*at].step)) {
        clear(take_first(*at));
      } else {
        at = &nodes_[*at].next;
      }
    }
  }

  // Appends the tree to `list`, and returns how many branches it has at its root.
  std::uint32_t write(Branches tree, std::vector<WakeupStep>& list) const {
    std::uint32_t count = 0;
    for (; tree != kNoBranches; tree = nodes_[tree].next, ++count) {
      const std::size_t at = list.size();
      list.push_back({nodes_[tree].step, 0, nodes_[tree].doubtful});
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
      nodes_[made].doubtful = step.doubtful;
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
    bool doubtful = false;
    Branches children = kNoBranches;
    Branches next = kNoBranches;
  };

  // The whole tree.
  void clear(Branches tree) {
    while (tree != kNoBranches) clear(take_first(tree));
  }
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
