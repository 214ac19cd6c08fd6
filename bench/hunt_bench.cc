// Schedules per second: run, and run and judged.

#include <benchmark/benchmark.h>

#include "explore/builtin_scenarios.h"
#include "explore/lab.h"
#include "interleave/pct.h"
#include "interleave/sparse_walk.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace mpglab::explore {
namespace {

sim::Program program_of(const char* name) {
  const BuiltinScenario* scenario = find_builtin_scenario(name);
  return *sim::parse_scenario(scenario->file, scenario->text);
}

void schedule_run(benchmark::State& state, const char* scenario) {
  sim::World world(program_of(scenario), {});
  interleave::SparseWalk walk(1);
  for (auto _ : state) benchmark::DoNotOptimize(world.run(walk).kind);
  state.SetItemsProcessed(state.iterations());
}

void schedule_judged(benchmark::State& state, const char* scenario) {
  Lab lab(program_of(scenario), FaultSet{});
  interleave::SparseWalk walk(1);
  for (auto _ : state) benchmark::DoNotOptimize(lab.run(walk).verdict);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(schedule_run, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_judged, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_judged, syscalls, "syscalls");
BENCHMARK_CAPTURE(schedule_judged, stop_the_world, "stop-the-world");

}  // namespace
}  // namespace mpglab::explore
