// mpglab hunt: many schedules of a scenario, until one of them goes wrong.

#include "explore/hunt.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/findings_folder.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/model_options.h"
#include "cli/numbers.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/shrink_text.h"
#include "cli/text.h"
#include "explore/recording.h"
#include "explore/replay.h"
#include "explore/shrink.h"
#include "interleave/pct.h"
#include "view/failure_card.h"

namespace mpglab::cli {

namespace {

constexpr std::uint64_t kDefaultRuns = 100'000;

struct Options {
  ModelOptions model;
  std::string strategy = "random";
  unsigned depth = explore::kDefaultPctDepth;
  interleave::BoundedDfs::Bounds bounds;
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;
  double seconds = 0;
  unsigned jobs = 1;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  bool keep_going = false;
  bool no_shrink = false;
  bool no_card = false;
  std::string out;
  bool json = false;
  bool depth_given = false;
  bool preemptions_given = false;
  bool deviations_given = false;
};

// "2/5".
void read_shard(const std::string& text, Options& options) {
  const std::size_t slash = text.find('/');
  const auto number = [&](std::string_view digits, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  constexpr std::uint64_t kMostShards = 1'000'000;
  const std::string_view all = text;
  if (slash == std::string::npos || !number(all.substr(0, slash), options.shard) ||
      !number(all.substr(slash + 1), options.shards) || options.shard < 1 ||
      options.shard > options.shards || options.shards > kMostShards) {
    throw CLI::ValidationError(
        "--shard", fmt::format("'{}' is no part of a whole: 1/4 is the first of four", text));
  }
}

class Hunt {
 public:
  Hunt(const Options& options, Context& context)
      : options_(options), context_(context), style_(context.console.style()) {}

  void run() {
    auto model = load_model(options_.model);
    if (!model) return context_.fail(model.error());
    const auto kind = named_strategy(options_.strategy);
    if (!kind) return context_.fail(kind.error());
    if (const auto fits = options_fit(*kind); !fits) return context_.fail(fits.error());

    if (!options_.out.empty()) {
      auto folder = FindingsFolder::open(options_.out);
      if (!folder) return context_.fail(folder.error());
      folder_ = std::move(*folder);
      if (const auto tried = try_known(*model); !tried) return context_.fail(tried.error());
    }

    explore::HuntOptions hunt;
    hunt.strategy = *kind;
    hunt.pct_depth = options_.depth;
    hunt.bounds = options_.bounds;
    hunt.seed = options_.seed;
    hunt.runs = options_.runs == 0 && options_.seconds == 0 ? kDefaultRuns : options_.runs;
    hunt.seconds = options_.seconds;
    hunt.keep_going = options_.keep_going;
    hunt.jobs = options_.jobs;
    hunt.shard = options_.shard - 1;
    hunt.shards = options_.shards;
    hunt.faults = model->faults;
    hunt.max_steps = options_.model.max_steps;
    Progress progress(context_.console, hunt.runs, hunt.seconds);
    const Interrupt interrupt;
    hunt.progress = [&](const explore::HuntProgress& at) {
      progress.show(at.runs, at.findings, at.seconds);
      return !interrupt.happened();
    };
    const explore::HuntResult result = explore::hunt(model->program, hunt);
    progress.clear();

    context_.exit_code = exit_code_of(result.verdict);
    const bool ended_early =
        (explore::is_exhaustive(*kind) && !result.verified) || result.interrupted;
    if (context_.exit_code == kNothingFound && ended_early) context_.exit_code = kInconclusive;
    if (known_occur_) context_.exit_code = kFound;
    if (result.discoveries.empty()) return nothing(*model, result);
    if (!options_.json) context_.console.line(summary(*model, result));
    std::string first;
    for (const explore::Discovery& discovery : result.discoveries) {
      std::string token = tell(*model, discovery);
      if (discovery.run == result.first_finding_run) first = std::move(token);
    }
    if (options_.json) context_.console.print(json_line(last_object(*model, result, first)));
  }

 private:
  // Options that would be taken and not heeded.
  Result<void, std::string> options_fit(explore::StrategyKind kind) const {
    using explore::StrategyKind;
    const bool bounded = options_.preemptions_given || options_.deviations_given;
    if (bounded && kind != StrategyKind::kDfs)
      return failure(fmt::format("--preemptions and --deviations are for --strategy dfs, not {}",
                                 options_.strategy));
    if (options_.depth_given && kind != StrategyKind::kPct && kind != StrategyKind::kFairPct)
      return failure(
          fmt::format("--depth is for --strategy pct or fair-pct, not {}", options_.strategy));
    if (options_.jobs > 1 && !explore::has_numbered_executions(kind))
      return failure(
          fmt::format("--strategy {} tries schedules in an order: --jobs 1", options_.strategy));
    if (options_.shards > 1 && !explore::has_numbered_executions(kind))
      return failure(
          fmt::format("--strategy {} tries schedules in an order: no --shard", options_.strategy));
    return {};
  }

  // Runs what the folder has of this scenario again, before anything else.
  Result<void, std::string> try_known(const Model& model) {
    const auto known = folder_->known(model.program.name, model.faults);
    if (!known) return failure(known.error());
    explore::Lab lab(model.program, model.faults, options_.model.max_steps);
    for (const FindingsFolder::Known& one : *known) {
      const bool fits = explore::check_fits(one.token, model.program).has_value();
      const auto run = fits ? std::optional(explore::replay(lab, one.token)) : std::nullopt;
      const bool followed = run && run->has_value();
      const std::string_view now =
          followed ? explore::verdict_name((*run)->verdict) : std::string_view("does not fit");
      known_occur_ = known_occur_ || (followed && explore::is_finding((*run)->verdict));
      if (options_.json) {
        Json object = json_object();
        object["type"] = "known";
        object["name"] = one.name;
        object["verdict"] = followed ? Json(now) : Json(nullptr);
        context_.console.print(json_line(object));
      } else {
        context_.console.line(fmt::format("known {}: {}", one.name, now));
      }
    }
    return {};
  }

  // Keeps a finding, if there is a folder for it, and says where.
  void keep(explore::Lab& lab, const explore::Finding& finding, const explore::Token& token,
            const Json& object) {
    if (!folder_ || !explore::is_finding(finding.verdict)) return;
    const auto recording = explore::record(lab, token);
    if (!recording || !recording->finding) return;
    const view::Style plain(false);
    const auto kept = folder_->keep(lab, finding, token, json_line(object),
                                    view::failure_card(*recording, {.style = plain, .width = 100}));
    if (!kept) return context_.fail(kept.error());
    if (!options_.json)
      context_.console.line(
          fmt::format("{} {}", kept->known ? "known as" : "kept in", kept->folder));
  }

  std::string speed(const explore::HuntResult& result) const {
    const double rate =
        result.seconds > 0 ? static_cast<double>(result.runs) / result.seconds : 0.0;
    return fmt::format("{}, {} schedules/s, {}, seed {}", duration_text(result.seconds),
                       grouped(static_cast<std::uint64_t>(rate)), options_.strategy, options_.seed);
  }

  void nothing(const Model& model, const explore::HuntResult& result) {
    if (options_.json) {
      context_.console.print(json_line(last_object(model, result, "")));
      return;
    }
    context_.console.line(fmt::format("{}: {} ({})", title_of(model.program, model.faults),
                                      nothing_text(result), speed(result)));
    // With the default depth, which is for what PCT meets in practice, it would be next to nothing.
    // For schedules of which fairness has left some out it is not proven.
    if (options_.depth_given && options_.strategy == "pct")
      context_.console.line(guarantee(result));
  }

  std::string nothing_text(const explore::HuntResult& result) const {
    const std::string runs = counted(result.runs, "schedule");
    const std::string verified = style_(view::Ink::kGreen, "verified");
    if (result.whole) return fmt::format("{}: nothing goes wrong in any of {}", verified, runs);
    if (result.verified)
      return fmt::format("{} within {}: nothing goes wrong in any of {}", verified,
                         bounds_text(result.complete_below), runs);
    std::string text =
        result.interrupted
            ? fmt::format("{}; nothing found in {} so far",
                          style_(view::Ink::kYellow, "interrupted"), runs)
            : fmt::format("{} in {}", style_(view::Ink::kGreen, "nothing found"), runs);
    if (result.complete_below > 0)
      text += fmt::format("; all within {} were tried", bounds_text(result.complete_below));
    return text;
  }

  // "2 deviations from the default schedule and 1 preemption". `below`: one more than the former.
  std::string bounds_text(std::uint32_t below) const {
    std::string text = counted(below - 1, "deviation") + " from the default schedule";
    if (options_.preemptions_given)
      text += fmt::format(" and {}", counted(options_.bounds.preemptions, "preemption"));
    return text;
  }

  std::string guarantee(const explore::HuntResult& result) const {
    return fmt::format(
        "  PCT: one schedule meets a fault of depth {} with a probability of at least {:.1e} "
        "({} threads, {} choices)",
        options_.depth,
        interleave::Pct::guarantee(result.usual_threads, result.usual_choices, options_.depth),
        result.usual_threads, grouped(result.usual_choices));
  }

  std::string summary(const Model& model, const explore::HuntResult& result) const {
    std::string text =
        result.findings == 0
            ? fmt::format("{}: no finding", title_of(model.program, model.faults))
            : fmt::format("{}: {} at schedule {}", title_of(model.program, model.faults),
                          style_(view::Ink::kRed, explore::verdict_name(result.verdict)),
                          grouped(result.first_finding_run));
    if (options_.keep_going && result.findings > 0)
      text += fmt::format(", {} in {}", counted(result.findings, "finding"),
                          counted(result.runs, "schedule"));
    if (result.interrupted) text += "; interrupted";
    if (result.budget_runs > 0)
      text += fmt::format("; {} ran out of steps, and nothing can be said of them",
                          counted(result.budget_runs, "schedule"));
    return fmt::format("{} ({})", text, speed(result));
  }

  // Shows a discovery, shrunk if that is wanted. Returns its token.
  std::string tell(const Model& model, const explore::Discovery& discovery) {
    explore::Token token = discovery.token;
    Json object = json_object();
    object["type"] = "finding";
    object["verdict"] = explore::verdict_name(discovery.finding.verdict);
    object["scenario"] = model.program.name;
    object["bugs"] = json_of(model.faults);
    object["settings"] = json_of(model.program.settings);
    object["strategy"] = options_.strategy;
    object["seed"] = options_.seed;
    object["run"] = discovery.run;
    object["count"] = discovery.count;
    add_finding(object, discovery.finding);
    if (!options_.json) context_.console.line(finding_line(style_, discovery.finding));
    explore::Lab lab(model.program, model.faults, options_.model.max_steps);
    if (!options_.no_shrink && explore::is_finding(discovery.finding.verdict)) {
      const auto shrunk = explore::shrink(lab, token, {});
      if (!shrunk) {
        context_.console.complain(
            fmt::format("internal error: a schedule just found cannot be repeated: {}",
                        shrunk.error().message));
        context_.exit_code = kInternal;
        return explore::to_text(token);
      }
      token = shrunk->token;
      add_shrinking(object, *shrunk);
      if (!options_.json) context_.console.line(shrink_line(*shrunk));
    }
    std::string text = explore::to_text(token);
    object["token"] = text;
    keep(lab, discovery.finding, token, object);
    if (options_.json) {
      context_.console.print(json_line(object));
    } else if (!explore::is_finding(discovery.finding.verdict)) {
      // Nothing to look at; the token of so long a schedule is there with --json.
    } else if (options_.no_card) {
      context_.console.line(fmt::format("token {}", text));
    } else {
      card(lab, token);
    }
    return text;
  }

  void card(explore::Lab& lab, const explore::Token& token) {
    const auto recording = explore::record(lab, token);
    if (!recording || !recording->finding) return;
    context_.console.line("");
    context_.console.print(
        view::failure_card(*recording, {.style = style_, .width = context_.console.width()}));
  }

  Json last_object(const Model& model, const explore::HuntResult& result,
                   const std::string& token) const {
    Json object = json_object();
    object["type"] = "result";
    object["command"] = "hunt";
    object["scenario"] = model.program.name;
    object["bugs"] = json_of(model.faults);
    object["settings"] = json_of(model.program.settings);
    object["verdict"] =
        result.verified ? std::string_view("verified") : explore::verdict_name(result.verdict);
    if (result.complete_below > 0) {
      Json complete = Json::object();
      complete["whole"] = result.whole;
      complete["deviations"] = result.complete_below - 1;
      complete["preemptions"] =
          options_.preemptions_given ? Json(options_.bounds.preemptions) : Json(nullptr);
      object["complete"] = std::move(complete);
    }
    object["runs"] = result.runs;
    object["first_finding_run"] =
        result.first_finding_run == 0 ? Json(nullptr) : Json(result.first_finding_run);
    object["findings"] = result.findings;
    object["budget_runs"] = result.budget_runs;
    object["interrupted"] = result.interrupted;
    object["seconds"] = result.seconds;
    object["token"] = token.empty() ? Json(nullptr) : Json(token);
    object["strategy"] = options_.strategy;
    object["seed"] = options_.seed;
    object["steps"] = result.steps;
    return object;
  }

  const Options& options_;
  Context& context_;
  const view::Style& style_;
  std::optional<FindingsFolder> folder_;
  bool known_occur_ = false;  // something that the folder had still goes wrong
};

}  // namespace

void add_hunt(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "hunt", "Search the schedules of a scenario for one that goes wrong, shrink and explain it");
  add_model_options(*command, options->model);
  command->add_option("--strategy", options->strategy, strategy_help())->capture_default_str();
  command
      ->add_option("--depth", options->depth, "pct, fair-pct: one more than the priority changes")
      ->check(whole_number(1, 1'000))
      ->capture_default_str();
  command
      ->add_option("--deviations", options->bounds.deviations,
                   "dfs: leave the default schedule at most so often; without it, ever more often")
      ->check(whole_number(0, 1'000));
  command
      ->add_option("--preemptions", options->bounds.preemptions,
                   "dfs: interrupt a thread that could go on at most so often")
      ->check(whole_number(0, 1'000));
  command->add_option("--seed", options->seed, "Other seeds try other schedules")
      ->check(whole_number(0, ~std::uint64_t{0}))
      ->capture_default_str();
  command
      ->add_option("--runs", options->runs,
                   "Schedules at most; 100,000 if neither this nor --time is given")
      ->check(whole_number(1, ~std::uint64_t{0}));
  add_duration(*command, "--time", options->seconds,
               "How long at most: 10s, 500ms, 5m, 1h; a number alone is in seconds");
  command->add_option("--jobs", options->jobs, "Hunt on so many cores")
      ->check(whole_number(1, 1'024))
      ->capture_default_str();
  command->add_option("--out", options->out,
                      "A folder for what is found, one folder in it for each cause; what is there "
                      "already is tried first");
  command
      ->add_option_function<std::string>(
          "--shard", [options](const std::string& text) { read_shard(text, *options); },
          "i/n: run the i-th of n parts of the schedules, for several machines; --runs counts "
          "those "
          "of all parts")
      ->type_name("TEXT");
  command->add_flag("--keep-going", options->keep_going, "Do not stop at the first finding");
  command->add_flag("--no-shrink", options->no_shrink, "Leave a finding as it was found");
  command->add_flag("--no-card", options->no_card, "Print the token only, not the failure card");
  command->add_flag("--json", options->json, "Findings and the result as JSON, one object a line");
  command->footer(
      "Every schedule is judged three times: does its trace parse, does it tell what happened, "
      "and\n"
      "did the runtime keep its invariants. Only a hunt that says `verified` is a proof, within "
      "the\n"
      "bounds that it names; every other one has tried some schedules and not exhausted them.");
  command->callback([options, command, &context] {
    options->depth_given = command->count("--depth") > 0;
    options->preemptions_given = command->count("--preemptions") > 0;
    options->deviations_given = command->count("--deviations") > 0;
    Hunt(*options, context).run();
  });
}

}  // namespace mpglab::cli
