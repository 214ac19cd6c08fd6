#include "explore/builtin_scenarios.h"

#include <algorithm>
#include <vector>

#include "base/near_name.h"

namespace mpglab::explore {

const BuiltinScenario* find_builtin_scenario(std::string_view name) {
  const auto all = builtin_scenarios();
  const auto found = std::find_if(all.begin(), all.end(), [&](const BuiltinScenario& scenario) {
    return scenario.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string_view nearest_builtin_scenario(std::string_view name) {
  std::vector<std::string_view> names;
  for (const BuiltinScenario& scenario : builtin_scenarios()) names.push_back(scenario.name);
  return nearest_name(name, names);
}

}  // namespace mpglab::explore
