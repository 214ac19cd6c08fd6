#include "explore/builtin_traces.h"

#include <algorithm>

namespace mpglab::explore {

const BuiltinTrace* find_builtin_trace(std::string_view name) {
  const auto all = builtin_traces();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const BuiltinTrace& trace) { return trace.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace mpglab::explore
