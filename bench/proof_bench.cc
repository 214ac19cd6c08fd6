// What a proof costs, and what each of its reductions spares: gcwait-small within so many
// preemptions, by the search that recognises states; and a syscall beside a stop of the world, with
// the scheduler's own steps at once, by classes.

#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "explore/builtin_scenarios.h"
#include "explore/lab.h"
#include "interleave/dpor.h"
#include "interleave/state_search.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program bodies_of_gcwait_small() {
  const BuiltinScenario* scenario = find_builtin_scenario("gcwait-small");
  MPG_CHECK(scenario != nullptr, "a scenario that is built in");
  auto program = sim::parse_scenario(scenario->file, scenario->text);
  MPG_CHECK(program.has_value(), "a scenario that is right");
  program->bodies_only = program->idle_ms_alike = true;
  return *program;
}

sim::Program syscall_beside_stop_the_world() {
  auto program = sim::parse_scenario("small.toml", R"(
title = "small"
story = "small"
gomaxprocs = 2
bodies-only = true
scheduling-at-once = true
idle-ms-alike = true
[goroutine.main]
body = """
go worker
stop-the-world
"""
[goroutine.worker]
body = "syscall"
)");
  MPG_CHECK(program.has_value(), "a scenario that is right");
  return *program;
}

void prove(benchmark::State& state, interleave::StateSearchOptions options,
           const sim::Program& program = bodies_of_gcwait_small()) {
  options.preemptions = static_cast<std::uint32_t>(state.range(0));
  std::uint64_t runs = 0;
  std::uint64_t ended = 0;
  std::uint64_t states = 0;
  for (auto _ : state) {
    Lab lab(program, FaultSet{});
    interleave::StateSearch search(
        lab.world().engine(),
        [](const void* world) { return static_cast<const sim::World*>(world)->fingerprint(); },
        &lab.world(), options);
    for (;; ++runs) {
      const sim::Outcome::Kind kind = lab.run(search).outcome->kind;
      if (kind == sim::Outcome::Kind::kExhausted) break;
      if (kind != sim::Outcome::Kind::kGivenUp && !search.scouting()) ++ended;
    }
    MPG_CHECK(search.frontier().exhausted(), "a proof that comes to its end");
    states = search.frontier().states();
  }
  const auto each = static_cast<double>(state.iterations());
  state.counters["runs"] = static_cast<double>(runs) / each;
  state.counters["ended"] = static_cast<double>(ended) / each;
  state.counters["states"] = static_cast<double>(states);
  state.SetItemsProcessed(static_cast<std::int64_t>(runs));
}

void prove_by_classes(benchmark::State& state, const interleave::DporOptions& options,
                      bool alike = true, bool looks_spared = true) {
  sim::Program program = syscall_beside_stop_the_world();
  program.idle_ms_alike = alike;
  program.looks_spared = looks_spared;
  std::uint64_t classes = 0;
  std::uint64_t abandoned = 0;
  for (auto _ : state) {
    Lab lab(program, FaultSet{});
    interleave::Dpor dpor(lab.world().engine(), std::make_shared<interleave::Footprints>(),
                          options);
    while (lab.run(dpor).outcome->kind != sim::Outcome::Kind::kExhausted) {
    }
    MPG_CHECK(dpor.exhausted(), "a proof that comes to its end");
    classes = dpor.executions();
    abandoned = dpor.abandoned();
  }
  state.counters["classes"] = static_cast<double>(classes);
  state.counters["abandoned"] = static_cast<double>(abandoned);
  state.SetItemsProcessed(static_cast<std::int64_t>(classes) * state.iterations());
}

void proof(benchmark::State& state) {
  prove(state, {});
}
void proof_without_recognising_states(benchmark::State& state) {
  prove(state, {.recognise_states = false});
}
void proof_without_sparing_private_steps(benchmark::State& state) {
  prove(state, {.spare_private_steps = false});
}
void proof_without_merging_lock_steps(benchmark::State& state) {
  prove(state, {.merge_lock_steps = false});
}
void proof_with_ms_told_apart(benchmark::State& state) {
  sim::Program program = bodies_of_gcwait_small();
  program.idle_ms_alike = false;
  prove(state, {}, program);
}
void proof_by_classes(benchmark::State& state) {
  prove_by_classes(state, {});
}
void proof_by_classes_with_ms_told_apart(benchmark::State& state) {
  prove_by_classes(state, {}, /*alike=*/false);
}
void proof_by_classes_of_all_critical_sections(benchmark::State& state) {
  prove_by_classes(state, {.spare_kept = false});
}
void proof_by_classes_with_looks(benchmark::State& state) {
  prove_by_classes(state, {}, /*alike=*/true, /*looks_spared=*/false);
}
void proof_by_classes_with_raises_as_stores(benchmark::State& state) {
  prove_by_classes(state, {.spare_raises = false});
}
void proof_by_classes_of_all(benchmark::State& state) {
  prove_by_classes(state, {.spare_kept = false, .spare_raises = false}, /*alike=*/false,
                   /*looks_spared=*/false);
}
BENCHMARK(proof_by_classes)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_by_classes_with_ms_told_apart)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_by_classes_of_all_critical_sections)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_by_classes_with_looks)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_by_classes_with_raises_as_stores)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_by_classes_of_all)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_with_ms_told_apart)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_recognising_states)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_sparing_private_steps)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_merging_lock_steps)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mpglab::explore
