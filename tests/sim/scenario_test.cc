// Scenario files: what they compile to, and that each mistake is answered with its exact place.
#include "sim/scenario.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mpglab::sim {
namespace {

class ScenarioTest : public testing::Test {
 protected:
  static Result<Program, ScenarioError> parse(std::string_view text) {
    return parse_scenario("scenarios/case.toml", text);
  }

  // A scenario whose main does `body`; the body's first line is line 5.
  static std::string with_main(std::string_view body) {
    return fmt::format("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"\"\"\n{}\"\"\"\n",
                       body);
  }

  // The operations of main as "kind argument count line", one a word.
  static std::vector<Op> main_ops(std::string_view text) {
    const auto program = parse(text);
    return program ? program->bodies[0].ops : std::vector<Op>{};
  }

  // "line:column: message" of the mistake, or "none".
  static std::string mistake(std::string_view text) {
    const auto program = parse(text);
    if (program) return "none";
    return fmt::format("{}:{}: {}", program.error().line, program.error().column,
                       program.error().message);
  }
};

TEST_F(ScenarioTest, TakesItsNameFromTheFile) {
  EXPECT_EQ(parse(with_main("syscall\n"))->name, "case");
}

TEST_F(ScenarioTest, KeepsTheFileAsStacksShowIt) {
  EXPECT_EQ(parse(with_main("syscall\n"))->file, "scenarios/case.toml");
}

TEST_F(ScenarioTest, HasOnePUnlessItSaysOtherwise) {
  EXPECT_EQ(parse(with_main("syscall\n"))->gomaxprocs, 1U);
}

TEST_F(ScenarioTest, OperationsStandAtTheirLinesInTheFile) {
  const std::vector<Op> expected = {{.kind = OpKind::kSyscall, .line = 5},
                                    {.kind = OpKind::kBlockingSyscall, .line = 6},
                                    {.kind = OpKind::kGosched, .line = 7},
                                    {.kind = OpKind::kWork, .count = 3, .line = 8}};
  EXPECT_EQ(main_ops(with_main("syscall\nsyscall blocking\ngosched\nwork 3\n")), expected);
}

TEST_F(ScenarioTest, BlanksAndCommentsMeanNothing) {
  const std::vector<Op> expected = {{.kind = OpKind::kGosched, .line = 7}};
  EXPECT_EQ(main_ops(with_main("  # a comment\n\n \t gosched  # another\r\n")), expected);
}

TEST_F(ScenarioTest, AnEndKnowsItsRepeat) {
  const std::vector<Op> expected = {{.kind = OpKind::kRepeat, .count = 2, .line = 5},
                                    {.kind = OpKind::kRepeat, .count = 3, .line = 6},
                                    {.kind = OpKind::kEnd, .argument = 1, .line = 7},
                                    {.kind = OpKind::kEnd, .argument = 0, .line = 8}};
  EXPECT_EQ(main_ops(with_main("repeat 2\nrepeat 3\nend\nend\n")), expected);
}

TEST_F(ScenarioTest, ABodyMayStandOnOneLine) {
  const std::vector<Op> expected = {{.kind = OpKind::kGosched, .line = 4}};
  EXPECT_EQ(main_ops("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"gosched\"\n"),
            expected);
}

TEST_F(ScenarioTest, ABodyMayBeALiteralText) {
  const std::vector<Op> expected = {{.kind = OpKind::kGosched, .line = 5}};
  EXPECT_EQ(main_ops("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = '''\ngosched\n'''\n"),
            expected);
}

TEST_F(ScenarioTest, ABodyMayBeEmpty) {
  EXPECT_EQ(parse(with_main(""))->bodies[0].ops, std::vector<Op>{});
}

// An escaped quote does not end the body: it takes the file's own text, where the escape stands.
TEST_F(ScenarioTest, AnEscapedQuoteInACommentDoesNotEndTheBody) {
  const std::vector<Op> expected = {{.kind = OpKind::kGosched, .line = 6}};
  EXPECT_EQ(main_ops(with_main("# say \\\"\"\" here\ngosched\n")), expected);
}

constexpr std::string_view kWithOthers = R"(title = "t"
story = "s"
gomaxprocs = 3
[channel.box]
capacity = 2
[goroutine.zebra]
count = 4
body = "recv box"
[goroutine.ant]
body = "send box"
[goroutine.main]
body = """
go zebra
go ant
wait
"""
)";

