// Schedules per second: run without a trace, run with one, and judged as well. What one of them
// takes more than the one before is what the tracer costs, and what the judges do.

#include <chrono>

#include <benchmark/benchmark.h>

#include "explore/builtin_scenarios.h"
#include "explore/lab.h"
#include "explore/strategies.h"
#include "interleave/ask_always.h"  // of the tests
#include "interleave/class_hash.h"
#include "interleave/sparse_walk.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace mpglab::explore {
namespace {

sim::Program program_of(const char* name) {
  const BuiltinScenario* scenario = find_builtin_scenario(name);
  return *sim::parse_scenario(scenario->file, scenario->text);
}

void schedule_untraced(benchmark::State& state, const char* scenario) {
  sim::Program program = program_of(scenario);
  program.trace_whole_run = false;
  sim::World world(program, {});
  interleave::SparseWalk walk(1);
  for (auto _ : state) benchmark::DoNotOptimize(world.run(walk).kind);
  state.SetItemsProcessed(state.iterations());
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

// The same schedules by turns, the strategy asked at every choice and only where it is not calm,
// and how many times as long the former take.
void schedule_judged_by(benchmark::State& state, StrategyKind kind) {
  using Clock = std::chrono::steady_clock;
  constexpr int kTurn = 64;
  Lab lab(program_of("gcwait"), FaultSet{});
  const StrategyOptions options{.kind = kind, .length = 2'000};
  const auto calm = make_strategy(options);
  const auto same = make_strategy(options);
  interleave::AskAlways asked(*same);
  Clock::duration if_calm{};
  Clock::duration if_asked{};
  for (auto _ : state) {
    const auto begin = Clock::now();
    for (int i = 0; i < kTurn; ++i) benchmark::DoNotOptimize(lab.run(*calm).verdict);
    const auto middle = Clock::now();
    for (int i = 0; i < kTurn; ++i) benchmark::DoNotOptimize(lab.run(asked).verdict);
    if_calm += middle - begin;
    if_asked += Clock::now() - middle;
  }
  const double seconds = std::chrono::duration<double>(if_calm).count();
  state.counters["schedules/s"] = static_cast<double>(state.iterations()) * kTurn / seconds;
  state.counters["ratio"] = std::chrono::duration<double>(if_asked).count() / seconds;
}

// What it costs to know the class of each schedule: the same schedules by turns without and with
// it, and how many times as long they take.
void schedule_judged_and_classed(benchmark::State& state, const char* scenario) {
  using Clock = std::chrono::steady_clock;
  constexpr int kTurn = 64;
  Lab lab(program_of(scenario), FaultSet{});
  interleave::Engine& engine = lab.world().engine();
  interleave::ClassHash hash(engine);
  interleave::SparseWalk walk(1);
  interleave::SparseWalk same_walk(1);
  Clock::duration without{};
  Clock::duration with{};
  for (auto _ : state) {
    const auto begin = Clock::now();
    for (int i = 0; i < kTurn; ++i) benchmark::DoNotOptimize(lab.run(walk).verdict);
    const auto middle = Clock::now();
    engine.observe(&hash);
    for (int i = 0; i < kTurn; ++i) {
      hash.begin();
      benchmark::DoNotOptimize(lab.run(same_walk).verdict);
      benchmark::DoNotOptimize(hash.value());
    }
    engine.observe(nullptr);
    without += middle - begin;
    with += Clock::now() - middle;
  }
  state.counters["ratio"] =
      std::chrono::duration<double>(with) / std::chrono::duration<double>(without);
}

BENCHMARK_CAPTURE(schedule_untraced, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_run, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_judged, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_judged, syscalls, "syscalls");
BENCHMARK_CAPTURE(schedule_judged, stop_the_world, "stop-the-world");
BENCHMARK_CAPTURE(schedule_judged_by, random, StrategyKind::kRandom);
BENCHMARK_CAPTURE(schedule_judged_by, pct, StrategyKind::kPct);
BENCHMARK_CAPTURE(schedule_judged_by, fair_pct, StrategyKind::kFairPct);
BENCHMARK_CAPTURE(schedule_judged_and_classed, gcwait, "gcwait");
BENCHMARK_CAPTURE(schedule_judged_and_classed, stop_the_world, "stop-the-world");

}  // namespace
}  // namespace mpglab::explore
