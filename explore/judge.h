// Judge: three judges look at one schedule that has been run.
//
//  1. The reader: every complete trace must parse to its end.
//  2. The truth: what the parsed trace tells of each goroutine and P must be what happened
//     (truth_judge.h).
//  3. The invariants: the runtime did not throw, nobody waits for ever, the budget was enough.
//
// The third comes first: of a run that was cut short nothing else can be asked.
// Owner: the Lab. Allocates nothing in steady state, only for a finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "explore/finding.h"
#include "explore/truth_judge.h"
#include "parser/faults.h"
#include "parser/reader.h"
#include "sim/world.h"

namespace mpglab::explore {

class Judge {
 public:
  explicit Judge(parser::ReaderFaults faults = {});

  // Judges the last run of `world`. Nothing: sound.
  // REQUIRES: the outcome is none of kGivenUp, kDiverged and kExhausted.
  std::optional<Finding> judge(sim::World& world, const sim::Outcome& outcome);

  // Judges one complete trace against the log of the run it is from: judges 1 and 2.
  std::optional<Finding> judge_trace(const sim::TraceSession& session, const sim::TruthLog& truth);

  // Events delivered by the reader since this judge was made.
  std::uint64_t events() const { return events_; }

 private:
  parser::Reader reader_;
  TruthJudge truth_judge_;
  std::vector<TruthJudge::Transition> told_;  // what the trace has told so far
  std::uint64_t events_ = 0;
};

}  // namespace mpglab::explore
