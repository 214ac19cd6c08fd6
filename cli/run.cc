// mpglab run: one schedule of a scenario.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/model_options.h"
#include "cli/numbers.h"
#include "cli/outcome.h"
#include "cli/text.h"
#include "explore/judge.h"
#include "explore/lab.h"
#include "sim/world.h"

namespace mpglab::cli {

namespace {

struct Options {
  ModelOptions model;
  std::string strategy = "random";
  std::uint64_t seed = 1;
  std::string output;
  bool no_judge = false;
  bool steps_given = false;
  bool seed_given = false;
  bool json = false;
};

// Nothing if the strategy has none.
Json seed_of(explore::StrategyKind kind, const Options& options) {
  return explore::has_seed(kind) ? Json(options.seed) : Json(nullptr);
}

// Writes a trace to a file while it is made, or only counts its bytes.
class FileSink final : public sim::TraceSink {
 public:
  explicit FileSink(FileWriter* file) : file_(file) {}

  void write(std::span<const std::byte> bytes) override {
    written_ += bytes.size();
    if (file_ != nullptr) file_->write(bytes);
  }
  std::uint64_t written() const { return written_; }

 private:
  FileWriter* file_;
  std::uint64_t written_ = 0;
};

// A run that is only for its trace: nothing is kept of it, so it may be as long as it likes.
void run_without_judge(const Options& options, const Model& model, explore::StrategyKind kind,
                       Context& context) {
  if (!model.program.trace_whole_run) {
    return context.fail(
        "--no-judge writes one trace: it is for scenarios without trace-start and trace-stop");
  }
  std::optional<FileWriter> file;
  if (!options.output.empty()) {
    auto created = FileWriter::create(options.output);
    if (!created) return context.fail(created.error());
    file.emplace(std::move(*created));
  }
  FileSink sink(file ? &*file : nullptr);
  sim::WorldOptions world_options;
  world_options.faults = model.faults.sim_faults();
  world_options.engine.max_steps =
      options.steps_given ? options.model.max_steps : ~std::uint64_t{0};
  world_options.engine.keep_tape = false;
  world_options.keep_truth = false;
  world_options.sink = &sink;
  sim::World world(model.program, world_options);
  const auto strategy =
      explore::make_strategy({.kind = kind, .seed = options.seed, .length = 1'000});
  const sim::Outcome& outcome = world.run(*strategy);

  std::optional<explore::Finding> finding;
  if (outcome.kind != sim::Outcome::Kind::kFinished)
    finding = explore::Judge().judge(world, outcome);
  if (finding) {
    context.exit_code = exit_code_of(finding->verdict);
  } else if (file) {
    if (const auto finished = file->finish(); !finished) return context.fail(finished.error());
  }
  if (options.json) {
    Json object = json_object();
    object["command"] = "run";
    object["scenario"] = model.program.name;
    object["seed"] = seed_of(kind, options);
    object["verdict"] = finding ? explore::verdict_name(finding->verdict) : "not-judged";
    object["steps"] = outcome.execution->steps;
    object["bytes"] = sink.written();
    if (finding) add_finding(object, *finding);
    context.console.print(json_line(object));
    return;
  }
  context.console.line(fmt::format(
      "{}: {}", model.program.name,
      finding ? finding_line(context.console.style(), *finding) : std::string("not judged")));
  context.console.line(fmt::format("  {}; {} of trace", counted(outcome.execution->steps, "step"),
                                   counted(sink.written(), "byte")));
  if (file && !finding) context.console.line(fmt::format("  wrote {}", options.output));
}

void run(const Options& options, Context& context) {
  auto model = load_model(options.model);
  if (!model) return context.fail(model.error());
  const auto kind = named_strategy(options.strategy);
  if (!kind) return context.fail(kind.error());
  if (explore::is_prover(*kind)) {
    return context.fail(
        fmt::format("--strategy {} is for many schedules: hunt has it", options.strategy));
  }
  if (options.seed_given && !explore::has_seed(*kind))
    return context.fail(no_seed_text(options.strategy));
  if (options.no_judge) return run_without_judge(options, *model, *kind, context);
  explore::Lab lab(std::move(model->program), model->faults, options.model.max_steps);
  const auto strategy =
      explore::make_strategy({.kind = *kind, .seed = options.seed, .length = 1'000});
  const explore::Lab::Run result = lab.run(*strategy);
  const auto files = write_traces(lab, options.output);
  if (!files) return context.fail(files.error());
  Json object = json_object();
  object["command"] = "run";
  object["strategy"] = options.strategy;
  object["seed"] = seed_of(*kind, options);
  explore::Origin origin;
  origin.strategy = *kind;
  if (explore::has_seed(*kind)) origin.seed = options.seed;
  report_run(context, lab, result, origin, "", *files, options.json, std::move(object));
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
  command->add_flag(
      "--no-judge", options->no_judge,
      "Only write the trace: nothing is kept and nothing judged, so the run may be as "
      "long as it likes; without --max-steps it is not limited");
  command->add_flag("--json", options->json, "One JSON object");
  command->footer("One seed is one schedule, always: same steps, same trace, same token.");
  command->callback([options, command, &context] {
    options->steps_given = command->count("--max-steps") > 0;
    options->seed_given = command->count("--seed") > 0;
    run(*options, context);
  });
}

}  // namespace mpglab::cli
