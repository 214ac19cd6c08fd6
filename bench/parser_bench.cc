// How fast a trace is read, ordered and validated, and how far that is from what has to be done at
// least.

#include <cstdio>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "load_trace.h"
#include "parser/frontier.h"
#include "parser/generation_reader.h"
#include "parser/reader.h"
#include "parser/stream_cursor.h"
#include "support/test_data.h"
#include "synthetic_trace.h"

namespace mpglab::parser {
namespace {

using explore::StrategyKind;

void set_rates(benchmark::State& state, std::uint64_t events, std::uint64_t bytes) {
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

// ---- memory ----

// From here on, what the process takes at most is counted anew. Linux only; elsewhere it is not
// said.
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes / 1000;
  }
  return 0;
}

// ---- what the reader does ----

// Reads all of it, and looks at each event as a user of the library would.
std::uint64_t read_all(Reader& reader) {
  std::uint64_t seen = 0;
  for (const Event& event : reader)
    seen += static_cast<std::uint64_t>(event.goroutine) + static_cast<std::uint64_t>(event.type);
  MPG_CHECK(!reader.failed(), "the trace is sound");
  return seen;
}

void read_trace(benchmark::State& state, std::span<const std::byte> trace) {
  Reader reader;
  std::uint64_t events = 0;
  for (auto _ : state) {
    reader.reset(trace);
    benchmark::DoNotOptimize(read_all(reader));
    events += reader.events();
  }
  set_rates(state, events, static_cast<std::uint64_t>(state.iterations()) * trace.size());
}

void recorded(benchmark::State& state, const char* name) {
  const std::string trace = test::read_text(test::data_path(name));
  read_trace(state, test::bytes_of(trace));
}
BENCHMARK_CAPTURE(recorded, chans, "go122-chans.trace");
BENCHMARK_CAPTURE(recorded, netecho, "go122-netecho.trace");
BENCHMARK_CAPTURE(recorded, cgo, "go123-cgo-callback.trace");

// How many of a hundred events are of another thread than the one before: what makes a trace hard
// to put in order.
double switches(const std::string& path) {
  FileSource source(path);
  Reader reader;
  reader.reset(source);
  std::uint64_t switches = 0;
  ThreadId last = kNoId;
  for (const Event& event : reader) {
    switches += static_cast<std::uint64_t>(event.thread != last);
    last = event.thread;
  }
  return 100.0 * static_cast<double>(switches) / static_cast<double>(reader.events());
}

// From a file, as `mpglab check` does.
void load(benchmark::State& state, const bench::Load& load, StrategyKind strategy) {
  const std::string path = bench::load_trace(load, strategy);
  state.counters["switches"] = switches(path);
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  forget_peak();
  for (auto _ : state) {
    FileSource source(path);
    Reader reader;
    reader.reset(source);
    benchmark::DoNotOptimize(read_all(reader));
    events += reader.events();
    bytes += reader.offset();
  }
  set_rates(state, events, bytes);
  state.counters["peak_MB"] = peak_megabytes();
}
BENCHMARK_CAPTURE(load, syscalls_random, bench::kSyscalls, StrategyKind::kRandom);
BENCHMARK_CAPTURE(load, syscalls_pct, bench::kSyscalls, StrategyKind::kPct);
BENCHMARK_CAPTURE(load, channels_random, bench::kChannels, StrategyKind::kRandom);
BENCHMARK_CAPTURE(load, channels_pct, bench::kChannels, StrategyKind::kPct);
BENCHMARK_CAPTURE(load, network_random, bench::kNetwork, StrategyKind::kRandom);
BENCHMARK_CAPTURE(load, network_pct, bench::kNetwork, StrategyKind::kPct);

// ---- what has to be done at least ----

// The cursors of a generation's threads, each before its first event.
std::vector<StreamCursor> cursors_of(const Generation& generation) {
  std::vector<StreamCursor> cursors;
  for (const Stream& stream : generation.streams) cursors.emplace_back(generation, stream, 0);
  return cursors;
}

// Calls `generation` for each of the trace.
template <class Use>
void for_each_generation(std::span<const std::byte> trace, Use use) {
  GenerationReader generations({});
  generations.reset(trace);
  MPG_CHECK(generations.read_header(), "the trace is sound");
  do {
    if (generations.read() != GenerationReader::Read::kOk) return;
    use(generations.generation());
  } while (generations.has_spill());
}

// Every number of every event, thread by thread.
std::uint64_t decode(const Generation& generation) {
  std::uint64_t events = 0;
  Event event;
  for (StreamCursor& cursor : cursors_of(generation)) {
    for (; cursor.advance(generation, event) == StreamCursor::Step::kEvent; ++events)
      benchmark::DoNotOptimize(cursor.event());
  }
  return events;
}

// The same in the order of their times, which has to be, because the events of a trace that is read
// are to come in that order as far as they may.
std::uint64_t decode_and_merge(const Generation& generation) {
  std::vector<StreamCursor> cursors = cursors_of(generation);
  std::vector<Event> slots(cursors.size() + 1);
  Event* spare = slots.data();
  Frontier frontier;
  for (StreamCursor& cursor : cursors) {
    if (cursor.advance(generation, *spare) == StreamCursor::Step::kEvent)
      frontier.insert({spare++->time, &cursor});
  }
  std::uint64_t events = 0;
  for (; !frontier.empty(); ++events) {
    StreamCursor& first = *frontier[0].cursor;
    Event& event = first.event();
    benchmark::DoNotOptimize(event);
    if (first.advance(generation, *spare) == StreamCursor::Step::kEvent) {
      frontier.update(0, spare->time);
      spare = &event;
    } else {
      frontier.remove(0);
    }
  }
  return events;
}

void limit(benchmark::State& state, const bench::Load& load, StrategyKind strategy,
           std::uint64_t (*work)(const Generation&)) {
  const std::string trace = test::read_text(bench::load_trace(load, strategy));
  std::uint64_t events = 0;
  for (auto _ : state) {
    for_each_generation(test::bytes_of(trace),
                        [&](const Generation& generation) { events += work(generation); });
  }
  set_rates(state, events, static_cast<std::uint64_t>(state.iterations()) * trace.size());
}
BENCHMARK_CAPTURE(limit, decode_syscalls_random, bench::kSyscalls, StrategyKind::kRandom, decode);
BENCHMARK_CAPTURE(limit, merge_syscalls_random, bench::kSyscalls, StrategyKind::kRandom,
                  decode_and_merge);
BENCHMARK_CAPTURE(limit, decode_syscalls_pct, bench::kSyscalls, StrategyKind::kPct, decode);
BENCHMARK_CAPTURE(limit, merge_syscalls_pct, bench::kSyscalls, StrategyKind::kPct,
                  decode_and_merge);
BENCHMARK_CAPTURE(limit, decode_channels_random, bench::kChannels, StrategyKind::kRandom, decode);
BENCHMARK_CAPTURE(limit, merge_channels_random, bench::kChannels, StrategyKind::kRandom,
                  decode_and_merge);
BENCHMARK_CAPTURE(limit, decode_network_random, bench::kNetwork, StrategyKind::kRandom, decode);
BENCHMARK_CAPTURE(limit, merge_network_random, bench::kNetwork, StrategyKind::kRandom,
                  decode_and_merge);

// ---- what must not grow ----

void growth(benchmark::State& state, const bench::Shape& shape) {
  bench::Shape scaled = shape;
  scaled.events =
      static_cast<std::uint64_t>(static_cast<double>(shape.events) * bench::load_megabytes() / 100);
  read_trace(state, bench::synthetic_trace(scaled));
}
BENCHMARK_CAPTURE(growth, goroutines_10, {.goroutines = 10});
BENCHMARK_CAPTURE(growth, goroutines_1000, {.goroutines = 1'000});
BENCHMARK_CAPTURE(growth, goroutines_100000, {.goroutines = 100'000});
BENCHMARK_CAPTURE(growth, threads_10, {.goroutines = 1'000, .threads = 10, .at_a_time = 10});
BENCHMARK_CAPTURE(growth, threads_100, {.goroutines = 1'000, .threads = 100, .at_a_time = 10});
BENCHMARK_CAPTURE(growth, threads_1000, {.goroutines = 1'000, .threads = 1'000, .at_a_time = 10});
// A merge of n streams takes log n comparisons: this does grow.
BENCHMARK_CAPTURE(growth, cores_1, {.goroutines = 1'000, .threads = 1, .at_a_time = 1});
BENCHMARK_CAPTURE(growth, cores_10, {.goroutines = 1'000, .threads = 10, .at_a_time = 10});
BENCHMARK_CAPTURE(growth, cores_100, {.goroutines = 1'000, .threads = 100, .at_a_time = 100});
BENCHMARK_CAPTURE(growth, cores_1000, {.goroutines = 1'000, .threads = 1'000, .at_a_time = 1'000});
BENCHMARK_CAPTURE(growth, generations_10, {.generations = 10});
BENCHMARK_CAPTURE(growth, generations_1000, {.generations = 1'000});
BENCHMARK_CAPTURE(growth, generations_10000, {.generations = 10'000});

}  // namespace
}  // namespace mpglab::parser