TEST_F(ScenarioTest, MainIsBodyZeroAndTheOthersFollowInFileOrder) {
  const auto program = parse(kWithOthers);
  EXPECT_EQ(fmt::format("{} {} {}", program->bodies[0].name, program->bodies[1].name,
                        program->bodies[2].name),
            "main zebra ant");
}

TEST_F(ScenarioTest, GoStartsAsManyAsTheGoroutineSays) {
  const std::vector<Op> expected = {{.kind = OpKind::kGo, .argument = 1, .count = 4, .line = 13},
                                    {.kind = OpKind::kGo, .argument = 2, .count = 1, .line = 14},
                                    {.kind = OpKind::kWait, .line = 15}};
  EXPECT_EQ(main_ops(kWithOthers), expected);
}

TEST_F(ScenarioTest, ChannelsHaveTheirCapacity) {
  EXPECT_EQ(parse(kWithOthers)->channels[0].capacity, 2U);
}

TEST_F(ScenarioTest, WithoutATraceStartTheWholeRunIsTraced) {
  EXPECT_TRUE(parse(with_main("gosched\n"))->trace_whole_run);
}

TEST_F(ScenarioTest, WithATraceStartTheScenarioTracesItself) {
  EXPECT_FALSE(parse(with_main("trace-start\ntrace-stop\n"))->trace_whole_run);
}

// ---- mistakes in a body; its first line is line 5 ----

TEST_F(ScenarioTest, AnUnknownOperationIsNamedWithItsNearest) {
  EXPECT_EQ(mistake(with_main("gosched\n  sycall\n")),
            "6:3: unknown operation 'sycall'; did you mean 'syscall'?");
}

TEST_F(ScenarioTest, AnOperationThatIsLikeNoneIsNamedAlone) {
  EXPECT_EQ(mistake(with_main("frobnicate\n")), "5:1: unknown operation 'frobnicate'");
}

TEST_F(ScenarioTest, AMistakeOnTheLineOfTheOpeningQuotesHasItsColumnThere) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"\"\"  bad\n\"\"\"\n"),
            "4:13: unknown operation 'bad'");
}

TEST_F(ScenarioTest, AMistakeInAOneLineBodyHasItsColumn) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"bad\"\n"),
            "4:9: unknown operation 'bad'");
}

TEST_F(ScenarioTest, ColumnsCountCodePoints) {
  EXPECT_EQ(mistake(with_main("work \u00e9 x\n")),
            "5:8: 'x' is too much: work takes a number from 1 to 1000000");
}

TEST_F(ScenarioTest, AByteOrderMarkShiftsNothing) {
  EXPECT_EQ(mistake("\xef\xbb\xbftitle = 3\n"), "1:9: title must be a text");
}

TEST_F(ScenarioTest, AWordTooMuchIsNamed) {
  EXPECT_EQ(mistake(with_main("gosched now\n")), "5:9: 'now' is too much: gosched stands alone");
}

TEST_F(ScenarioTest, ASyscallIsPlainOrBlocking) {
  EXPECT_EQ(mistake(with_main("syscall slow\n")),
            "5:9: 'slow': syscall stands alone or takes 'blocking'");
}

TEST_F(ScenarioTest, AMissingNumberIsMissed) {
  EXPECT_EQ(mistake(with_main("work\n")), "5:1: work takes a number from 1 to 1000000");
}

TEST_F(ScenarioTest, ANegativeNumberIsRefused) {
  EXPECT_EQ(mistake(with_main("repeat -3\nend\n")),
            "5:8: '-3': repeat takes a number from 1 to 1000000");
}

TEST_F(ScenarioTest, ANumberThatFitsNowhereIsRefused) {
  EXPECT_EQ(mistake(with_main("work 99999999999999999999\n")),
            "5:6: '99999999999999999999': work takes a number from 1 to 1000000");
}

TEST_F(ScenarioTest, AHalfNumberIsRefused) {
  EXPECT_EQ(mistake(with_main("work 3x\n")), "5:6: '3x': work takes a number from 1 to 1000000");
}

TEST_F(ScenarioTest, AnUnclosedRepeatIsNamedWhereItBegins) {
  EXPECT_EQ(mistake(with_main("gosched\n repeat 2\ngosched\n")), "6:2: this repeat has no end");
}

