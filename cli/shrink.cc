// mpglab shrink: a smaller token of the same finding; and a smaller scenario that has it.

#include "explore/shrink.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/numbers.h"
#include "cli/origin_text.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/shrink_text.h"
#include "cli/token_option.h"
#include "explore/lab.h"
#include "explore/nearest_passing.h"
#include "explore/shrink_program.h"
#include "view/passing.h"

namespace mpglab::cli {

namespace {

struct Options {
  TokenOption token;
  std::uint64_t runs = 0;  // 0: as many as there are by default
  std::string output;
  bool json = false;
};

std::string nothing_to_shrink(explore::Verdict verdict) {
  return fmt::format("the token's schedule is {}: there is nothing to shrink it for",
                     explore::verdict_name(verdict));
}

// What is said of a shrinking that has come to its end, with or without a new scenario.
void tell(const Options& options, Context& context, const explore::ShrinkResult& result,
          const std::optional<explore::NearestPassing>& passing,
          const explore::ShrinkProgramResult* program) {
  context.exit_code = exit_code_of(result.finding.verdict);
  if (options.json) {
    Json object = json_object();
    object["command"] = "shrink";
    object["verdict"] = explore::verdict_name(result.finding.verdict);
    add_finding(object, result.finding);
    add_shrinking(object, result);
    if (program != nullptr) add_program_shrinking(object, *program, options.output);
    add_nearest_passing(object, passing);
    add_token(object, result.token);
    context.console.print(json_line(object));
    return;
  }
  context.console.line(finding_line(context.console.style(), result.finding));
  if (program != nullptr) context.console.line(program_shrink_line(*program));
  context.console.line(shrink_line(result));
  if (passing)
    context.console.line(
        fmt::format("passes {}: mpglab replay {}{}", view::passing_words(*passing),
                    explore::to_text(passing->token),
                    program == nullptr ? "" : fmt::format(" --scenario {}", options.output)));
  context.console.line(fmt::format("token {}", explore::to_text(result.token)));
  if (result.token.origin) context.console.line(origin_line(*result.token.origin));
  if (program != nullptr)
    context.console.line(fmt::format("wrote {}; the token is replayed with --scenario {}",
                                     options.output, options.output));
}

void shrink_schedule(const Options& options, const Replayable& loaded, Context& context) {
  explore::Lab lab(loaded.program, loaded.token.faults);
  explore::ShrinkOptions limits;
  if (options.runs != 0) limits.max_runs = options.runs;
  const auto result = explore::shrink(lab, loaded.token, limits);
  if (!result) return context.fail(divergence_text(loaded.token, result.error()));
  if (result->finding.code.empty())
    return context.fail(nothing_to_shrink(explore::Verdict::kSound));
  tell(options, context, *result, explore::nearest_passing(lab, result->token), nullptr);
}

// An error if the token does not fit.
Result<explore::Verdict, explore::Divergence> verdict_of(const Replayable& loaded) {
  explore::Lab lab(loaded.program, loaded.token.faults);
  const auto run = explore::replay(lab, loaded.token);
  if (!run) return failure(run.error());
  return run->verdict;
}

void shrink_scenario(const Options& options, const Replayable& loaded, Context& context) {
  if (!options.output.ends_with(".toml"))
    return context.fail(fmt::format("{}: a scenario's file ends in .toml", options.output));
  const auto verdict = verdict_of(loaded);
  if (!verdict) return context.fail(divergence_text(loaded.token, verdict.error()));
  if (!explore::is_finding(*verdict)) return context.fail(nothing_to_shrink(*verdict));
  // Before the work that would be in vain.
  if (const auto trial = FileWriter::create(options.output); !trial)
    return context.fail(trial.error());

  explore::ShrinkProgramOptions limits;
  if (options.runs != 0) limits.max_runs = options.runs;
  const Interrupt interrupt;
  Progress progress(context.console, explore::HuntOptions{});
  const auto start = std::chrono::steady_clock::now();
  limits.progress = [&](const explore::ShrinkProgramProgress& at) {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - start;
    progress.show(
        {.runs = at.runs, .findings = 0, .seconds = since.count(), .classes = {}, .dfs = {}});
    return !interrupt.happened();
  };
  const auto result = explore::shrink_program(loaded.program, loaded.token, options.output, limits);
  if (!result) return context.fail(divergence_text(loaded.token, result.error()));
  progress.clear();
  const auto written = write_file(options.output, std::as_bytes(std::span(result->text)));
  if (!written) return context.fail(written.error());
  explore::Lab lab(result->program, loaded.token.faults);
  tell(options, context, result->schedule, explore::nearest_passing(lab, result->schedule.token),
       &*result);
}

void shrink(const Options& options, Context& context) {
  const auto loaded =
      load_token(options.token.text, options.token.scenario, options.token.settings);
  if (!loaded) return context.fail(loaded.error());
  if (options.output.empty()) return shrink_schedule(options, *loaded, context);
  shrink_scenario(options, *loaded, context);
}

}  // namespace

void add_shrink(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "shrink", "Leave out of a schedule, and of its scenario, what its finding does not need");
  add_token_option(*command, options->token);
  command->add_option("-o,--output", options->output,
                      "Shrink the scenario as well, and write what is left of it here: FILE.toml");
  command
      ->add_option("--runs", options->runs,
                   "Schedules to try at most; without it 100,000, and 2,000,000 with -o")
      ->check(whole_number(1, 1'000'000'000));
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(
      "The new token has the same finding, and as few preemptions as could be found: none of them\n"
      "can be left out alone. With -o it is a token of the smaller scenario: replay it with\n"
      "--scenario FILE.toml.");
  command->callback([options, &context] { shrink(*options, context); });
}

}  // namespace mpglab::cli
