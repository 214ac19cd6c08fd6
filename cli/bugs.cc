// mpglab bugs: the historical races that can be switched on.

#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/text.h"
#include "explore/catalogue.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::string id;
  bool json = false;
};

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
  object["story"] = race.story;
  return object;
}

void show(const explore::Race& race, Console& console) {
  console.line(fmt::format("{}  ({})", console.style()(view::Ink::kBold, race.id),
                           explore::side_name(race.side)));
  console.line(fmt::format("  {}", race.title));
  console.line(fmt::format("  issue {}; fixed by {}; {}", race.issue.empty() ? "none" : race.issue,
                           race.commits, race.versions));
  console.line("");
  console.print(wrapped(race.story, 92, "  "));
  console.line("");
  console.line(fmt::format("  mpglab hunt {} --bug {}", race.scenario, race.id));
}

void bugs(const Options& options, Context& context) {
  if (!options.id.empty()) {
    if (const auto found = find_faults({options.id}); !found) return context.fail(found.error());
  }
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
  command->add_flag("--json", options->json, "One JSON object a line");
  command->callback([options, &context] { bugs(*options, context); });
}

}  // namespace mpglab::cli
