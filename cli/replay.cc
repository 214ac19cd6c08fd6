// mpglab replay: the schedule of a token again, to the byte.

#include "explore/replay.h"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/origin_text.h"
#include "cli/outcome.h"
#include "cli/token_option.h"
#include "explore/lab.h"

namespace mpglab::cli {

namespace {

struct Options {
  TokenOption token;
  std::string output;
  bool json = false;
};

void replay(const Options& options, Context& context) {
  auto loaded = load_token(options.token.text, options.token.scenario, options.token.settings);
  if (!loaded) return context.fail(loaded.error());
  explore::Lab lab(std::move(loaded->program), loaded->token.faults);
  const auto run = explore::replay(lab, loaded->token);
  if (!run) return context.fail(divergence_text(loaded->token, run.error()));
  const auto files = write_traces(lab, options.output);
  if (!files) return context.fail(files.error());
  Json object = json_object();
  object["command"] = "replay";
  const auto& origin = loaded->token.origin;
  report_run(context, lab, *run, origin, origin ? origin_line(*origin) : "", *files, options.json,
             std::move(object));
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("replay", "Run the schedule of a token again, byte for byte");
  add_token_option(*command, options->token);
  command->add_option("-o,--output", options->output,
                      "Where the trace goes; several go to FILE.1.trace, FILE.2.trace, ...");
  command->add_flag("--json", options->json, "One JSON object");
  command->callback([options, &context] { replay(*options, context); });
}

}  // namespace mpglab::cli
