// Cuts: a program with something left out, for shrinking. Each function gives a program that holds
// the invariants of one (sim/program.h), so nothing in it is out of use: no goroutine that nobody
// starts, no channel that nobody names, no empty repeat.
//
// What cannot be told from the program alone is left to the scenario parser: without its
// trace-start a trace-stop is a mistake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/program.h"

namespace mpglab::explore {

// Operations of a body that belong together: one, or a repeat with all that is in it.
struct OpRange {
  std::size_t begin;
  std::size_t end;  // the first one after it

  friend bool operator==(const OpRange&, const OpRange&) = default;
};

// What stands side by side in a body: first all of the body, then the inside of each repeat, in the
// order in which they stand. Each group is a list of ranges without gaps.
std::vector<std::vector<OpRange>> groups_of(const sim::GoroutineBody& body);

// The goroutines of a body go, and whoever starts them does not. REQUIRES: body is not main's.
sim::Program without_body(const sim::Program& program, std::size_t body);

// REQUIRES: `left_out` is made of ranges of one group.
sim::Program without_ops(const sim::Program& program, std::size_t body, OpRange left_out);

// Operation `op` is a repeat, work or go, whose count becomes another; for a go wherever it stands.
// A repeat of one turn is none any more. REQUIRES: count is at least 1.
sim::Program with_count(const sim::Program& program, std::size_t body, std::size_t op,
                        std::uint32_t count);

// The turns of a repeat one after the other. REQUIRES: `op` is a repeat.
sim::Program unrolled(const sim::Program& program, std::size_t body, std::size_t op);

// REQUIRES: 1 <= procs.
sim::Program with_procs(const sim::Program& program, std::uint32_t procs);

}  // namespace mpglab::explore
