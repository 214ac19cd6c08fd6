// The strategies by the names that people use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "interleave/bounded_dfs.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

enum class StrategyKind : std::uint8_t {
  kRandom,
  kPct,
  kPos,
  kUniform,
  kFairPct,
  kRoundRobin,
  kDfs,
  kDpor,
  kStates
};

// PCT's guarantee asks for the depth of the fault, mostly 2 or 3. But a schedule of this model has
// thousands of choices, nearly all of them far from anything interesting, so that two change points
// are wasted nearly always; twenty meet gcwait's race where two do not.
inline constexpr unsigned kDefaultPctDepth = 20;

struct StrategyOptions {
  StrategyKind kind = StrategyKind::kRandom;
  std::uint64_t seed = 1;
  unsigned pct_depth = kDefaultPctDepth;    // of PCT, fair or not; at least 1
  std::uint32_t length = 1;                 // likewise: choices in a usual schedule; at least 1
  std::uint64_t first_execution = 0;        // where to begin; 0 for DFS
  interleave::BoundedDfs::Bounds bounds{};  // DFS; preemptions also of the search for states
};

struct StrategyName {
  StrategyKind kind;
  std::string_view name;   // "pct"
  std::string_view gloss;  // one line
};

std::span<const StrategyName> strategy_names();
std::string_view strategy_name(StrategyKind kind);
std::optional<StrategyKind> find_strategy(std::string_view name);

// Can executions be tried in any order? Those that are systematic must see the one before.
bool has_numbered_executions(StrategyKind kind);

// Do other seeds try other schedules?
bool has_seed(StrategyKind kind);

// Does it ask for the depth of a fault?
bool has_depth(StrategyKind kind);

// Can it be kept to schedules with few preemptions?
bool bounds_preemptions(StrategyKind kind);

// Can several threads share the work?
bool can_use_jobs(StrategyKind kind);

// Is a hunt that has come to its end a proof?
bool is_exhaustive(StrategyKind kind);

// Does it take only programs of which only the bodies are open, and a lab to observe (prover.h)?
bool is_prover(StrategyKind kind);

// A strategy whose n-th execution is a function of the options and n. For DFS: within the bounds in
// one go; a hunt goes from bound to bound (dfs_frontier.h). REQUIRES: it is no prover.
std::unique_ptr<interleave::Strategy> make_strategy(const StrategyOptions& options);

}  // namespace mpglab::explore
