// Scenario files: TOML text to a Program.
#pragma once

#include <cstdint>
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

// `file` is how the scenario is called in stacks and messages; the program's name is its last part
// without ".toml".
Result<Program, ScenarioError> parse_scenario(std::string_view file, std::string_view text);

}  // namespace mpglab::sim
