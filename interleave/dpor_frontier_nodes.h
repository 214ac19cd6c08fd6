// What a DporFrontier is made of: nodes, their children, and tasks. For its own files only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "interleave/dpor_frontier.h"

namespace mpglab::interleave {

using Events = std::vector<Event>;

// A part that somebody explores or will. A leaf that nobody has begun has no rest.
struct DporFrontier::Task {
  Node* parent = nullptr;  // nullptr: it has everything
  std::size_t index = 0;   // of the child that it is
  bool pending = true;     // nobody has begun
  bool dealt = false;      // somebody has the ticket
  // Somebody may sleep through the steps to it (WakeupForest): known when it has been come to.
  bool doubtful = false;
  std::vector<Events> beyond;    // what is asked for behind it, if somebody does
  std::uint32_t executions = 0;  // that the ticket still has
  std::optional<DporPart> rest;  // without what the frontier adds when it deals
  // What nobody has begun, as it was known when it got its seat: whoever deals it when.
  std::optional<DporPart> fresh;

  // Executions of what is left of it, so far.
  std::uint64_t made() const {
    std::uint64_t sum = 0;
    if (rest)
      for (const DporPart::Level& level : rest->levels) sum += level.executions;
    return sum;
  }
  double expected() const;
};

// A branch of a node: what is behind its first step is a node, or a sequence of steps to a leaf.
struct DporFrontier::Child {
  explicit Child(Events sequence) : steps(std::make_shared<const Events>(std::move(sequence))) {}
  Child(std::shared_ptr<const Events> sequence, std::size_t begin)
      : steps(std::move(sequence)), at(begin) {}

  // The same child by other steps, all of them its own.
  void be(Events sequence) {
    steps = std::make_shared<const Events>(std::move(sequence));
    at = 0;
  }

  const Event& head() const { return (*steps)[at]; }
  std::size_t length() const { return steps->size() - at; }

  std::shared_ptr<const Events> steps;
  std::size_t at = 0;            // of the first step
  std::unique_ptr<Node> node;    // if it was opened
  std::shared_ptr<Task> task;    // of the leaf; nullptr with a node, or when it is done
  std::uint64_t executions = 0;  // behind it, when it is done and has no node
};

// A state that several workers are concerned with.
struct DporFrontier::Node {
  // What sleeps in the state, with what was explored or is to be before child number `index`.
  Events covered(std::size_t before) const {
    Events all = inherited;
    for (std::size_t i = 0; i < before; ++i) all.push_back(children[i].head());
    return all;
  }

  std::uint64_t executions() const {
    std::uint64_t sum = 0;
    for (const Child& child : children)
      sum += child.node == nullptr ? child.executions : child.node->executions();
    return sum;
  }
  double expected() const;

  Node* parent = nullptr;
  std::size_t index = 0;  // of the child that it is
  EventLog::Index depth = 0;
  bool free = false;  // it is explored as a whole, so what comes from above is covered
  bool bare = false;  // a leaf was here that is explored as a whole: nobody sleeps
  Events inherited;   // what sleeps in it
  std::vector<Child> children;
  std::size_t closed = 0;   // so many of the first are done for ever
  std::size_t open = 0;     // tasks behind it
  std::size_t pending = 0;  // those of them that nobody has begun
};

}  // namespace mpglab::interleave
