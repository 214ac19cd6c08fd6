// Lab: one world and one judge for a program with some faults switched on: runs schedules and
// judges them.
//
// Owner: whoever explores; a Lab for each OS thread, with nothing shared between them. A run is a
// function of the program, the faults and the strategy's answers; no run leaves anything behind for
// the next one.
#pragma once

#include <cstdint>
#include <optional>

#include "explore/catalogue.h"
#include "explore/finding.h"
#include "explore/judge.h"
#include "explore/token.h"
#include "interleave/strategy.h"
#include "interleave/tape.h"
#include "sim/program.h"
#include "sim/world.h"

namespace mpglab::explore {

// More steps than any schedule of a sensible scenario takes, few enough to be run through in a
// fraction of a second.
inline constexpr std::uint64_t kDefaultMaxSteps = 200'000;

class Lab {
 public:
  // The program is copied.
  Lab(sim::Program program, FaultSet faults, std::uint64_t max_steps = kDefaultMaxSteps);

  // How a run went. Valid until the next run.
  struct Run {
    const sim::Outcome* outcome;
    Verdict verdict;         // kInternal for kDiverged; kSound for kExhausted, kGivenUp
    const Finding* finding;  // nullptr if the verdict is kSound or the run diverged
  };
  Run run(interleave::Strategy& strategy);

  const sim::Program& program() const { return program_; }
  FaultSet faults() const { return faults_; }
  sim::World& world() { return world_; }
  const interleave::Tape& tape() { return world_.engine().tape(); }
  // The last run as a token.
  Token token() { return make_token(program_, faults_, tape()); }

 private:
  sim::Program program_;
  FaultSet faults_;
  sim::World world_;
  Judge judge_;
  std::optional<Finding> finding_;
};

}  // namespace mpglab::explore
