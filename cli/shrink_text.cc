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

std::string program_shrink_line(const explore::ShrinkProgramResult& result) {
  return fmt::format("scenario shrunk from {}, {} and {} to {}, {} and {} in {} and {}{}",
                     counted(result.before.goroutines, "goroutine"),
                     counted(result.before.operations, "operation"),
                     counted(result.before.procs, "P"), grouped(result.after.goroutines),
                     grouped(result.after.operations), result.after.procs,
                     counted(result.programs, "program"), counted(result.runs, "schedule"),
                     result.minimal ? "" : "; it was ended before no more could be left out");
}

void add_program_shrinking(Json& object, const explore::ShrinkProgramResult& result,
                           const std::string& file) {
  Json& scenario = object["smaller_scenario"] = Json::object();
  scenario["file"] = file;
  scenario["name"] = result.program.name;
  scenario["goroutines_before"] = result.before.goroutines;
  scenario["goroutines"] = result.after.goroutines;
  scenario["operations_before"] = result.before.operations;
  scenario["operations"] = result.after.operations;
  scenario["procs_before"] = result.before.procs;
  scenario["procs"] = result.after.procs;
  scenario["programs"] = result.programs;
  scenario["runs"] = result.runs;
  scenario["minimal"] = result.minimal;
}

}  // namespace mpglab::cli
