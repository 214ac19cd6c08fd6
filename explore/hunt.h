// hunt: many schedules of one program, each judged, until something is found or the budget is
// spent.
//
// Deterministic but for `seconds` and for where a limit of time cuts the hunt off: schedule n is a
// function of (program, faults, strategy, seed, n), and with several jobs the first finding is
// still the one with the smallest n. With a prover the numbers are those of the order in which what
// the workers made is merged (prover.h), which is the same for any number of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "explore/catalogue.h"
#include "explore/dfs_count.h"
#include "explore/dfs_frontier.h"
#include "explore/finding.h"
#include "explore/lab.h"
#include "explore/prover.h"
#include "explore/running_schedules.h"
#include "explore/strategies.h"
#include "explore/token.h"
#include "interleave/class_count.h"
#include "interleave/dpor_frontier.h"
#include "sim/program.h"

namespace mpglab::explore {

// All findings of one signature.
struct Discovery {
  Finding finding;          // the first one
  Token token;              // of its schedule
  std::uint64_t run = 0;    // which schedule, from 1
  std::uint64_t count = 0;  // how many schedules had this signature
};

// What a hunt knows after some schedules: about all those before number `next` that are of its
// shard, and none other. It is a function of program, options and `next`, however many jobs there
// were, but for `seconds`. A hunt that starts from it goes on as if it had never stopped.
struct HuntState {
  std::uint64_t next = 0;  // the schedule to go on with, from 0
  std::uint64_t runs = 0;
  std::uint64_t findings = 0;           // schedules with a finding
  std::uint64_t budget_runs = 0;        // schedules that ran out of steps
  std::uint64_t first_finding_run = 0;  // from 1; 0: none
  std::uint64_t steps = 0;
  double seconds = 0;
  bool exhausted = false;  // the strategy had nothing more to try
  // One for each signature in the order in which they were met, at most kMaxDiscoveries.
  std::vector<Discovery> discoveries;
  interleave::ClassCount classes;  // if they are counted
  Proof proof;                     // of a prover
  // Of DFS.
  DfsPosition dfs;
  DfsCount dfs_count;
  bool dfs_whole = false;
  // Of a prover; in checkpoints and results. Each has what was met since the one before; all of
  // them together are needed to go on.
  KeptSearch search;
};

// How far a search for states is.
struct StateCount {
  std::uint64_t states = 0;  // that were met in the rounds with a bound, or in the one without
  // All that can be reached with fewer preemptions was tried.
  std::uint32_t preemptions_below = 0;
  std::uint64_t tried = 0;  // schedules as HuntOptions::runs counts them
};

struct HuntProgress {
  std::uint64_t runs;
  std::uint64_t findings;
  double seconds;  // since the hunt started, with those of the state that it started from
  std::optional<interleave::ClassEstimate> classes;
  std::optional<DfsCount> dfs;                        // of DFS
  std::optional<interleave::TreeEstimate> tree = {};  // of DPOR, as soon as something is known
  std::optional<StateCount> states = {};              // of the search for states, likewise
};

// Schedules are dealt out to the workers, and to shards, in blocks of so many, in order, so that
// all below the first finding are run by somebody.
inline constexpr std::uint64_t kHuntBlock = 64;

struct HuntOptions {
  StrategyKind strategy = StrategyKind::kFairPct;
  unsigned pct_depth = kDefaultPctDepth;
  interleave::BoundedDfs::Bounds bounds{};  // of DFS; preemptions also of the search for states
  std::uint64_t seed = 1;
  // At most so many, with those of `from`; 0: no limit. Of the search for states also those count
  // that are in HuntState::next alone: they came to a state that was known.
  std::uint64_t runs = 0;
  double seconds = 0;       // at most so long, without those of `from`; 0: no limit
  bool keep_going = false;  // do not stop at the first finding
  unsigned jobs = 1;        // OS threads, each with a Lab of its own; one if !can_use_jobs
  // This hunt runs only its part of the schedules: part `shard` of `shards`, from 0. The parts of
  // all shards together are the hunt without them, and `runs` counts the schedules of all. Not for
  // strategies that have an order.
  std::uint64_t shard = 0;
  std::uint64_t shards = 1;
  FaultSet faults;
  std::uint64_t max_steps = kDefaultMaxSteps;
  // Count how many classes of equivalent schedules were met. Costs about a quarter of the speed.
  // Not for provers.
  bool count_classes = false;
  // Where to go on; nullptr: at the beginning. Not owned, and read only before the first
  // checkpoint. REQUIRES: of a hunt with the same program and options, but for runs, seconds,
  // keep_going, jobs.
  const HuntState* from = nullptr;
  // Called about once a second, and as soon as there is a new discovery, from any thread, never
  // from two at once. Returning false ends the hunt.
  std::function<bool(const HuntState&)> checkpoint;
  // Called now and then, about ten times a second, from the thread that hunts. Returning false ends
  // the hunt. No discovery is told of here before it was in a checkpoint.
  std::function<bool(const HuntProgress&)> progress;
  // Where each job says which schedule it is in; nullptr: nobody wants to know. Not owned. With
  // several jobs of a prover it is at least so far.
  RunningSchedules* running = nullptr;
};

struct HuntResult : HuntState {
  // Of the first finding; kBudget if there was none and some schedule ran out of steps; else
  // kSound.
  Verdict verdict = Verdict::kSound;
  bool interrupted = false;  // the progress function has ended it
  // Of an exhaustive strategy, if nothing was found and no schedule ran out of steps: every
  // schedule within the bounds was tried; and there are no others at all.
  bool verified = false;
  bool whole = false;
  // Of DFS: all schedules with fewer deviations than that were tried, within its other bound.
  std::uint32_t complete_below = 0;
  // Of DPOR.
  interleave::TreeEstimate tree;
  // How a usual schedule of the program is: for PCT's guarantee.
  std::uint32_t usual_choices = 0;
  unsigned usual_threads = 0;
};

inline constexpr std::size_t kMaxDiscoveries = 64;

// REQUIRES: of a prover, the program has only its bodies open.
HuntResult hunt(const sim::Program& program, const HuntOptions& options);

}  // namespace mpglab::explore
