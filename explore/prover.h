// Prover: a search that can say that it has exhausted a program, and within which bound, and that
// several workers share.
//
// Two strategies do that, for programs of which only the bodies are open
// (sim::Program::bodies_only): optimal DPOR, which tries each class of equivalent schedules once,
// and the search that recognises states. Each has a frontier (dpor_frontier.h, state_frontier.h)
// that deals tickets and merges what was made of them in their order, so that what is found is the
// same for any number of workers. This is what a hunt needs of either.
//
// Owner: a hunt, which has a lock for it: no two calls of a prover, or of those of a worker that
// say so, may go on at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "explore/lab.h"
#include "explore/strategies.h"
#include "interleave/dpor_frontier.h"
#include "interleave/state_set.h"
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

// What is kept of a search, to go on with.
struct KeptSearch {
  std::vector<std::uint64_t> frontier;  // empty: it has not begun
  // Of the search for states, and by far the most of it: what it has met, in order. What is kept
  // has only those that were not kept before; what is gone on with must have all of them.
  std::vector<interleave::MetState> met;
  std::uint64_t met_before = 0;
  // Goes up when all that was met is forgotten; what was kept before is then none of it.
  std::uint64_t generation = 0;
};

class Prover {
 public:
  struct Ticket {
    std::uint64_t number = 0;
    std::uint32_t executions = 0;  // at most so many
  };

  // Who explores, in a lab of its own.
  class Worker {
   public:
    virtual ~Worker() = default;

    // Takes the next ticket that nobody has; nothing if there is none until others have been
    // merged, or ever. Under the hunt's lock.
    virtual std::optional<Ticket> take() = 0;
    // The search, which has nothing more to try when nothing is left of the ticket.
    virtual interleave::Strategy& take_up() = 0;
    // Was the last execution one of the search, and not one to get to know the program?
    virtual bool counts() const { return true; }
    // So many executions were made of it, and no more will be for now.
    virtual void finish(std::uint32_t executions) = 0;
    // Gives back what was made of it. Under the hunt's lock.
    virtual void hand_in() = 0;
  };

  virtual ~Prover() = default;

  // Observes the lab's engine as long as it lives.
  virtual std::unique_ptr<Worker> worker(Lab& lab) = 0;

  // Nothing is left, or it cannot go on.
  virtual bool over() const = 0;
  // The ticket that is to be merged next. REQUIRES: not over().
  virtual std::uint64_t next() const = 0;
  // Merges what was handed in of the ticket next(), or deals the ticket once more.
  virtual void merge() = 0;
  virtual void deal_again() = 0;

  virtual Proof proof() const = 0;
  // What the shape of the tree tells; nothing: nothing is known of it yet, or ever.
  virtual std::optional<interleave::TreeEstimate> tree() const { return std::nullopt; }

  // With what was met since it was kept before.
  virtual KeptSearch kept() = 0;
  // Goes on from there. False: no search of this program was ever like that. REQUIRES: it has not
  // begun.
  virtual bool restore(const KeptSearch& kept) = 0;
};

struct ProverOptions {
  StrategyKind kind = StrategyKind::kDpor;
  std::uint32_t preemptions = interleave::BoundedDfs::kUnbounded;  // of the search for states
  // Somebody keeps, piece by piece, what the search for states has met; else KeptSearch is empty.
  bool keeps = false;
};

// REQUIRES: is_prover(options.kind), and the program has only its bodies open.
std::unique_ptr<Prover> make_prover(const sim::Program& program, const ProverOptions& options);

// Could what is kept of such a search be so? As far as that can be said without its program.
bool is_kept(StrategyKind kind, const KeptSearch& kept);

}  // namespace mpglab::explore
