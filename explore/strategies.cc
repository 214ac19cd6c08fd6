#include "explore/strategies.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "interleave/bounded_dfs.h"
#include "interleave/fair.h"
#include "interleave/pct.h"
#include "interleave/pos.h"
#include "interleave/random_walk.h"
#include "interleave/round_robin.h"
#include "interleave/sparse_walk.h"

namespace mpglab::explore {

namespace {

constexpr std::array<StrategyName, 9> kNames = {{
    {StrategyKind::kRandom, "random", "a random walk that switches threads now and then"},
    {StrategyKind::kPct, "pct", "random priorities that change at a few random points (PCT)"},
    {StrategyKind::kPos, "pos", "random priorities, drawn anew where steps race (POS)"},
    {StrategyKind::kUniform, "uniform", "a random walk that may switch threads at every step"},
    {StrategyKind::kFairPct, "fair-pct", "as pct, but nobody waits for ever for others that spin"},
    {StrategyKind::kRoundRobin, "round-robin",
     "threads take turns, with a longer turn in each schedule; the first preempts nobody"},
    {StrategyKind::kDfs, "dfs",
     "every schedule, those that leave the default one least first; may end in a proof"},
    {StrategyKind::kDpor, "dpor",
     "of schedules that differ only in the order of independent steps one (optimal DPOR); a proof"},
    {StrategyKind::kStates, "states",
     "every state once, those with the fewest preemptions first; may end in a proof"},
}};

// The quantum grows from schedule to schedule until it is so long that nobody is preempted any
// more.
class GrowingRoundRobin final : public interleave::Strategy {
 public:
  // Begins with schedule `first`. REQUIRES: somebody was preempted in the one before, if there was
  // one.
  explicit GrowingRoundRobin(std::uint64_t first)
      : quantum_(static_cast<std::uint32_t>(first)), preempted_(first > 0) {}

  bool begin() override {
    if (quantum_ > 1 && !preempted_) return false;
    preempted_ = false;
    turn_ = interleave::RoundRobin(quantum_++);
    return turn_.begin();
  }
  std::uint32_t pick(const interleave::Decision& decision) override {
    const std::uint32_t value = turn_.pick(decision);
    if (value != 0) preempted_ = true;
    return value;
  }
  void end(const interleave::Tape& tape) override { turn_.end(tape); }

 private:
  std::uint32_t quantum_;
  bool preempted_;
  interleave::RoundRobin turn_;
};

// Because nobody starves, a thread that gives way may keep its priority. That finds gcwait's race
// in fewer than half of the schedules that PCT takes.
class FairPct final : public interleave::Strategy {
 public:
  explicit FairPct(const StrategyOptions& options)
      : pct_(options.seed, options.pct_depth, options.length, options.first_execution,
             interleave::Pct::GivingWay::kLeavesIt),
        fair_(pct_) {}

  bool begin() override { return fair_.begin(); }
  std::uint32_t pick(const interleave::Decision& decision) override { return fair_.pick(decision); }
  void end(const interleave::Tape& tape) override { fair_.end(tape); }
  interleave::Calm& calm() override { return fair_.calm(); }

 private:
  interleave::Pct pct_;
  interleave::Fair fair_;
};

}  // namespace

std::span<const StrategyName> strategy_names() {
  return kNames;
}

std::string_view strategy_name(StrategyKind kind) {
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const StrategyName& known) { return known.kind == kind; });
  MPG_CHECK(found != kNames.end(), "a strategy without a name");
  return found->name;
}

std::optional<StrategyKind> find_strategy(std::string_view name) {
  const auto* const found = std::find_if(
      kNames.begin(), kNames.end(), [&](const StrategyName& known) { return known.name == name; });
  if (found == kNames.end()) return std::nullopt;
  return found->kind;
}

bool has_numbered_executions(StrategyKind kind) {
  return kind != StrategyKind::kRoundRobin && !is_exhaustive(kind);
}

bool has_seed(StrategyKind kind) {
  return has_numbered_executions(kind);
}

bool has_depth(StrategyKind kind) {
  return kind == StrategyKind::kPct || kind == StrategyKind::kFairPct;
}

bool bounds_preemptions(StrategyKind kind) {
  return kind == StrategyKind::kDfs || kind == StrategyKind::kStates;
}

bool can_use_jobs(StrategyKind kind) {
  return has_numbered_executions(kind) || is_exhaustive(kind);
}

bool is_exhaustive(StrategyKind kind) {
  return kind == StrategyKind::kDfs || is_prover(kind);
}

bool is_prover(StrategyKind kind) {
  return kind == StrategyKind::kDpor || kind == StrategyKind::kStates;
}

std::unique_ptr<interleave::Strategy> make_strategy(const StrategyOptions& options) {
  switch (options.kind) {
    case StrategyKind::kRandom:
      return std::make_unique<interleave::SparseWalk>(options.seed, options.first_execution);
    case StrategyKind::kPct:
      return std::make_unique<interleave::Pct>(options.seed, options.pct_depth, options.length,
                                               options.first_execution);
    case StrategyKind::kPos:
      return std::make_unique<interleave::Pos>(options.seed, options.first_execution);
    case StrategyKind::kUniform:
      return std::make_unique<interleave::RandomWalk>(options.seed, options.first_execution);
    case StrategyKind::kFairPct:
      return std::make_unique<FairPct>(options);
    case StrategyKind::kRoundRobin:
      return std::make_unique<GrowingRoundRobin>(options.first_execution);
    case StrategyKind::kDfs:
      MPG_CHECK(options.first_execution == 0, "DFS begins with its first execution");
      return std::make_unique<interleave::BoundedDfs>(options.bounds);
    case StrategyKind::kDpor:
    case StrategyKind::kStates:
      break;
  }
  MPG_CHECK(false, "a strategy of no kind, or one that needs a lab");
  return nullptr;
}

}  // namespace mpglab::explore
