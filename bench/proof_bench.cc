// What a proof costs, and what each of its reductions spares: gcwait-small within so many
// preemptions, by the search that recognises states.

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "explore/builtin_scenarios.h"
#include "explore/lab.h"
#include "interleave/state_search.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

sim::Program bodies_of_gcwait_small() {
  const BuiltinScenario* scenario = find_builtin_scenario("gcwait-small");
  MPG_CHECK(scenario != nullptr, "a scenario that is built in");
  auto program = sim::parse_scenario(scenario->file, scenario->text);
  MPG_CHECK(program.has_value(), "a scenario that is right");
  program->bodies_only = true;
  return *program;
}

void prove(benchmark::State& state, interleave::StateSearchOptions options) {
  options.preemptions = static_cast<std::uint32_t>(state.range(0));
  std::uint64_t runs = 0;
  std::uint64_t ended = 0;
  std::uint64_t states = 0;
  for (auto _ : state) {
    Lab lab(bodies_of_gcwait_small(), FaultSet{});
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
BENCHMARK(proof)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_recognising_states)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_sparing_private_steps)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(proof_without_merging_lock_steps)->DenseRange(1, 2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mpglab::explore