TEST_F(ScenarioTest, AnEndWithoutARepeatIsRefused) {
  EXPECT_EQ(mistake(with_main("end\n")), "5:1: this end closes no repeat");
}

TEST_F(ScenarioTest, RepeatsDoNotNestWithoutBound) {
  std::string body;
  for (int i = 0; i < 17; ++i) body += "repeat 1\n";
  EXPECT_EQ(mistake(with_main(body)), "21:1: repeats nest at most 16 deep");
}

TEST_F(ScenarioTest, ABodyIsNotEndless) {
  std::string body;
  for (int i = 0; i < 4097; ++i) body += "gosched\n";
  EXPECT_EQ(mistake(with_main(body)), "4101:1: a body has at most 4096 operations");
}

TEST_F(ScenarioTest, AGoroutineThatIsNotThereIsNamedWithItsNearest) {
  EXPECT_EQ(mistake(with_main("go worker\n") + "[goroutine.workers]\nbody = \"\"\n"),
            "5:4: there is no goroutine 'worker'; did you mean 'workers'?");
}

TEST_F(ScenarioTest, MainIsNotStartedAgain) {
  EXPECT_EQ(mistake(with_main("go main\n")), "5:4: main is started by the runtime, and only once");
}

TEST_F(ScenarioTest, AChannelThatIsNotThereIsNamed) {
  EXPECT_EQ(mistake(with_main("send box\n")), "5:6: there is no channel 'box'");
}

TEST_F(ScenarioTest, OnlyMainWaits) {
  EXPECT_EQ(mistake(with_main("") + "[goroutine.other]\nbody = \"wait\"\n"),
            "7:9: only main can wait for the others");
}

TEST_F(ScenarioTest, ATraceStopNeedsATraceStart) {
  EXPECT_EQ(mistake(with_main("trace-stop\n")),
            "5:1: trace-stop without a trace-start: without both, the whole run is traced");
}

// ---- mistakes around the bodies ----

TEST_F(ScenarioTest, WhatIsNotTomlIsRefusedWhereItStops) {
  EXPECT_EQ(mistake("title = \"t\n").substr(0, 5), "1:11:");
}

TEST_F(ScenarioTest, AnEmptyFileHasNoTitle) {
  EXPECT_EQ(mistake(""), "1:1: the scenario has no title: title = \"...\"");
}

TEST_F(ScenarioTest, AStoryIsNeeded) {
  EXPECT_EQ(mistake("title = \"t\"\n"), "1:1: the scenario has no story: story = \"...\"");
}

TEST_F(ScenarioTest, AStoryOfBlanksIsNone) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"  \"\n"), "2:9: story must not be empty");
}

TEST_F(ScenarioTest, AMainIsNeeded) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine.man]\nbody=\"\"\n"),
            "1:1: the scenario has no [goroutine.main]: it is where the program begins");
}

TEST_F(ScenarioTest, ABodyIsNeeded) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine.main]\n"),
            "3:12: goroutine 'main' has no body: body = \"\"\"...\"\"\"");
}

TEST_F(ScenarioTest, AnUnknownKeyIsNamedWithItsNearest) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\ngomaxproc = 2\n"),
            "3:1: unknown key 'gomaxproc' in a scenario; did you mean 'gomaxprocs'?; known are "
            "title, story, gomaxprocs, bodies-only, scheduling-at-once, idle-ms-alike, settings, "
            "channel, goroutine");
}

TEST_F(ScenarioTest, AnUnknownKeyOfAGoroutineIsNamed) {
  EXPECT_EQ(
      mistake(with_main("") + "cuont = 2\n"),
      "6:1: unknown key 'cuont' in a goroutine; did you mean 'count'?; known are body, count");
}

TEST_F(ScenarioTest, AnUnknownKeyOfAChannelIsNamed) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[channel.c]\nsize = 1\n"),
            "4:1: unknown key 'size' in a channel; known are capacity");
}

TEST_F(ScenarioTest, GomaxprocsHasBounds) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\ngomaxprocs = 17\n"),
            "3:14: gomaxprocs must be a number from 1 to 16");
}

TEST_F(ScenarioTest, BodiesOnlyIsYesOrNo) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\nbodies-only = 1\n"),
            "3:15: bodies-only must be true or false");
}

