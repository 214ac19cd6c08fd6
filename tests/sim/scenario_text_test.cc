// Programs printed as scenario files, and what is read from those again.
#include "sim/scenario_text.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/scenario.h"
#include "support/test_data.h"

namespace mpglab::sim {
namespace {

Program parsed(std::string_view text) {
  auto program = parse_scenario("case.toml", text);
  EXPECT_TRUE(program.has_value())
      << program.error().line << ": " << program.error().message << "\n"
      << text;
  return program ? *std::move(program) : Program{};
}

// Everything of a program but the lines of its operations.
std::string told(const Program& program) {
  std::string text = fmt::format("{}|{}|{}|{}|{}\n", program.title, program.story,
                                 program.gomaxprocs, program.trace_whole_run, program.bodies_only);
  for (const Channel& channel : program.channels)
    text += fmt::format("channel {} {}\n", channel.name, channel.capacity);
  for (const GoroutineBody& body : program.bodies) {
    text += fmt::format("body {}\n", body.name);
    for (const Op& op : body.ops)
      text += fmt::format("  {} {} {}\n", static_cast<int>(op.kind), op.argument, op.count);
  }
  return text;
}

// ---- every scenario of the tree ----

class EveryScenario : public testing::TestWithParam<std::string> {
 protected:
  const Program program_ =
      parsed(test::read_text(std::string(MPGLAB_SOURCE_DIR) + "/scenarios/" + GetParam()));
};

TEST_P(EveryScenario, ComesBackAsItWas) {
  EXPECT_EQ(told(parsed(scenario_text(program_))), told(program_));
}

TEST_P(EveryScenario, IsPrintedTheSameOnceItWasPrinted) {
  const std::string text = scenario_text(program_);
  EXPECT_EQ(scenario_text(parsed(text)), text);
}

std::vector<std::string> scenario_files() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(MPGLAB_SOURCE_DIR) + "/scenarios"))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Tree, EveryScenario, testing::ValuesIn(scenario_files()),
                         [](const auto& param) {
                           std::string name = param.param.substr(0, param.param.find('.'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// ---- what the text looks like, and what it has to take care of ----

TEST(ScenarioText, IsAsAPersonWouldWriteIt) {
  const std::string text = R"(title = "All there is"
story = """
One of each.

And a second paragraph.
"""
gomaxprocs = 3

[channel.box]
capacity = 2

[goroutine.main]
body = """
go worker
repeat 2
  repeat 3
    send box
    recv box
  end
  syscall
  syscall blocking
end
work 5
gosched
stop-the-world
gc
alloc
netread
generation
trace-start
trace-stop
wait
"""

[goroutine.worker]
count = 4
body = """
"""
)";
  EXPECT_EQ(scenario_text(parsed(text)), text);
}

TEST(ScenarioText, SettingsStandAsTheirValues) {
  const Program program = parsed(
      "title = \"t\"\nstory = \"s\"\n[settings]\nrounds = 3\n[goroutine.main]\nbody = \"work "
      "$rounds\"\n");
  EXPECT_NE(scenario_text(program).find("work 3\n"), std::string::npos);
}

TEST(ScenarioText, ThatOnlyTheBodiesAreOpenComesBack) {
  Program program = parsed(
      "title = \"t\"\nstory = \"s\"\nbodies-only = true\n[goroutine.main]\nbody = \"syscall\"\n");
  EXPECT_TRUE(parsed(scenario_text(program)).bodies_only);
}

TEST(ScenarioText, QuotesAndBackslashesInTheStoryComeBack) {
  Program program = parsed("title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"\"\n");
  program.title = "\"\"\" is no end, \\n no newline";
  program.story = "\"\"\" is no end, \\n no newline\n\ta tab\rand a return";
  EXPECT_EQ(told(parsed(scenario_text(program))), told(program));
}

TEST(ScenarioTextDeathTest, AGoroutineIsStartedAlwaysInTheSameNumber) {
  Program program = parsed(
      "title = \"t\"\nstory = \"s\"\n[goroutine.main]\nbody = \"\"\"\ngo w\ngo w\n\"\"\"\n"
      "[goroutine.w]\nbody = \"\"\n");
  program.bodies[0].ops[1].count = 2;
  EXPECT_DEATH(scenario_text(program), "started in different numbers");
}

}  // namespace
}  // namespace mpglab::sim
