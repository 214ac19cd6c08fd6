// What a choice point and an execution cost, with nothing of Go around them.

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "interleave/dpor.h"
#include "interleave/engine.h"
#include "interleave/pct.h"
#include "interleave/random_walk.h"
#include "interleave/shared.h"
#include "support/distilled_race.h"

namespace mpglab::interleave {
namespace {

struct TwoThreads {
  Engine engine;
  Shared<int> word{engine, "word"};
};

void add_eight_times(void* argument) {
  auto& program = *static_cast<TwoThreads*>(argument);
  for (int i = 0; i < 8; ++i) program.word.add(1);
}

void start_two(void* argument) {
  auto& program = *static_cast<TwoThreads*>(argument);
  program.engine.spawn("one", add_eight_times, argument);
  program.engine.spawn("two", add_eight_times, argument);
}

template <class Walk>
void execution(benchmark::State& state, Walk walk) {
  TwoThreads program;
  std::uint64_t steps = 0;
  for (auto _ : state) steps += program.engine.run(walk, start_two, &program).steps;
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(execution, random, RandomWalk(1));
BENCHMARK_CAPTURE(execution, pct, Pct(1, 3, 20));

// ---- the distilled race ----

// Executions a second, as other tools of this kind count them.
void distilled_race_random(benchmark::State& state) {
  Engine engine;
  test::DistilledRace race(engine, 2, /*bug=*/false);
  RandomWalk walk(1);
  std::uint64_t steps = 0;
  for (auto _ : state) steps += engine.run(walk, test::DistilledRace::start, &race).steps;
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(distilled_race_random);

// All of it: 271, 1,746, 10,763 and 66,325 classes with 2 to 5 loops.
void distilled_race_dpor(benchmark::State& state) {
  Engine engine;
  std::uint64_t classes = 0;
  for (auto _ : state) {
    test::DistilledRace race(engine, static_cast<int>(state.range(0)), /*bug=*/false);
    Dpor dpor(engine);
    while (engine.run(dpor, test::DistilledRace::start, &race).end != End::kExhausted) {
    }
    MPG_CHECK(dpor.exhausted() && dpor.abandoned() == 0, "the search is optimal");
    classes += dpor.executions();
  }
  state.counters["classes"] =
      static_cast<double>(classes) / static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(classes));
}
BENCHMARK(distilled_race_dpor)->DenseRange(2, 5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mpglab::interleave
