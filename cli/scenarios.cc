// mpglab scenarios: what can be run.

#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/text.h"
#include "explore/builtin_scenarios.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::string name;
  bool json = false;
};

void scenarios(const Options& options, Context& context) {
  for (const explore::BuiltinScenario& scenario : explore::builtin_scenarios()) {
    const auto program = load_scenario(std::string(scenario.name));
    if (!program) return context.fail(program.error());
    if (options.json) {
      Json object = json_object();
      object["id"] = scenario.name;
      object["name"] = scenario.name;
      object["title"] = program->title;
      object["file"] = scenario.file;
      object["gomaxprocs"] = program->gomaxprocs;
      context.console.print(json_line(object));
    } else {
      context.console.line(fmt::format("{:<18} {}", scenario.name, program->title));
    }
  }
  if (!options.json)
    context.console.line(
        "\n`mpglab scenarios NAME` shows one; `mpglab run FILE.toml` runs your own.");
}

void one_scenario(const Options& options, Context& context) {
  const auto program = load_scenario(options.name);
  if (!program) return context.fail(program.error());
  if (options.json) {
    Json object = json_object();
    object["id"] = program->name;
    object["name"] = program->name;
    object["title"] = program->title;
    object["story"] = program->story;
    object["file"] = program->file;
    object["gomaxprocs"] = program->gomaxprocs;
    context.console.print(json_line(object));
    return;
  }
  context.console.line(fmt::format(
      "{}: {}\n", context.console.style()(view::Ink::kBold, program->name), program->title));
  context.console.print(wrapped(program->story, 88, ""));
  const explore::BuiltinScenario* known = explore::find_builtin_scenario(options.name);
  if (known != nullptr) {
    context.console.line(fmt::format("\n{}:\n", known->file));
    context.console.print(known->text);
  }
}

}  // namespace

void add_scenarios(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("scenarios", "List the scenarios, or show one");
  command->add_option("name", options->name, "One scenario, with its story and text");
  command->add_flag("--json", options->json, "One JSON object a line");
  command->callback([options, &context] {
    options->name.empty() ? scenarios(*options, context) : one_scenario(*options, context);
  });
}

}  // namespace mpglab::cli
