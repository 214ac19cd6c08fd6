// Goroutines with the same body are never explored twice, without any reduction: Go runs those that
// are queued in turn, the newest first and the others in the order in which they were started, so
// no two executions differ only in which of them did what. Here that is counted: whoever exchanges
// the two in a trace gets one that no execution has.

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/catalogue.h"
#include "explore/lab.h"
#include "format/event.h"
#include "interleave/dpor.h"
#include "parser/reader.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

// Goroutine 1 is main, 2 reads the trace, 3 and 4 are the workers. (Were it others, an exchange
// would change nothing and every trace be found.)
std::uint64_t as_it_is(std::uint64_t goroutine) {
  return goroutine;
}
std::uint64_t exchanged(std::uint64_t goroutine) {
  return goroutine == 3 ? 4 : goroutine == 4 ? 3 : goroutine;
}

sim::Program two_workers(std::string_view main, std::string_view worker) {
  auto program = sim::parse_scenario(
      "equal.toml", fmt::format("title = \"equal\"\nstory = \"equal\"\ngomaxprocs = 2\n"
                                "bodies-only = true\nscheduling-at-once = true\n"
                                "[channel.c]\ncapacity = 0\n"
                                "[goroutine.main]\nbody = \"\"\"\n{}\n\"\"\"\n"
                                "[goroutine.worker]\ncount = 2\nbody = \"{}\"\n",
                                main, worker));
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return *program;
}

// What each thread tells, without times and stacks, and without saying which worker was started
// first: that it tells in any case.
std::string told(std::span<const std::byte> trace, std::uint64_t (*name)(std::uint64_t)) {
  std::map<parser::ThreadId, std::string> threads;
  parser::Reader reader;
  reader.reset(trace);
  for (const parser::Event& event : reader) {
    if (event.type == parser::kSyncEvent) continue;
    const format::EventSpec& spec = format::spec_of(event.type);
    std::string& line = threads[event.thread];
    line += fmt::format("{} P{}", spec.name, event.proc);
    for (std::size_t i = 1; i < spec.arg_count; ++i) {
      const std::string_view of = spec.args[i];
      if (of.find("stack") != std::string_view::npos || of == "new_g") continue;
      line += fmt::format(" {}={}", of, of == "g" ? name(event.args[i - 1]) : event.args[i - 1]);
    }
    line += '\n';
  }
  EXPECT_FALSE(reader.failed());
  std::string all;
  for (const auto& [thread, line] : threads) all += fmt::format("M{}\n{}", thread, line);
  return all;
}

// How many traces there are of which there is the exchanged one as well.
std::size_t count_twins(const sim::Program& program) {
  std::set<std::string> traces;
  std::set<std::string> others;
  Lab lab(program, FaultSet{});
  interleave::Dpor dpor(lab.world().engine());
  for (;;) {
    const Lab::Run run = lab.run(dpor);
    if (run.outcome->kind == sim::Outcome::Kind::kExhausted) break;
    if (run.outcome->kind != sim::Outcome::Kind::kFinished) continue;
    for (const sim::TraceSession& session : lab.world().sessions()) {
      traces.insert(told(session.bytes, as_it_is));
      others.insert(told(session.bytes, exchanged));
    }
  }
  EXPECT_GT(traces.size(), 1U);
  std::size_t twins = 0;
  for (const std::string& other : others) twins += traces.contains(other) ? 1U : 0U;
  return twins;
}

struct Workers {
  const char* name;
  const char* main;
  const char* worker;
};
void PrintTo(const Workers& workers, std::ostream* out) {
  *out << workers.name;
}

class EqualGoroutines : public testing::TestWithParam<Workers> {};

TEST_P(EqualGoroutines, AreNotExploredTwice) {
  EXPECT_EQ(count_twins(two_workers(GetParam().main, GetParam().worker)), 0U);
}

INSTANTIATE_TEST_SUITE_P(Bodies, EqualGoroutines,
                         testing::Values(Workers{"syscalls", "go worker", "syscall"},
                                         Workers{"work", "go worker", "work 1"},
                                         Workers{"turns", "go worker\ngosched", "gosched"},
                                         Workers{"receivers", "go worker\nsend c\nsend c",
                                                 "recv c"},
                                         Workers{"a stop of the world beside syscalls",
                                                 "go worker\nstop-the-world", "syscall"}));

}  // namespace
}  // namespace mpglab::explore
