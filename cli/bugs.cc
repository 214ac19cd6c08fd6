// mpglab bugs: the historical races that can be switched on.

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/text.h"
#include "explore/builtin_traces.h"
#include "explore/catalogue.h"
#include "format/wire_text.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::string id;
  std::string output;
  bool json = false;
};

// The commands that show it.
std::vector<std::string> commands(const explore::Race& race) {
  if (!race.scenario.empty())
    return {fmt::format("mpglab hunt {} --bug {}", race.scenario, race.id)};
  return {fmt::format("mpglab bugs {0} -o {0}.trace", race.id),
          fmt::format("mpglab {} {}.trace", race.command, race.id)};
}

Json json_of(const explore::Race& race) {
  Json object = json_object();
  object["id"] = race.id;
  object["name"] = race.id;
  object["title"] = race.title;
  object["side"] = explore::side_name(race.side);
  object["issue"] = race.issue;
  object["commits"] = race.commits;
  object["versions"] = race.versions;
  object["scenario"] = race.scenario;
  object["commands"] = commands(race);
  object["story"] = race.story;
  return object;
}

void show(const explore::Race& race, Console& console) {
  console.line(fmt::format("{}  ({})", console.style()(view::Ink::kBold, race.id),
                           explore::side_name(race.side)));
  console.line(fmt::format("  {}", race.title));
  console.line(
      fmt::format("  issue {}; {}; {}", race.issue.empty() ? "none" : race.issue,
                  race.commits.empty() ? "not fixed" : fmt::format("fixed by {}", race.commits),
                  race.versions));
  console.line("");
  console.print(wrapped(race.story, 92, "  "));
  console.line("");
  for (const std::string& command : commands(race)) console.line("  " + command);
}

// Writes the trace that shows the race.
void write_trace(const Options& options, Context& context) {
  const explore::BuiltinTrace* trace = explore::find_builtin_trace(options.id);
  if (trace == nullptr) {
    return context.fail(options.id.empty()
                            ? "-o needs the bug whose trace it is to write"
                            : fmt::format("{} is shown by a scenario, not by a trace", options.id));
  }
  const auto bytes = format::wire_from_text(trace->text);
  MPG_CHECK(bytes.has_value(), "a built-in trace has no mistakes");
  const auto written = write_file(options.output, *bytes);
  if (!written) context.fail(written.error());
}

void bugs(const Options& options, Context& context) {
  if (!options.id.empty()) {
    if (const auto found = find_faults({options.id}); !found) return context.fail(found.error());
  }
  if (!options.output.empty()) return write_trace(options, context);
  bool first = true;
  for (const explore::Race& race : explore::catalogue()) {
    if (!options.id.empty() && race.id != options.id) continue;
    if (options.json) {
      context.console.print(json_line(json_of(race)));
      continue;
    }
    if (!first) context.console.line("");
    show(race, context.console);
    first = false;
  }
}

}  // namespace

void add_bugs(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("bugs", "List the historical races that can be switched on with --bug");
  command->add_option("id", options->id, "One of them");
  command->add_option("-o,--output", options->output,
                      "Write the trace that shows the bug to this file instead");
  command->add_flag("--json", options->json, "One JSON object a line");
  command->callback([options, &context] { bugs(*options, context); });
}

}  // namespace mpglab::cli
