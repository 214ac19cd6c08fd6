// Scenario files: TOML text to a Program.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sim/program.h"

namespace mpglab::sim {

// A mistake in a scenario. Lines and columns count from 1 and lie in the scenario file, also for a
// mistake inside a body.
struct ScenarioError {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;  // what is wrong and what was expected: one line
};

// A setting of the scenario, and the number that it is to have in place of its default.
struct Setting {
  std::string name;
  std::uint32_t value = 0;
};

// `file` is how the scenario is called in stacks and messages; the program's name is its last part
// without ".toml".
// A setting that the scenario does not have is a mistake at line 0.
Result<Program, ScenarioError> parse_scenario(std::string_view file, std::string_view text,
                                              std::span<const Setting> settings = {});

}  // namespace mpglab::sim
