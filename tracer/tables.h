// StringTable and StackTable: each generation's strings and stacks, numbered from 1 in the order in
// which they were first used.
//
// Source: Go 1.22 traceStringTable and traceStackTable (trace2string.go, trace2stack.go at
// 3d20a327a1). Go's tables are lock-free for readers and take a leaf lock to add; nothing else can
// happen between, so here an addition is one step on the table's word: one choice point. A look-up
// of what is there is none.
//
// What can occur is known beforehand: strings are registered when the world is made, stacks are a
// pair of a site in the runtime (sites.h) and a position in the scenario. So the tables are dense
// arrays, and nothing is allocated while a schedule runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "interleave/engine.h"
#include "tracer/sites.h"

namespace mpglab::tracer {

// A string that may occur in a trace, by its place in the list of all of them.
using StringRef = std::uint32_t;

// All strings that can occur. Owner: the Tracer; filled while the world is made.
class Strings {
 public:
  StringRef add(std::string_view text);
  std::string_view text(StringRef ref) const { return texts_[ref]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::vector<std::string> texts_;
};

// What has been used in one generation.
class UseTable {
 public:
  void resize(std::size_t entries) { ids_.assign(entries, 0); }

  // The number of `entry`, or 0 if it has not been used yet.
  std::uint64_t id(std::size_t entry) const { return ids_[entry]; }
  std::uint64_t add(std::size_t entry) {
    order_.push_back(static_cast<std::uint32_t>(entry));
    ids_[entry] = order_.size();
    return order_.size();
  }
  const std::vector<std::uint32_t>& in_order() const { return order_; }
  void clear() {
    for (const std::uint32_t entry : order_) ids_[entry] = 0;
    order_.clear();
  }

 private:
  std::vector<std::uint64_t> ids_;
  std::vector<std::uint32_t> order_;
};

// A place in a scenario: the innermost frame that is the user's.
struct Position {
  StringRef function;  // "main.worker"
  StringRef file;      // "scenarios/gcwait.toml"
  std::uint32_t line;
};

struct Frame {
  std::uint64_t pc;
  StringRef function;
  StringRef file;
  std::uint32_t line;
};

}  // namespace mpglab::tracer
