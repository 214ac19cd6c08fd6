// The races of the catalogue that a trace shows: each reads otherwise with its fault than without.

#include <algorithm>
#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "explore/builtin_traces.h"
#include "explore/catalogue.h"
#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"

namespace mpglab::explore {
namespace {

std::string case_name(std::string_view id) {
  std::string name{id};
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<std::byte> trace_of(std::string_view race) {
  const BuiltinTrace* trace = find_builtin_trace(race);
  EXPECT_NE(trace, nullptr);
  return trace == nullptr ? std::vector<std::byte>{} : *format::wire_from_text(trace->text);
}

// "ok 5": five events; "bad-context 3": the error after three.
std::string reading(std::string_view race, const parser::ReaderOptions& options) {
  const auto trace = trace_of(race);
  parser::Reader reader(options);
  reader.reset(trace);
  while (reader.next() == parser::Next::kEvent) {
  }
  return std::string(reader.failed() ? parser::code_name(reader.error().code) : "ok") + " " +
         std::to_string(reader.events());
}

struct ShownByTrace {
  std::string_view race;
  const char* without;
  const char* with;
  bool each_generation = false;
};
void PrintTo(const ShownByTrace& shown, std::ostream* out) {
  *out << shown.race;
}

// Each generation has one sync before it, and one stands at the end.
constexpr std::array kShown = {
    // Two syncs, nine wire events, and the steal that the callback's end stands for.
    ShownByTrace{"thread-id-reuse", "ok 12", "failed-to-advance 9"},
    // A sync, seven wire events and their steal, and the second callback's beginning; then its end.
    ShownByTrace{"create-syscall-with-proc", "bad-context 10", "ok 11"},
    ShownByTrace{"syscall-steal-ambiguity", "ok 9", "bad-context 5"},
    ShownByTrace{"batch-order-by-time", "ok 4", "bad-batch 1"},
    // The sync, the status, the last sync; and without the generation only the last one.
    ShownByTrace{"broken-spilled-batch", "truncated 3", "truncated 1"},
    ShownByTrace{"final-sync-missing", "truncated 3", "truncated 2"},
    ShownByTrace{"late-generation-leniency", "bad-context 5", "ok 7", true},
    ShownByTrace{"mstate-written-without-advance", "ok 5", "failed-to-advance 3"}};

class ShownByTraceTest : public testing::TestWithParam<ShownByTrace> {};

TEST_P(ShownByTraceTest, ReadsRightWithoutTheFault) {
  EXPECT_EQ(reading(GetParam().race, {.each_generation = GetParam().each_generation}),
            GetParam().without);
}

TEST_P(ShownByTraceTest, ReadsWrongWithTheFault) {
  FaultSet faults;
  faults.add(*find_race(GetParam().race));
  EXPECT_EQ(reading(GetParam().race, {.faults = faults.reader_faults(),
                                      .each_generation = GetParam().each_generation}),
            GetParam().with);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ShownByTraceTest, testing::ValuesIn(kShown),
                         [](const auto& param) { return case_name(param.param.race); });

std::string events_of_ties(const parser::ReaderOptions& options) {
  const auto trace = trace_of("nondeterministic-tie-order");
  parser::Reader reader(options);
  reader.reset(trace);
  std::string text;
  for (const parser::Event& event : reader) parser::append_text(text, event);
  return text;
}

TEST(NondeterministicTieOrder, IsOneOrderWithoutTheFault) {
  EXPECT_EQ(events_of_ties({.tie_seed = 1}), events_of_ties({.tie_seed = 2}));
}

TEST(NondeterministicTieOrder, IsAMatterOfTheSeedWithTheFault) {
  const parser::ReaderFaults faults{.nondeterministic_tie_order = true};
  EXPECT_NE(events_of_ties({.faults = faults, .tie_seed = 1}),
            events_of_ties({.faults = faults, .tie_seed = 2}));
}

// A trace that no case above reads would go unnoticed.
TEST(ShownByTrace, AreAllTheTracesThatAreBuiltIn) {
  EXPECT_EQ(kShown.size() + 1, builtin_traces().size());
}

}  // namespace
}  // namespace mpglab::explore
