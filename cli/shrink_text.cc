#include "cli/shrink_text.h"

#include <fmt/format.h>

#include "cli/text.h"

namespace mpglab::cli {

std::string shrink_line(const explore::ShrinkResult& result) {
  return fmt::format(
      "shrunk from {} to {} (choices that are not the default: {} to {}; steps: {} to "
      "{}) in {}{}",
      counted(result.preemptions_before, "preemption"), result.preemptions_after,
      result.deviations_before, result.deviations_after, grouped(result.steps_before),
      grouped(result.steps_after), counted(result.runs, "schedule"),
      result.minimal ? "" : "; the budget was spent before no more could be left out");
}

void add_shrinking(Json& object, const explore::ShrinkResult& result) {
  object["preemptions_before"] = result.preemptions_before;
  object["preemptions"] = result.preemptions_after;
  object["deviations_before"] = result.deviations_before;
  object["deviations"] = result.deviations_after;
  object["steps_before"] = result.steps_before;
  object["steps"] = result.steps_after;
  object["runs"] = result.runs;
  object["minimal"] = result.minimal;
}

}  // namespace mpglab::cli
