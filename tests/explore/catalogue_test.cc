// The catalogue and the built-in scenarios belong together.
#include "explore/catalogue.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "explore/builtin_scenarios.h"
#include "explore/builtin_traces.h"
#include "sim/scenario.h"

namespace mpglab::explore {
namespace {

// GoogleTest wants words without hyphens.
std::string case_name(std::string_view id) {
  std::string name{id};
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class Races : public testing::TestWithParam<Race> {};

TEST_P(Races, IsFoundByItsId) {
  EXPECT_EQ(find_race(GetParam().id)->number, GetParam().number);
}

TEST_P(Races, HasAScenarioOrATraceThatIsBuiltIn) {
  EXPECT_NE(find_builtin_scenario(GetParam().scenario) != nullptr,
            find_builtin_trace(GetParam().id) != nullptr);
}

TEST_P(Races, TellsAStory) {
  EXPECT_GT(GetParam().story.size(), 200U);
}

TEST_P(Races, NamesTheCommitOfItsFix) {
  const bool fixed = GetParam().versions.find("to this day") == std::string_view::npos;
  EXPECT_EQ(GetParam().commits.size() >= 10, fixed);
}

TEST_P(Races, AloneSwitchesOneThingOn) {
  FaultSet faults;
  faults.add(GetParam());
  const bool sim = !(faults.sim_faults() == sim::Faults{});
  const bool reader =
      GetParam().reader_switch != nullptr && faults.reader_faults().*GetParam().reader_switch;
  EXPECT_NE(sim, reader);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Races,
                         testing::ValuesIn(catalogue().begin(), catalogue().end()),
                         [](const auto& race) { return case_name(race.param.id); });

TEST(Catalogue, AMistypedRaceHasANearest) {
  EXPECT_EQ(nearest_race("gcwait-stop-not-steel"), "gcwait-stop-not-steal");
}

TEST(Catalogue, NoRaceIsNearToNonsense) {
  EXPECT_EQ(nearest_race("xyzzy"), "");
}

TEST(Catalogue, ANumberThatNoRaceHasIsUnknown) {
  EXPECT_FALSE(FaultSet::from_bits(std::uint64_t{1} << catalogue().size()).known());
}

TEST(BuiltinTraces, AllBelongToARaceOfTheCatalogue) {
  for (const BuiltinTrace& trace : builtin_traces()) EXPECT_NE(find_race(trace.name), nullptr);
}

class Scenarios : public testing::TestWithParam<BuiltinScenario> {};

TEST_P(Scenarios, IsWithoutMistakes) {
  const auto program = sim::parse_scenario(GetParam().file, GetParam().text);
  EXPECT_EQ(program ? "" : program.error().message, "");
}

TEST_P(Scenarios, BearsTheNameOfItsFile) {
  EXPECT_EQ(sim::parse_scenario(GetParam().file, GetParam().text)->name, GetParam().name);
}

TEST_P(Scenarios, TellsAStory) {
  EXPECT_GT(sim::parse_scenario(GetParam().file, GetParam().text)->story.size(), 200U);
}

INSTANTIATE_TEST_SUITE_P(Builtin, Scenarios,
                         testing::ValuesIn(builtin_scenarios().begin(), builtin_scenarios().end()),
                         [](const auto& scenario) { return case_name(scenario.param.name); });

TEST(Builtin, AreSortedByName) {
  std::set<std::string_view> names;
  std::string in_order;
  std::string sorted;
  for (const BuiltinScenario& scenario : builtin_scenarios()) {
    names.insert(scenario.name);
    in_order += std::string{scenario.name} + " ";
  }
  for (const std::string_view name : names) sorted += std::string{name} + " ";
  EXPECT_EQ(in_order, sorted);
}

TEST(Builtin, AMistypedScenarioHasANearest) {
  EXPECT_EQ(nearest_builtin_scenario("gcwiat"), "gcwait");
}

}  // namespace
}  // namespace mpglab::explore
