// mpglab shrink: a smaller token of the same finding.

#include "explore/shrink.h"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/numbers.h"
#include "cli/outcome.h"
#include "cli/shrink_text.h"
#include "cli/token_option.h"
#include "explore/lab.h"
#include "explore/nearest_passing.h"
#include "view/passing.h"

namespace mpglab::cli {

namespace {

struct Options {
  TokenOption token;
  explore::ShrinkOptions shrink;
  bool json = false;
};

void shrink(const Options& options, Context& context) {
  auto loaded = load_token(options.token.text, options.token.scenario, options.token.settings);
  if (!loaded) return context.fail(loaded.error());
  explore::Lab lab(std::move(loaded->program), loaded->token.faults);
  const auto result = explore::shrink(lab, loaded->token, options.shrink);
  if (!result) return context.fail(divergence_text(result.error()));
  if (result->finding.code.empty())
    return context.fail("the token's schedule is sound: there is nothing to shrink it for");
  context.exit_code = exit_code_of(result->finding.verdict);
  const auto passing = explore::nearest_passing(lab, result->token);
  if (options.json) {
    Json object = json_object();
    object["command"] = "shrink";
    object["verdict"] = explore::verdict_name(result->finding.verdict);
    add_finding(object, result->finding);
    add_shrinking(object, *result);
    add_nearest_passing(object, passing);
    object["token"] = explore::to_text(result->token);
    context.console.print(json_line(object));
    return;
  }
  context.console.line(finding_line(context.console.style(), result->finding));
  context.console.line(shrink_line(*result));
  if (passing)
    context.console.line(fmt::format("passes {}: mpglab replay {}", view::passing_words(*passing),
                                     explore::to_text(passing->token)));
  context.console.line(fmt::format("token {}", explore::to_text(result->token)));
}

}  // namespace

void add_shrink(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("shrink", "Leave out of a schedule what its finding does not need");
  add_token_option(*command, options->token);
  command->add_option("--runs", options->shrink.max_runs, "Schedules to try at most")
      ->check(whole_number(1, 1'000'000'000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(
      "The new token has the same finding, and as few preemptions as could be found: none of them\n"
      "can be left out alone.");
  command->callback([options, &context] { shrink(*options, context); });
}

}  // namespace mpglab::cli
