// Which strategy finds what how soon: the table in docs/strategies.md.
//
//   mpglab_strategy_table [SEEDS] [RUNS]
//
// For each race and strategy: the median over SEEDS seeds of how many schedules it took to the
// first finding, and the worst. A seed that has none after RUNS schedules counts as more than that.
// After twenty seeds without a finding the rest is not tried.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "explore/builtin_scenarios.h"
#include "explore/hunt.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

struct Column {
  const char* title;
  StrategyKind strategy;
  unsigned pct_depth = kDefaultPctDepth;
};
constexpr std::array kColumns = {
    Column{"random", StrategyKind::kRandom},
    Column{"pct", StrategyKind::kPct},
    Column{"pct, depth 3", StrategyKind::kPct, 3},
    Column{"fair-pct", StrategyKind::kFairPct},
    Column{"pos", StrategyKind::kPos},
    Column{"uniform", StrategyKind::kUniform},
    Column{"round-robin", StrategyKind::kRoundRobin},
    Column{"dfs", StrategyKind::kDfs},
};

struct Row {
  const char* scenario;
  const char* race;  // nullptr: the scenario has a finding without a fault
};
constexpr std::array kRows = {
    Row{"gcwait", "gcwait-stop-not-steal"},       Row{"gcwait", "self-steal-update-order"},
    Row{"gcwait-small", "gcwait-stop-not-steal"}, Row{"gcwait-small", "self-steal-update-order"},
    Row{"open-handoff-generation", nullptr},      Row{"open-retake-generation", nullptr},
    Row{"open-start-in-syscall", nullptr},
};

std::string schedules(std::uint64_t count, std::uint64_t runs) {
  return count > runs ? fmt::format("> {}", runs) : fmt::format("{}", count);
}

std::string cell(const Row& row, const Column& column, std::uint64_t seeds, std::uint64_t runs) {
  constexpr std::uint64_t kInVain = 20;
  const BuiltinScenario* scenario = find_builtin_scenario(row.scenario);
  const auto program = sim::parse_scenario(scenario->file, scenario->text);
  MPG_CHECK(program.has_value(), "the scenario is built in");
  HuntOptions options;
  options.strategy = column.strategy;
  options.pct_depth = column.pct_depth;
  options.runs = runs;
  if (row.race != nullptr) options.faults.add(*find_race(row.race));
  // What has no chance in it has one answer.
  if (!has_numbered_executions(column.strategy)) seeds = 1;
  std::vector<std::uint64_t> firsts;
  bool any = false;
  while (firsts.size() < seeds && (any || firsts.size() < kInVain)) {
    options.seed = firsts.size() + 1;
    const std::uint64_t first = hunt(*program, options).first_finding_run;
    any = any || first != 0;
    firsts.push_back(first == 0 ? runs + 1 : first);
  }
  std::sort(firsts.begin(), firsts.end());
  if (!any) return "-";
  if (seeds == 1) return schedules(firsts[0], runs);
  return fmt::format("{} ({})", schedules(firsts[firsts.size() / 2], runs),
                     schedules(firsts.back(), runs));
}

void print_table(std::uint64_t seeds, std::uint64_t runs) {
  fmt::print("| scenario | fault |");
  for (const Column& column : kColumns) fmt::print(" {} |", column.title);
  fmt::print("\n|---|---|");
  for ([[maybe_unused]] const Column& column : kColumns) fmt::print("---|");
  for (const Row& row : kRows) {
    fmt::print("\n| {} | {} |", row.scenario, row.race != nullptr ? row.race : "none");
    for (const Column& column : kColumns) {
      fmt::print(" {} |", cell(row, column, seeds, runs));
      std::fflush(stdout);
    }
  }
  fmt::print("\n");
}

}  // namespace
}  // namespace mpglab::explore

int main(int count, char** arguments) {
  const std::uint64_t seeds = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 100;
  const std::uint64_t runs = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 100'000;
  mpglab::explore::print_table(std::max<std::uint64_t>(1, seeds), std::max<std::uint64_t>(1, runs));
}
