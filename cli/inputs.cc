#include "cli/inputs.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/near_name.h"
#include "cli/files.h"
#include "explore/builtin_scenarios.h"
#include "sim/scenario.h"

namespace mpglab::cli {

namespace {

// "; did you mean x?", or what else to do.
std::string hint(std::string_view near, std::string_view otherwise) {
  if (near.empty()) return fmt::format("; {}", otherwise);
  return fmt::format("; did you mean {}?", near);
}

Result<sim::Program, std::string> parse(std::string_view file, std::string_view text,
                                        const std::vector<sim::Setting>& settings) {
  auto program = sim::parse_scenario(file, text, settings);
  if (program) return std::move(*program);
  const sim::ScenarioError& error = program.error();
  if (error.line == 0) return failure(fmt::format("{}: {}", file, error.message));
  return failure(fmt::format("{}:{}:{}: {}", file, error.line, error.column, error.message));
}

}  // namespace

Result<std::vector<sim::Setting>, std::string> settings_of(const std::vector<std::string>& texts) {
  std::vector<sim::Setting> settings;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string number = equals == std::string::npos ? "" : text.substr(equals + 1);
    std::uint32_t value = 0;
    const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (equals == 0 || status != std::errc{} || end != number.data() + number.size()) {
      return failure(fmt::format("--set: expected NAME=NUMBER, not '{}'", text));
    }
    settings.push_back({text.substr(0, equals), value});
  }
  return settings;
}

Result<sim::Program, std::string> load_scenario(const std::string& name,
                                                const std::vector<sim::Setting>& settings) {
  if (name.find('/') == std::string::npos && !name.ends_with(".toml")) {
    if (const explore::BuiltinScenario* known = explore::find_builtin_scenario(name))
      return parse(known->file, known->text, settings);
    return failure(fmt::format("there is no scenario '{}'{}", name,
                               hint(explore::nearest_builtin_scenario(name),
                                    "`mpglab scenarios` lists them, and a file ends in .toml")));
  }
  const auto bytes = read_file(name);
  if (!bytes) return failure(bytes.error());
  return parse(name, {reinterpret_cast<const char*>(bytes->data()), bytes->size()}, settings);
}

Result<explore::FaultSet, std::string> find_faults(const std::vector<std::string>& ids) {
  explore::FaultSet faults;
  for (const std::string& id : ids) {
    const explore::Race* race = explore::find_race(id);
    if (race == nullptr) {
      return failure(fmt::format("there is no bug '{}'{}", id,
                                 hint(explore::nearest_race(id), "`mpglab bugs` lists them")));
    }
    faults.add(*race);
  }
  return faults;
}

Result<explore::StrategyKind, std::string> named_strategy(const std::string& name) {
  if (const auto kind = explore::find_strategy(name)) return *kind;
  std::vector<std::string_view> names;
  for (const explore::StrategyName& known : explore::strategy_names()) names.push_back(known.name);
  return failure(fmt::format(
      "there is no strategy '{}'{}", name,
      hint(nearest_name(name, names), fmt::format("there are {}", fmt::join(names, ", ")))));
}

std::string no_seed_text(const std::string& strategy) {
  return fmt::format("--strategy {} draws nothing and tries the same schedules always: no --seed",
                     strategy);
}

Result<Replayable, std::string> load_token(const std::string& text, const std::string& scenario,
                                           const std::vector<std::string>& setting_texts) {
  const auto wanted = settings_of(setting_texts);
  if (!wanted) return failure(wanted.error());
  auto token = explore::token_from_text(text);
  if (!token) return failure(token.error().message);
  const std::string& name = scenario.empty() ? token->scenario : scenario;
  auto program = load_scenario(name);
  if (program) {
    std::vector<sim::Setting> settings;
    for (const explore::TokenSetting& setting : token->settings)
      // If the scenario has not so many any more, it has been edited, which is found out below.
      if (setting.number < program->settings.size())
        settings.push_back({program->settings[setting.number].name, setting.value});
    settings.insert(settings.end(), wanted->begin(), wanted->end());
    if (!settings.empty()) program = load_scenario(name, settings);
  }
  if (!program) {
    if (!scenario.empty() || explore::find_builtin_scenario(token->scenario) != nullptr)
      return failure(program.error());
    return failure(fmt::format(
        "the token is of scenario '{0}', which is not built in: say --scenario {0}.toml",
        token->scenario));
  }
  *program = explore::as_the_token_has_it(std::move(*program), *token);
  if (const auto fits = explore::check_fits(*token, *program); !fits)
    return failure(fits.error().message);
  return Replayable{std::move(*token), std::move(*program)};
}

std::string title_of(const sim::Program& program, explore::FaultSet faults) {
  std::string title = program.name;
  std::string_view before = " with ";
  for (const sim::ProgramSetting& setting : program.settings) {
    if (!setting.changed) continue;
    title += fmt::format("{}{}={}", before, setting.name, setting.value);
    before = ", ";
  }
  return faults.empty() ? title : fmt::format("{} + {}", title, names_of(faults));
}

std::string names_of(explore::FaultSet faults) {
  std::string names;
  for (const explore::Race& race : explore::catalogue()) {
    if (!faults.has(race)) continue;
    if (!names.empty()) names += ", ";
    names += race.id;
  }
  return names;
}

}  // namespace mpglab::cli
