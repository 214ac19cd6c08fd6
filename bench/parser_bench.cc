// How fast a trace is read, ordered and validated.

#include <string>

#include <benchmark/benchmark.h>

#include "parser/reader.h"
#include "support/test_data.h"

namespace mpglab::parser {
namespace {

void read_trace(benchmark::State& state, const char* name) {
  const std::string trace = test::read_text(test::data_path(name));
  Reader reader;
  std::uint64_t events = 0;
  for (auto _ : state) {
    reader.reset(test::bytes_of(trace));
    while (reader.next() == Next::kEvent) benchmark::DoNotOptimize(reader.event());
    events += reader.events();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(trace.size()));
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
}

BENCHMARK_CAPTURE(read_trace, chans, "go122-chans.trace");
BENCHMARK_CAPTURE(read_trace, netecho, "go122-netecho.trace");
BENCHMARK_CAPTURE(read_trace, cgo, "go123-cgo-callback.trace");

}  // namespace
}  // namespace mpglab::parser
