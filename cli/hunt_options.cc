#include "cli/hunt_options.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/inputs.h"

namespace mpglab::cli {

namespace {

// Said or not: what was not said is null, and stays what it is by itself.
template <class Number>
Json if_given(const HuntOptions& options, std::string_view name, Number number) {
  return options.has(name) ? Json(number) : Json(nullptr);
}

template <class Number>
void take_if_given(const Json& settings, std::string_view name, Number& number,
                   HuntOptions& options) {
  const Json& kept = settings.at(std::string(name));
  if (kept.is_null()) return;
  kept.get_to(number);
  options.given.emplace(name);
}

std::vector<std::string> in_order(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

// A setting as it is said on the command line.
std::string said(std::string_view name, const Json& value) {
  std::string option = name == "scenario" ? "scenario" : fmt::format("--{}", name);
  if (value.is_null() || value == false || (value.is_array() && value.empty()))
    return fmt::format("no {}", option);
  if (value == true) return option;
  if (!value.is_array())
    return fmt::format("{} {}", option,
                       value.is_string() ? value.get<std::string>() : value.dump());
  std::string text;
  for (const Json& one : value)
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", option, one.get<std::string>());
  return text;
}

}  // namespace

Result<void, std::string> check_folders(const HuntOptions& options) {
  if (options.has("resume") && options.has("out"))
    return failure(std::string("--resume goes on in its own folder, so there is no --out"));
  for (const auto& [name, folder] : {std::pair("resume", &options.resume), {"out", &options.out}})
    if (options.has(name) && folder->empty())
      return failure(fmt::format("--{} wants the name of a folder, and this one is empty", name));
  return {};
}

Result<void, std::string> check_options(const HuntOptions& options, explore::StrategyKind kind) {
  const std::string& strategy = options.strategy;
  if (options.has("deviations") && kind != explore::StrategyKind::kDfs)
    return failure(fmt::format("--deviations is for --strategy dfs, not {}", strategy));
  if (options.has("preemptions") && !explore::bounds_preemptions(kind))
    return failure(fmt::format("--preemptions is for --strategy dfs or states, not {}", strategy));
  if (options.classes && explore::is_prover(kind))
    return failure(
        fmt::format("--classes is not for --strategy {}, which has its own count", strategy));
  if (options.tell_ms_apart && !explore::is_prover(kind))
    return failure(
        fmt::format("--tell-ms-apart is for --strategy dpor or states, not {}, which "
                    "does so in any case",
                    strategy));
  if (options.has("depth") && !explore::has_depth(kind))
    return failure(fmt::format("--depth is for --strategy pct or fair-pct, not {}", strategy));
  if (options.has("seed") && !explore::has_seed(kind)) return failure(no_seed_text(strategy));
  if (options.jobs > 1 && !explore::can_use_jobs(kind))
    return failure(fmt::format("--strategy {} tries schedules in an order: --jobs 1", strategy));
  if (options.shards > 1 && !explore::has_numbered_executions(kind))
    return failure(fmt::format("--strategy {} tries schedules in an order: no --shard", strategy));
  return {};
}

Json campaign_settings(const HuntOptions& options) {
  Json settings = Json::object();
  settings["scenario"] = options.model.scenario;
  settings["bug"] = in_order(options.model.bugs);
  settings["set"] = in_order(options.model.settings);
  settings["go"] = options.model.go;
  settings["max-steps"] = options.model.max_steps;
  settings["strategy"] = options.strategy;
  settings["depth"] = if_given(options, "depth", options.depth);
  settings["deviations"] = if_given(options, "deviations", options.bounds.deviations);
  settings["preemptions"] = if_given(options, "preemptions", options.bounds.preemptions);
  settings["seed"] = options.seed;
  settings["shard"] = fmt::format("{}/{}", options.shard, options.shards);
  settings["classes"] = options.classes;
  settings["at-once"] = options.at_once;
  settings["tell-ms-apart"] = options.tell_ms_apart;
  return settings;
}

Result<void, std::string> take_settings(const Json& settings, HuntOptions& options) {
  const Json asked = campaign_settings(options);
  for (const auto& [name, value] : asked.items()) {
    // A file may be named in several ways; whether it is the same scenario, its program tells.
    const bool file =
        name == "scenario" && value.get<std::string>().find_first_of("./") != std::string::npos;
    if (options.has(name) && !file && value != settings.at(name)) {
      return failure(fmt::format("this campaign has {}, not {}", said(name, settings.at(name)),
                                 said(name, value)));
    }
  }
  if (!options.has("scenario")) settings.at("scenario").get_to(options.model.scenario);
  settings.at("bug").get_to(options.model.bugs);
  settings.at("set").get_to(options.model.settings);
  settings.at("go").get_to(options.model.go);
  settings.at("max-steps").get_to(options.model.max_steps);
  settings.at("strategy").get_to(options.strategy);
  settings.at("seed").get_to(options.seed);
  settings.at("classes").get_to(options.classes);
  settings.at("at-once").get_to(options.at_once);
  settings.at("tell-ms-apart").get_to(options.tell_ms_apart);
  take_if_given(settings, "depth", options.depth, options);
  take_if_given(settings, "deviations", options.bounds.deviations, options);
  take_if_given(settings, "preemptions", options.bounds.preemptions, options);
  return {};
}

}  // namespace mpglab::cli
