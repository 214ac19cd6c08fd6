// The scenarios that are in the program itself: the files of scenarios/, embedded when mpglab is
// built, so that the command works from anywhere.
#pragma once

#include <span>
#include <string_view>

namespace mpglab::explore {

struct BuiltinScenario {
  std::string_view name;  // "gcwait"
  std::string_view file;  // "scenarios/gcwait.toml", as stacks show it
  std::string_view text;
};

// In the order of their names.
std::span<const BuiltinScenario> builtin_scenarios();

// nullptr if there is none.
const BuiltinScenario* find_builtin_scenario(std::string_view name);

// The known name that is nearest to a mistyped one; empty if none is near.
std::string_view nearest_builtin_scenario(std::string_view name);

}  // namespace mpglab::explore
