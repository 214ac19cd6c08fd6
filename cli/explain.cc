// mpglab explain: the failure card of a token.

#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/numbers.h"
#include "cli/origin_text.h"
#include "cli/outcome.h"
#include "cli/token_option.h"
#include "explore/lab.h"
#include "explore/nearest_passing.h"
#include "explore/recording.h"
#include "view/failure_card.h"

namespace mpglab::cli {

namespace {

struct Options {
  TokenOption token;
  std::size_t rows = 44;
};

void explain(const Options& options, Context& context) {
  auto loaded = load_token(options.token.text, options.token.scenario, options.token.settings);
  if (!loaded) return context.fail(loaded.error());
  explore::Lab lab(std::move(loaded->program), loaded->token.faults);
  const auto recording = explore::record(lab, loaded->token);
  if (!recording) return context.fail(divergence_text(loaded->token, recording.error()));
  if (!recording->finding) {
    context.console.line(fmt::format("{}: {}; there is nothing to explain", loaded->token.scenario,
                                     explore::verdict_name(recording->verdict)));
    return;
  }
  context.exit_code = exit_code_of(recording->verdict);
  const auto passing = explore::nearest_passing(lab, loaded->token);
  context.console.print(view::failure_card(*recording, {.style = context.console.style(),
                                                        .width = context.console.width(),
                                                        .max_rows = options.rows,
                                                        .passing = passing ? &*passing : nullptr}));
  if (loaded->token.origin) context.console.line(origin_line(*loaded->token.origin));
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explain", "Show how a finding came about, on one screen");
  add_token_option(*command, options->token);
  command->add_option("--rows", options->rows, "Rows of the story at most")
      ->check(whole_number(1, 100'000))
      ->capture_default_str();
  command->footer(
      "Shrink the token first: the card of a schedule with few preemptions is easier to read.");
  command->callback([options, &context] { explain(*options, context); });
}

}  // namespace mpglab::cli
