#include "cli/model_options.h"

#include <fmt/format.h>

#include "cli/inputs.h"
#include "cli/numbers.h"
#include "cli/set_option.h"
#include "explore/strategies.h"

namespace mpglab::cli {

CLI::Option* add_model_options(CLI::App& command, ModelOptions& options) {
  CLI::Option* const scenario =
      command.add_option("scenario", options.scenario,
                         "A name that `mpglab scenarios` lists, or a file that ends in .toml");
  scenario->required();
  command
      .add_option("--bug", options.bugs,
                  "Switch a historical fault on (`mpglab bugs` lists them); may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_set_option(command, options.settings);
  command.add_option("--go", options.go, "The release whose runtime is modelled")
      ->capture_default_str();
  command.add_option("--max-steps", options.max_steps, "Steps that a schedule may take")
      ->check(whole_number(1, 1'000'000'000'000))
      ->capture_default_str();
  return scenario;
}

Result<Model, std::string> load_model(const ModelOptions& options) {
  if (options.go != "1.22")
    return failure(fmt::format("there is no model of Go {}; there is 1.22", options.go));
  const auto settings = settings_of(options.settings);
  if (!settings) return failure(settings.error());
  auto program = load_scenario(options.scenario, *settings);
  if (!program) return failure(program.error());
  const auto faults = find_faults(options.bugs);
  if (!faults) return failure(faults.error());
  return Model{std::move(*program), *faults};
}

std::string strategy_help() {
  std::string text = "How schedules are chosen:";
  for (const explore::StrategyName& known : explore::strategy_names())
    fmt::format_to(std::back_inserter(text), "\n  {:<12} {}", known.name, known.gloss);
  return text;
}

}  // namespace mpglab::cli
