// What a choice point and an execution cost, with nothing of Go around them.

#include <benchmark/benchmark.h>

#include "interleave/engine.h"
#include "interleave/pct.h"
#include "interleave/random_walk.h"
#include "interleave/shared.h"

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

}  // namespace
}  // namespace mpglab::interleave
