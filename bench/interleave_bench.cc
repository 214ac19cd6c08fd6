// What a choice point and an execution cost, with nothing of Go around them.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "interleave/dpor.h"
#include "interleave/dpor_frontier.h"
#include "interleave/engine.h"
#include "interleave/pct.h"
#include "interleave/random_walk.h"
#include "interleave/round_robin.h"
#include "interleave/shared.h"
#include "support/distilled_race.h"
#include "support/litmus_threads.h"

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

// ---- choice points ----

// Threads that each store to the same word many times, so that what an execution costs beside its
// choices does not show.
class ManyStores {
 public:
  ManyStores(Engine& engine, std::int64_t threads) : engine_(engine), threads_(threads) {}

  static void start(void* self) {
    auto& program = *static_cast<ManyStores*>(self);
    for (std::int64_t i = 0; i < program.threads_; ++i)
      program.engine_.spawn("thread", store, self);
  }

 private:
  static constexpr int kStores = 1'000;

  static void store(void* self) {
    auto& program = *static_cast<ManyStores*>(self);
    for (int i = 0; i < kStores; ++i) program.word_.store(i);
  }

  Engine& engine_;
  const std::int64_t threads_;
  Shared<int> word_{engine_, "word"};
};

// Choices a second on one core, with so many threads. `quantum` 0: the thread goes on at each of
// them. 1: at each of them another one does.
void choices(benchmark::State& state, std::uint32_t quantum) {
  Engine engine;
  ManyStores program(engine, state.range(0));
  RoundRobin turns(quantum);
  std::size_t choices = 0;
  std::uint64_t switches = 0;
  for (auto _ : state) {
    switches += engine.run(turns, ManyStores::start, &program).switches;
    choices += engine.tape().size();
  }
  state.counters["switches/choice"] = static_cast<double>(switches) / static_cast<double>(choices);
  state.counters["choices/s"] =
      benchmark::Counter(static_cast<double>(choices), benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(choices, without_a_switch, 0U)->DenseRange(2, 6);
BENCHMARK_CAPTURE(choices, with_a_switch, 1U)->DenseRange(2, 6);

// ---- litmus programs of two to six threads ----

using Kind = test::LitmusThreads::Kind;

// All classes: so many as tests/interleave/dpor_test.cc derives.
void litmus_dpor(benchmark::State& state, Kind kind) {
  Engine engine;
  test::LitmusThreads program(engine, kind, static_cast<unsigned>(state.range(0)));
  std::uint64_t classes = 0;
  for (auto _ : state) {
    Dpor dpor(engine);
    while (engine.run(dpor, test::LitmusThreads::start, &program).end != End::kExhausted) {
    }
    MPG_CHECK(dpor.exhausted() && dpor.abandoned() == 0, "the search is optimal");
    classes += dpor.executions();
  }
  state.counters["classes"] =
      static_cast<double>(classes) / static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(classes));
}
BENCHMARK_CAPTURE(litmus_dpor, one_writer, Kind::kOneWriter)->DenseRange(2, 6);
BENCHMARK_CAPTURE(litmus_dpor, store_buffer, Kind::kStoreBuffer)->DenseRange(2, 6);
BENCHMARK_CAPTURE(litmus_dpor, writers, Kind::kWriters)->DenseRange(2, 6);
BENCHMARK_CAPTURE(litmus_dpor, lock, Kind::kLock)->DenseRange(2, 6);
BENCHMARK_CAPTURE(litmus_dpor, increment, Kind::kIncrement)->DenseRange(2, 6);

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

// The same on several cores, each of which has an engine of its own.
class SharedRace {
 public:
  SharedRace(int loops, unsigned jobs) : loops_(loops) {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < jobs; ++i) workers.emplace_back([this] { work(); });
  }
  std::uint64_t classes() const { return frontier_.executions(); }

 private:
  void work() {
    Engine engine;
    test::DistilledRace race(engine, loops_, /*bug=*/false);
    Dpor dpor(engine);
    while (auto ticket = next()) {
      dpor.take_up(ticket->part);
      std::uint32_t executions = 0;
      while (executions < ticket->executions &&
             engine.run(dpor, test::DistilledRace::start, &race).end != End::kExhausted)
        ++executions;
      merge(ticket->number, DporFrontier::made_by(dpor, executions));
    }
  }
  std::optional<DporFrontier::Ticket> next() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (frontier_.over()) return std::nullopt;
      if (auto ticket = frontier_.deal()) return ticket;
      done_.wait(lock);
    }
  }
  void merge(std::uint64_t number, DporFrontier::Made made) {
    const std::lock_guard lock(mutex_);
    made_.emplace(number, std::move(made));
    while (!frontier_.over()) {
      const auto first = made_.find(frontier_.next());
      if (first == made_.end()) break;
      frontier_.merge(std::move(first->second));
      made_.erase(first);
    }
    done_.notify_all();
  }

  const int loops_;
  std::mutex mutex_;
  std::condition_variable done_;
  DporFrontier frontier_;
  std::map<std::uint64_t, DporFrontier::Made> made_;
};

void distilled_race_shared_dpor(benchmark::State& state) {
  std::uint64_t classes = 0;
  for (auto _ : state) {
    const SharedRace race(/*loops=*/5, static_cast<unsigned>(state.range(0)));
    classes += race.classes();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(classes));
}
BENCHMARK(distilled_race_shared_dpor)
    ->DenseRange(1, 2)
    ->ArgName("jobs")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace mpglab::interleave
