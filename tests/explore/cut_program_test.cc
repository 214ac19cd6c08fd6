// Programs with something left out, and how large they are.

#include "explore/cut_program.h"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "explore/program_size.h"
#include "sim/scenario.h"
#include "sim/scenario_text.h"

namespace mpglab::explore {
namespace {

sim::Program parsed(std::string_view text) {
  auto program = sim::parse_scenario("case.toml", text);
  EXPECT_TRUE(program.has_value()) << program.error().message;
  return program ? *std::move(program) : sim::Program{};
}

// A scenario whose main does `body`; beside it there are a and b, and two channels.
sim::Program with_main(std::string_view body) {
  return parsed(
      fmt::format("title = \"t\"\nstory = \"s\"\ngomaxprocs = 2\n[channel.x]\n[channel.y]\n"
                  "[goroutine.main]\nbody = \"\"\"\n{}\"\"\"\n"
                  "[goroutine.a]\ncount = 3\nbody = \"\"\"\nsend x\nsyscall\n\"\"\"\n"
                  "[goroutine.b]\nbody = \"\"\"\ngo a\nrecv y\n\"\"\"\n",
                  body));
}

// What is read from the text of a program is the program, lines aside: what its indices say holds.
bool is_consistent(const sim::Program& program) {
  const std::string text = sim::scenario_text(program);
  return sim::scenario_text(parsed(text)) == text;
}

std::string operations(const sim::Program& program, std::size_t body) {
  const std::string text = sim::scenario_text(program);
  const std::size_t table = text.find("[goroutine." + program.bodies[body].name + "]");
  const std::size_t begin = text.find("\"\"\"\n", table) + 4;
  return text.substr(begin, text.find("\"\"\"", begin) - begin);
}

// ---- what stands side by side ----

TEST(Groups, AreTheBodyAndTheInsideOfEachRepeat) {
  // 0 gosched, 1 repeat, 2 syscall, 3 repeat, 4 gc, 5 end, 6 end, 7 alloc
  const sim::Program program =
      with_main("gosched\nrepeat 2\nsyscall\nrepeat 3\ngc\nend\nend\nalloc\n");
  const std::vector<std::vector<OpRange>> expected = {
      {{0, 1}, {1, 7}, {7, 8}}, {{2, 3}, {3, 6}}, {{4, 5}}};
  EXPECT_EQ(groups_of(program.bodies[0]), expected);
}

TEST(Groups, OfAnEmptyBodyAreOneWithoutRanges) {
  EXPECT_EQ(groups_of(with_main("").bodies[0]), std::vector<std::vector<OpRange>>(1));
}

// ---- cuts ----

TEST(Cut, OperationsGoAndTheEndsKnowTheirRepeatsStill) {
  const sim::Program program = with_main("gosched\nrepeat 2\nsyscall\ngc\nend\n");
  const sim::Program cut = without_ops(program, 0, {0, 1});
  EXPECT_EQ(operations(cut, 0), "repeat 2\n  syscall\n  gc\nend\n");
  EXPECT_EQ(cut.bodies[0].ops.back().argument, 0U);
}

TEST(Cut, ARepeatThatIsEmptyThenGoesTooAndTheOneAroundIt) {
  const sim::Program program = with_main("gc\nrepeat 2\nrepeat 3\nsyscall\nend\nend\n");
  EXPECT_EQ(operations(without_ops(program, 0, {3, 4}), 0), "gc\n");
}

TEST(Cut, AGoroutineThatNobodyStartsThenGoesTooWithItsChannels) {
  const sim::Program cut = without_ops(with_main("go b\nrecv x\n"), 0, {0, 1});
  EXPECT_EQ(cut.bodies.size(), 1U);
  EXPECT_EQ(cut.channels.size(), 1U);
  EXPECT_TRUE(is_consistent(cut));
}

TEST(Cut, ABodyGoesFromAllWhoStartIt) {
  const sim::Program cut = without_body(with_main("go a\ngo b\n"), 1);
  EXPECT_EQ(operations(cut, 0), "go b\n");
  EXPECT_EQ(operations(cut, 1), "recv y\n");
  EXPECT_TRUE(is_consistent(cut));
}

TEST(Cut, AStartedCountIsLoweredWhereverItStands) {
  const sim::Program cut = with_count(with_main("go a\ngo b\n"), 0, 0, 2);
  EXPECT_EQ(cut.bodies[0].ops[0].count, 2U);
  EXPECT_EQ(cut.bodies[2].ops[0].count, 2U);
}

TEST(Cut, ARepeatOfOneTurnIsNone) {
  const sim::Program program = with_main("repeat 5\ngc\nalloc\nend\n");
  EXPECT_EQ(operations(with_count(program, 0, 0, 1), 0), "gc\nalloc\n");
}

TEST(Cut, ARepeatHasFewerTurns) {
  const sim::Program program = with_main("repeat 5\ngc\nend\n");
  EXPECT_EQ(operations(with_count(program, 0, 0, 2), 0), "repeat 2\n  gc\nend\n");
}

TEST(Cut, AnUnrolledRepeatIsItsTurns) {
  const sim::Program program = with_main("alloc\nrepeat 2\ngc\nrepeat 3\nsyscall\nend\nend\n");
  const sim::Program flat = unrolled(program, 0, 1);
  EXPECT_EQ(operations(flat, 0),
            "alloc\ngc\nrepeat 3\n  syscall\nend\ngc\nrepeat 3\n  syscall\nend\n");
  EXPECT_TRUE(is_consistent(flat));
}

TEST(Cut, PsAreFewer) {
  EXPECT_EQ(with_procs(with_main(""), 1).gomaxprocs, 1U);
}

TEST(Cut, WithoutATraceStartTheWholeRunIsTraced) {
  const sim::Program program = with_main("trace-start\ngc\ntrace-stop\n");
  EXPECT_FALSE(program.trace_whole_run);
  EXPECT_TRUE(without_ops(program, 0, {0, 3}).trace_whole_run);
}

// ---- sizes ----

TEST(Size, CountsWhatIsStartedAndWhatIsDone) {
  // main: go a, go b; three goroutines a with two operations each; b starts three more, and has two
  // operations of its own: 1 + 3 + 1 + 3 goroutines, 2 + 6 + 2 + 6 operations.
  EXPECT_EQ(size_of(with_main("go a\ngo b\n")),
            (ProgramSize{.goroutines = 8, .operations = 16, .procs = 2}));
}

TEST(Size, CountsEachTurnOfARepeat) {
  // 5 turns of gc and of 2 syscalls each.
  EXPECT_EQ(size_of(with_main("repeat 5\ngc\nrepeat 2\nsyscall\nend\nend\n")).operations, 15U);
}

TEST(Size, CountsGoroutinesThatARepeatStarts) {
  EXPECT_EQ(size_of(with_main("repeat 4\ngo a\nend\n")).goroutines, 13U);
}

TEST(Size, OfAGoroutineThatStartsItselfHasNoEnd) {
  const sim::Program program = parsed(
      "title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"go a\"\n[goroutine.a]\nbody = "
      "\"go a\"\n");
  EXPECT_EQ(size_of(program).goroutines, ProgramSize::kMost);
}

TEST(Size, DoesNotOverflow) {
  std::string body;
  for (int i = 0; i < 10; ++i) body += "repeat 1000000\n";
  body += "gc\n";
  for (int i = 0; i < 10; ++i) body += "end\n";
  EXPECT_EQ(size_of(with_main(body)).operations, ProgramSize::kMost);
}

}  // namespace
}  // namespace mpglab::explore
