// The choice tape: everything that a schedule left open, and how it was decided.
//
// One execution of a program under interleave is a function of its tape. All strategies write it,
// replay reads it, shrinking edits it. An entry keeps kind and bound beside the value, so that a
// replay which no longer fits the program is noticed at the first entry that differs.
//
// Value 0 is always the default: go on with the same thread, or, where that is not possible, the
// next one in turn. So a tape of zeros is the non-preemptive round-robin schedule, and what is not
// zero is what somebody wanted.
#pragma once

#include <cstdint>
#include <vector>

namespace mpglab::interleave {

// Why something had to be chosen. Kinds from kProgram on belong to the program under test.
enum class ChoiceKind : std::uint8_t {
  kPreempt = 0,  // the running thread could go on: every value but 0 is a preemption
  kBlock = 1,    // the running thread cannot go on: it waits or has ended
  kYield = 2,    // the running thread spins or sleeps, and gives way
  kProgram = 8,
};

struct Choice {
  ChoiceKind kind;
  std::uint16_t bound;  // number of alternatives, at least 2
  std::uint16_t value;  // the one taken, below bound

  friend bool operator==(const Choice&, const Choice&) = default;
};

using Tape = std::vector<Choice>;

}  // namespace mpglab::interleave
