// mpglab run: one schedule of a scenario.

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/inputs.h"
#include "cli/model_options.h"
#include "cli/numbers.h"
#include "cli/outcome.h"
#include "explore/lab.h"

namespace mpglab::cli {

namespace {

struct Options {
  ModelOptions model;
  std::string strategy = "random";
  std::uint64_t seed = 1;
  std::string output;
  bool json = false;
};

void run(const Options& options, Context& context) {
  auto model = load_model(options.model);
  if (!model) return context.fail(model.error());
  const auto kind = named_strategy(options.strategy);
  if (!kind) return context.fail(kind.error());
  explore::Lab lab(std::move(model->program), model->faults, options.model.max_steps);
  const auto strategy =
      explore::make_strategy({.kind = *kind, .seed = options.seed, .length = 1'000});
  const explore::Lab::Run result = lab.run(*strategy);
  const auto files = write_traces(lab, options.output);
  if (!files) return context.fail(files.error());
  Json object = json_object();
  object["command"] = "run";
  object["strategy"] = options.strategy;
  object["seed"] = options.seed;
  report_run(context, lab, result, *files, options.json, std::move(object));
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("run", "Run one schedule of a scenario, write its trace, and judge it");
  add_model_options(*command, options->model);
  command->add_option("--seed", options->seed, "Which schedule")
      ->check(whole_number(0, ~std::uint64_t{0}))
      ->capture_default_str();
  command->add_option("--strategy", options->strategy, strategy_help())->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "Where the trace goes; several go to FILE.1.trace, FILE.2.trace, ...");
  command->add_flag("--json", options->json, "One JSON object");
  command->footer("One seed is one schedule, always: same steps, same trace, same token.");
  command->callback([options, &context] { run(*options, context); });
}

}  // namespace mpglab::cli