TEST_F(ScenarioTest, ANegativeCapacityIsRefused) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[channel.c]\ncapacity = -1\n"),
            "4:12: capacity must be a number from 0 to 1024");
}

TEST_F(ScenarioTest, ANumberInQuotesIsNone) {
  EXPECT_EQ(mistake(with_main("") + "count = \"2\"\n"),
            "6:9: count must be a number from 1 to 10000");
}

// ---- settings ----

constexpr const char* kWithSetting =
    "title = \"t\"\nstory = \"s\"\n[settings]\nrounds = 3\n[goroutine.main]\nbody = "
    "\"\"\"\nwork $rounds\n\"\"\"\n";

std::uint32_t work_of(std::span<const Setting> settings) {
  const auto program = parse_scenario("scenarios/case.toml", kWithSetting, settings);
  return program ? program->bodies[0].ops[0].count : 0;
}

TEST_F(ScenarioTest, ASettingHasItsDefault) {
  EXPECT_EQ(work_of({}), 3U);
}

TEST_F(ScenarioTest, ASettingThatIsSetToItsDefaultIsNotChanged) {
  const std::vector<Setting> settings = {{"rounds", 70}, {"rounds", 3}};
  const auto program = parse_scenario("scenarios/case.toml", kWithSetting, settings);
  ASSERT_TRUE(program.has_value());
  EXPECT_FALSE(program->settings.at(0).changed);
}

TEST_F(ScenarioTest, ASettingCanBeSet) {
  const std::vector<Setting> settings = {{"rounds", 70}};
  EXPECT_EQ(work_of(settings), 70U);
}

TEST_F(ScenarioTest, ASettingThatTheScenarioDoesNotHaveIsNamedWithItsNearest) {
  const std::vector<Setting> settings = {{"round", 70}};
  EXPECT_EQ(parse_scenario("case.toml", kWithSetting, settings).error().message,
            "the scenario has no setting 'round'; did you mean 'rounds'?");
}

TEST_F(ScenarioTest, ASettingHasBounds) {
  const std::vector<Setting> settings = {{"rounds", 2'000'000}};
  EXPECT_EQ(parse_scenario("case.toml", kWithSetting, settings).error().message,
            "rounds must be a number from 1 to 1000000");
}

TEST_F(ScenarioTest, ABodyNamesOnlySettingsThatThereAre) {
  EXPECT_EQ(mistake(with_main("work $n\n")), "5:6: there is no setting 'n'");
}

TEST_F(ScenarioTest, ACountMayBeASetting) {
  const auto program = parse(
      "title = \"t\"\nstory = \"s\"\n[settings]\nn = 5\n[goroutine.main]\nbody = \"go w\"\n"
      "[goroutine.w]\ncount = \"$n\"\nbody = \"\"\n");
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(program->bodies[0].ops[0].count, 5U);
}

TEST_F(ScenarioTest, ThereIsOnlyOneMain) {
  EXPECT_EQ(mistake(with_main("") + "count = 2\n"), "6:9: there is only one main: leave count out");
}

TEST_F(ScenarioTest, ANameIsAWord) {
  EXPECT_EQ(mistake(with_main("") + "[goroutine.\"a b\"]\nbody = \"\"\n"),
            "6:12: 'a b' is no name for a goroutine: a letter, then letters, digits, '-' and '_'");
}

TEST_F(ScenarioTest, AGoroutineIsATable) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine]\nmain = 3\n"),
            "4:8: goroutine 'main' must be a table: [goroutine.main]");
}

TEST_F(ScenarioTest, ChannelsAreTables) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\nchannel = 3\n"),
            "3:11: channel must be tables: [channel.NAME]");
}

TEST_F(ScenarioTest, ABodyIsAText) {
  EXPECT_EQ(mistake("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = 3\n"),
            "4:8: body must be a text");
}

// Cutting a scenario anywhere gives a program or a mistake, and nothing else.
TEST_F(ScenarioTest, AScenarioCutAnywhereIsAnswered) {
  std::size_t answered = 0;
  for (std::size_t length = 0; length < kWithOthers.size(); ++length)
    answered += mistake(kWithOthers.substr(0, length)).empty() ? 0U : 1U;
  EXPECT_EQ(answered, kWithOthers.size());
}

}  // namespace
}  // namespace mpglab::sim
