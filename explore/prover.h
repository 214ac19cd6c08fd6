// Prover: a strategy that can say that it has exhausted a program, and within which bound.
//
// Two strategies do that, for programs of which only the bodies are open
// (sim::Program::bodies_only): optimal DPOR, which tries each class of equivalent schedules once,
// and the search that recognises states. A hunt shares the former out itself (hunt.cc); the latter
// is made here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "explore/lab.h"
#include "explore/strategies.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// How far a proof has come.
struct Proof {
  bool exhausted = false;  // nothing within the bound is left
  bool whole = false;      // nor is there anything beyond it
  // Everything that can be reached with fewer preemptions than that has been; 0: not counted in
  // preemptions.
  std::uint32_t preemptions_below = 0;
  std::uint64_t states = 0;  // that were told apart; 0: none were
  std::string cannot;        // why there can be no proof, if so
};

class Prover : public interleave::Strategy {
 public:
  virtual Proof proof() const = 0;
  // Was the last execution one of the search, and not one to get to know the program?
  virtual bool counts() const { return true; }
};

// Observes the lab's engine as long as it lives. REQUIRES: options.kind is kStates and the lab's
// program has only its bodies open.
std::unique_ptr<Prover> make_prover(const StrategyOptions& options, Lab& lab);

}  // namespace mpglab::explore
