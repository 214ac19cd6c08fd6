// Traces of the load scenarios, as `mpglab run` writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "explore/strategies.h"

namespace mpglab::bench {

struct Load {
  const char* scenario;
  const char* setting;          // of the scenario: how long its goroutines go on in a round
  std::uint32_t value;          // of that setting
  std::uint32_t goroutines;     // of the kind that the scenario has many of
  const char* goroutine_count;  // the setting that says so
  double rounds_per_megabyte;
};

inline constexpr Load kSyscalls{"load-syscalls", "calls", 3000, 8, "callers", 0.8};
inline constexpr Load kChannels{"load-channels", "sends", 10'000, 4, "pairs", 1.5};
inline constexpr Load kNetwork{"load-network", "reads", 5000, 8, "servers", 1.3};

// Megabytes of a load trace: 100, or what MPGLAB_BENCH_MEGABYTES says, for those who only want to
// see that the benchmarks run.
double load_megabytes();

// The file of such a trace, which is written at the first call and stays. The same scenario,
// strategy and size always make the same bytes. Aborts if it cannot be written.
std::string load_trace(const Load& load, explore::StrategyKind strategy);

}  // namespace mpglab::bench
