// The strategies by the names that people use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "interleave/strategy.h"

namespace mpglab::explore {

enum class StrategyKind : std::uint8_t { kRandom, kPct, kRoundRobin };

inline constexpr unsigned kDefaultPctDepth = 3;

struct StrategyName {
  StrategyKind kind;
  std::string_view name;   // "pct"
  std::string_view gloss;  // one line
};

std::span<const StrategyName> strategy_names();
std::string_view strategy_name(StrategyKind kind);
std::optional<StrategyKind> find_strategy(std::string_view name);

// A strategy whose n-th execution is a function of (kind, seed, n), and of the depth for PCT.
std::unique_ptr<interleave::Strategy> make_strategy(StrategyKind kind, std::uint64_t seed,
                                                    unsigned pct_depth = kDefaultPctDepth);

}  // namespace mpglab::explore
