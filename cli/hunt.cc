// mpglab hunt: many schedules of a scenario, until one of them goes wrong.

#include "explore/hunt.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/campaign.h"
#include "cli/classes_text.h"
#include "cli/command.h"
#include "cli/findings_folder.h"
#include "cli/hunt_options.h"
#include "cli/inputs.h"
#include "cli/interrupt.h"
#include "cli/last_words.h"
#include "cli/model_options.h"
#include "cli/numbers.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/shrink_text.h"
#include "cli/text.h"
#include "cli/tree_text.h"
#include "explore/nearest_passing.h"
#include "explore/recording.h"
#include "explore/replay.h"
#include "explore/shrink.h"
#include "interleave/pct.h"
#include "view/failure_card.h"

namespace mpglab::cli {

namespace {

constexpr std::uint64_t kDefaultRuns = 100'000;

// "2/5".
void read_shard(const std::string& text, HuntOptions& options) {
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
  Hunt(HuntOptions options, Context& context)
      : options_(std::move(options)), context_(context), style_(context.console.style()) {}

  void run() {
    if (const auto fits = check_folders(options_); !fits) return context_.fail(fits.error());
    if (!options_.resume.empty())
      if (const auto taken = take_up(); !taken) return context_.fail(taken.error());
    auto model = load_model(options_.model);
    if (!model) return context_.fail(model.error());
    const auto kind = named_strategy(options_.strategy);
    if (!kind) return context_.fail(kind.error());
    if (const auto fits = check_options(options_, *kind); !fits) return context_.fail(fits.error());
    kind_ = *kind;
    is_proof_ = explore::is_prover(*kind);
    if (const auto some = check_shard(); !some) return context_.fail(some.error());
    if (is_proof_) model->program.bodies_only = true;
    if (is_proof_ && !options_.tell_ms_apart) model->program.idle_ms_alike = true;
    idle_ms_alike_ = model->program.idle_ms_alike;
    if (options_.at_once) model->program.scheduling_at_once = true;
    at_once_ = model->program.scheduling_at_once;
    if (campaign_) {
      if (const auto found = find_again(*model); !found) return context_.fail(found.error());
    } else if (!options_.out.empty()) {
      if (const auto begun = begin_campaign(*model); !begun) return context_.fail(begun.error());
    }

    explore::HuntOptions hunt = hunt_options(*model, *kind);
    Progress progress(context_.console, hunt);
    const Interrupt interrupt;
    hunt.progress = [&](const explore::HuntProgress& at) {
      progress.show(at);
      return !interrupt.happened();
    };
    explore::RunningSchedules running;
    hunt.running = &running;
    explore::HuntResult result;
    {
      const LastWords last_words(running, whole_title(*model), where_it_is_kept());
      result = explore::hunt(model->program, hunt);
    }
    progress.clear();
    if (campaign_ && unkept_.empty()) save(result, /*ended=*/!result.interrupted);
    // What cannot be kept any more has ended the hunt.
    if (!unkept_.empty()) result.interrupted = true;

    context_.exit_code = exit_code_of(result.verdict);
    const bool ended_early =
        (explore::is_exhaustive(*kind) && !result.verified) || result.interrupted;
    if (context_.exit_code == kNothingFound && ended_early) context_.exit_code = kInconclusive;
    if (known_occur()) context_.exit_code = kFound;
    tell_all(*model, result);
    if (!unkept_.empty()) context_.fail(unkept_);
  }

 private:
  // ---- the campaign ----

  // --resume: the settings of the campaign in the folder, where they were not said.
  Result<void, std::string> take_up() {
    std::error_code error;
    if (!std::filesystem::is_directory(options_.resume, error))
      return failure(fmt::format("{}: there is no such folder", options_.resume));
    auto folder = FindingsFolder::open(options_.resume);
    if (!folder) return failure(folder.error());
    folder_ = std::move(*folder);
    const auto file = file_to_resume();
    if (!file) return failure(file.error());
    if (auto locked = lock(*file); !locked) return locked;
    auto campaign = read_campaign(*file);
    if (!campaign) return failure(campaign.error());
    try {
      if (const auto taken = take_settings(campaign->plan.settings, options_); !taken)
        return failure(fmt::format("{}: {}", *file, taken.error()));
      read_shard(campaign->plan.settings.at("shard").get<std::string>(), options_);
    } catch (const std::exception& wrong) {
      return failure(fmt::format("{}: this campaign is damaged: {}", *file, wrong.what()));
    }
    file_ = *file;
    remove_leftovers(file_);
    journal_.emplace(file_);
    auto met = journal_->take_up(campaign->met);
    if (!met) return failure(met.error());
    campaign->state.search.met = std::move(*met);
    campaign->state.search.generation = campaign->met.generation;
    campaign_ = std::move(*campaign);
    CampaignPlan& plan = campaign_->plan;
    options_.keep_going = options_.keep_going || plan.keep_going;
    plan.keep_going = options_.keep_going;
    resumed_at_ = campaign_->state.runs;
    if (options_.has("runs") || options_.has("time")) {
      plan.runs = options_.runs;
      plan.seconds = options_.seconds == 0 ? 0 : campaign_->state.seconds + options_.seconds;
    } else {
      options_.runs = plan.runs;
      options_.seconds = std::max(0.0, plan.seconds - campaign_->state.seconds);
      // Its time is over: it goes no further than it is.
      if (plan.seconds > 0 && options_.seconds == 0) options_.runs = campaign_->state.next;
    }
    return {};
  }

  // Before anything is read: what another process is at work on changes.
  Result<void, std::string> lock(const std::string& file) {
    auto locked = lock_campaign(file);
    if (!locked) return failure(locked.error());
    lock_ = std::move(*locked);
    return {};
  }

  Result<std::string, std::string> file_to_resume() const {
    const std::string& folder = options_.resume;
    const auto files = campaign_files(folder);
    if (!files) return failure(files.error());
    if (options_.has("shard")) {
      const std::string wanted = campaign_file(folder, options_.shard, options_.shards);
      if (std::find(files->begin(), files->end(), wanted) != files->end()) return wanted;
      return failure(fmt::format("{}: this folder has no campaign of --shard {}/{}", folder,
                                 options_.shard, options_.shards));
    }
    if (files->empty()) {
      return failure(
          fmt::format("{}: this folder has no campaign to go on with; `mpglab hunt SCENARIO --out "
                      "{}` begins one",
                      folder, folder));
    }
    if (files->size() > 1) {
      return failure(
          fmt::format("{}: this folder has {} campaigns: say --shard, as in --shard 1/{}", folder,
                      files->size(), files->size()));
    }
    return files->front();
  }

  // The findings of the campaign that is taken up.
  Result<void, std::string> find_again(const Model& model) {
    if (campaign_->plan.program_hash != explore::program_hash(model.program)) {
      return failure(fmt::format(
          "{}: scenario {} is not, or not any more, the one that this campaign began with", file_,
          options_.model.scenario));
    }
    explore::Lab lab(model.program, model.faults, options_.model.max_steps);
    return cli::find_again(lab, file_, campaign_->state);
  }

  // --out: a folder for what is found, and a new campaign in it.
  Result<void, std::string> begin_campaign(const Model& model) {
    auto folder = FindingsFolder::open(options_.out);
    if (!folder) return failure(folder.error());
    folder_ = std::move(*folder);
    file_ = campaign_file(options_.out, options_.shard, options_.shards);
    if (auto locked = lock(file_); !locked) return locked;
    std::error_code error;
    if (std::filesystem::is_regular_file(file_, error)) {
      const auto before = read_campaign(file_);
      if (!before)
        return failure(fmt::format("{}; without this file a new one is begun", before.error()));
      if (!before->ended && before->state.runs > 0) {
        return failure(
            fmt::format("{}: this campaign has run {} and is not at its end: `mpglab hunt --resume "
                        "{}` goes on, "
                        "and without this file a new one is begun",
                        file_, counted(before->state.runs, "schedule"), options_.out));
      }
    }
    remove_leftovers(file_);
    journal_.emplace(file_);
    campaign_.emplace();
    CampaignPlan& plan = campaign_->plan;
    plan.settings = campaign_settings(options_);
    plan.program_hash = explore::program_hash(model.program);
    plan.runs = limit_of_runs();
    plan.seconds = options_.seconds;
    plan.keep_going = options_.keep_going;
    if (auto tried = try_known(model); !tried) return tried;
    // From here on there is something to resume, and it is known that it can be written.
    if (!save(campaign_->state, /*ended=*/false)) return failure(unkept_);
    return {};
  }

  // False: it cannot be kept; unkept_ says why.
  bool save(const explore::HuntState& state, bool ended) {
    const auto written = write_campaign(file_, campaign_->plan, ended, state, *journal_);
    if (!written) unkept_ = written.error();
    return written.has_value();
  }

  bool known_occur() const { return campaign_ && campaign_->plan.known_occur; }

  std::string where_it_is_kept() const {
    if (!campaign_) return "nothing is kept of this hunt: --out DIR would have kept it";
    const std::string folder = options_.resume.empty() ? options_.out : options_.resume;
    return fmt::format("what was found is in {0}: `mpglab hunt --resume {0}` goes on", folder);
  }

  // ---- the hunt ----

  // Nothing if the strategy has none.
  Json seed() const { return explore::has_seed(kind_) ? Json(options_.seed) : Json(nullptr); }

  std::uint64_t limit_of_runs() const {
    // Within a bound, or with less to prove, it comes to its end by itself.
    const bool ends = options_.has("preemptions") || options_.at_once;
    if (is_proof_ && options_.runs == 0 && ends) return 0;
    return options_.runs == 0 && options_.seconds == 0 ? kDefaultRuns : options_.runs;
  }

  // A part of the schedules that has none in it would be a hunt that has hunted nothing.
  Result<void, std::string> check_shard() const {
    const std::uint64_t first = (options_.shard - 1) * explore::kHuntBlock;
    const std::uint64_t runs = limit_of_runs();
    if (runs == 0 || first < runs) return {};
    return failure(fmt::format(
        "--shard {}/{} has none of {}: they are dealt out in blocks of {}, and it begins with "
        "number {}",
        options_.shard, options_.shards, counted(runs, "schedule"), explore::kHuntBlock,
        grouped(first + 1)));
  }

  explore::HuntOptions hunt_options(const Model& model, explore::StrategyKind kind) {
    explore::HuntOptions hunt;
    hunt.strategy = kind;
    hunt.pct_depth = options_.depth;
    hunt.bounds = options_.bounds;
    hunt.seed = options_.seed;
    hunt.runs = limit_of_runs();
    hunt.seconds = options_.seconds;
    hunt.keep_going = options_.keep_going;
    hunt.jobs = options_.jobs;
    hunt.shard = options_.shard - 1;
    hunt.shards = options_.shards;
    hunt.faults = model.faults;
    hunt.max_steps = options_.model.max_steps;
    hunt.count_classes = options_.classes;
    if (campaign_) {
      hunt.from = &campaign_->state;
      hunt.checkpoint = [this](const explore::HuntState& state) {
        campaign_->state.search = {};  // large, and the hunt has it
        return save(state, /*ended=*/false);
      };
    }
    return hunt;
  }

  void tell_all(const Model& model, const explore::HuntResult& result) {
    if (resumed_at_ && !options_.json) {
      context_.console.line(fmt::format("resumed after {}", counted(*resumed_at_, "schedule")));
    }
    if (result.discoveries.empty()) return nothing(model, result);
    if (!options_.json) {
      context_.console.line(summary(model, result));
      tell_classes(result);
      tell_tree(result);
      tell_scope(result);
    }
    std::string first;
    for (const explore::Discovery& discovery : result.discoveries) {
      std::string token = tell(model, discovery);
      if (discovery.run == result.first_finding_run) first = std::move(token);
    }
    if (options_.json) context_.console.print(json_line(last_object(model, result, first)));
  }

  void tell_classes(const explore::HuntResult& result) const {
    if (options_.classes) context_.console.line("  " + classes_text(result.classes.estimate()));
  }

  // How much of a search by classes there is, if it has not come to its end.
  void tell_tree(const explore::HuntResult& result) const {
    if (kind_ != explore::StrategyKind::kDpor || result.exhausted || result.runs == 0) return;
    context_.console.line("  " + tree_text(result.tree));
  }

  // What was left out of a hunt that means to prove something.
  void tell_scope(const explore::HuntResult& result) const {
    if (is_proof_) tell_scope_of_proof(result);
    if (idle_ms_alike_)
      context_.console.line(
          "  idle Ms are alike: of several it is always the first by number that is woken");
    if (at_once_)
      context_.console.line(
          "  at once, and never interrupted: starting, parking, readying and looking for "
          "goroutines, "
          "and\n  what is done under sched.lock");
  }
  void tell_scope_of_proof(const explore::HuntResult& result) const {
    if (!result.proof.cannot.empty()) {
      context_.console.line(
          fmt::format("  --strategy {} cannot go on: {}", options_.strategy, result.proof.cannot));
    }
    // The first executions are random ones, which show what threads share.
    if (kind_ == explore::StrategyKind::kStates && result.runs == 0 && !result.exhausted)
      context_.console.line(
          "  it ended while getting to know the program, before the search began");
    if (result.proof.states > 0)
      context_.console.line(
          fmt::format("  {} met, told apart by 64 bits", counted(result.proof.states, "state")));
    context_.console.line(
        "  of what the goroutines' bodies do: tracing starts and stops undisturbed, and no time "
        "limit runs out\n  while anybody can go on");
  }

  // Runs what the folder has of this scenario again, before anything else.
  Result<void, std::string> try_known(const Model& model) {
    const auto known = folder_->known(model.program.name, model.faults);
    if (!known) return failure(known.error());
    for (const FindingsFolder::Known& one : *known) {
      const sim::Program program = explore::as_the_token_has_it(model.program, one.token);
      explore::Lab lab(program, model.faults, options_.model.max_steps);
      const bool fits = explore::check_fits(one.token, program).has_value();
      const auto run = fits ? std::optional(explore::replay(lab, one.token)) : std::nullopt;
      const bool followed = run && run->has_value();
      const std::string_view now =
          followed ? explore::verdict_name((*run)->verdict) : std::string_view("does not fit");
      if (followed && explore::is_finding((*run)->verdict)) campaign_->plan.known_occur = true;
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
            const Json& object, const explore::NearestPassing* passing) {
    if (!folder_ || !explore::is_finding(finding.verdict)) return;
    // It has been said why. Whoever goes on finds it again.
    if (!unkept_.empty()) return;
    const auto recording = explore::record(lab, token);
    if (!recording || !recording->finding) return;
    const view::Style plain(false);
    const auto kept = folder_->keep(
        lab, finding, token, json_line(object),
        view::failure_card(*recording, {.style = plain, .width = 100, .passing = passing}));
    if (!kept) return context_.fail(kept.error());
    if (!options_.json)
      context_.console.line(
          fmt::format("{} {}", kept->known ? "known as" : "kept in", kept->folder));
  }

  // "gcwait + gcwait-stop-not-steal (strategy random, seed 1)".
  std::string whole_title(const Model& model) const {
    return fmt::format("{} (strategy {}{})", title_of(model.program, model.faults),
                       options_.strategy, seed_text());
  }

  std::string speed(const explore::HuntResult& result) const {
    return fmt::format("{}, {} schedules/s, {}{}", duration_text(result.seconds),
                       grouped(static_cast<std::uint64_t>(rate(result))), options_.strategy,
                       seed_text());
  }
  std::string seed_text() const {
    return explore::has_seed(kind_) ? fmt::format(", seed {}", options_.seed) : std::string();
  }
  static double rate(const explore::HuntResult& result) {
    return result.seconds > 0 ? static_cast<double>(result.runs) / result.seconds : 0.0;
  }

  void nothing(const Model& model, const explore::HuntResult& result) {
    if (options_.json) {
      context_.console.print(json_line(last_object(model, result, "")));
      return;
    }
    context_.console.line(fmt::format("{}: {} ({})", title_of(model.program, model.faults),
                                      nothing_text(result), speed(result)));
    tell_classes(result);
    tell_tree(result);
    tell_scope(result);
    // With the default depth, which is for what PCT meets in practice, it would be next to nothing.
    // For schedules of which fairness has left some out it is not proven.
    if (options_.has("depth") && options_.strategy == "pct")
      context_.console.line(guarantee(result));
  }

  std::string nothing_text(const explore::HuntResult& result) const {
    const std::string runs = counted(result.runs, "schedule");
    const std::string verified = style_(view::Ink::kGreen, "verified");
    if (result.whole) return fmt::format("{}: nothing goes wrong in any of {}", verified, runs);
    if (result.verified)
      return fmt::format("{} within {}: nothing goes wrong in any of {}", verified,
                         proved_text(result), runs);
    std::string text =
        result.interrupted
            ? fmt::format("{}; nothing found in {} so far",
                          style_(view::Ink::kYellow, "interrupted"), runs)
            : fmt::format("{} in {}", style_(view::Ink::kGreen, "nothing found"), runs);
    if (is_proof_ && result.proof.preemptions_below > 0)
      text += fmt::format("; all within {} were tried", proved_text(result));
    if (result.complete_below == 0) return text;
    text += fmt::format("; all within {} were tried", bounds_text(result.complete_below));
    const explore::DfsCount& count = result.dfs_count;
    // With what was complete the hunt may have ended.
    if (count.runs > 0 && count.left() > 0)
      text += fmt::format(", and {} of the {} within {}", grouped(count.runs), grouped(count.size),
                          counted(count.round, "deviation"));
    return text;
  }

  // Only the bound of preemptions limits what is proved: with more deviations there is nothing.
  bool any_deviations(const explore::HuntResult& result) const {
    return result.verified && options_.bounds.deviations == interleave::BoundedDfs::kUnbounded;
  }
  std::string proved_text(const explore::HuntResult& result) const {
    if (is_proof_) return counted(result.proof.preemptions_below - 1, "preemption");
    return any_deviations(result) ? counted(options_.bounds.preemptions, "preemption")
                                  : bounds_text(result.complete_below);
  }

  // "2 deviations from the default schedule and 1 preemption". `below`: one more than the former.
  std::string bounds_text(std::uint32_t below) const {
    std::string text = counted(below - 1, "deviation") + " from the default schedule";
    if (options_.has("preemptions"))
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

  // How large the round is that a DFS is in, how far it is, and how large the next one is, about.
  static Json json_of(const explore::DfsCount& count) {
    Json object = Json::object();
    object["deviations"] = count.round;
    object["schedules"] = count.size;
    object["runs"] = count.runs;
    object["next"] = count.expected_next();
    return object;
  }

  // Shows a discovery, shrunk if that is wanted. Returns its token.
  std::string tell(const Model& model, const explore::Discovery& discovery) {
    explore::Token token = discovery.token;
    Json object = json_object();
    object["type"] = "finding";
    object["verdict"] = explore::verdict_name(discovery.finding.verdict);
    object["scenario"] = model.program.name;
    object["bugs"] = cli::json_of(model.faults);
    object["settings"] = cli::json_of(model.program.settings);
    object["strategy"] = options_.strategy;
    object["seed"] = seed();
    object["run"] = discovery.run;
    object["count"] = discovery.count;
    add_finding(object, discovery.finding);
    if (!options_.json) context_.console.line(finding_line(style_, discovery.finding));
    explore::Lab lab(model.program, model.faults, options_.model.max_steps);
    std::optional<explore::NearestPassing> passing;
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
      passing = explore::nearest_passing(lab, token);
      add_nearest_passing(object, passing);
      if (!options_.json) context_.console.line(shrink_line(*shrunk));
    }
    std::string text = explore::to_text(token);
    add_token(object, token);
    const explore::NearestPassing* const beside = passing ? &*passing : nullptr;
    keep(lab, discovery.finding, token, object, beside);
    if (options_.json) {
      context_.console.print(json_line(object));
    } else if (!explore::is_finding(discovery.finding.verdict)) {
      // Nothing to look at; the token of so long a schedule is there with --json.
    } else if (options_.no_card) {
      context_.console.line(fmt::format("token {}", text));
    } else {
      card(lab, token, beside);
    }
    return text;
  }

  void card(explore::Lab& lab, const explore::Token& token,
            const explore::NearestPassing* passing) {
    const auto recording = explore::record(lab, token);
    if (!recording || !recording->finding) return;
    context_.console.line("");
    context_.console.print(view::failure_card(
        *recording, {.style = style_, .width = context_.console.width(), .passing = passing}));
  }

  static Json proof_object(const explore::Proof& proof) {
    Json object = Json::object();
    object["scope"] = "bodies";
    object["exhausted"] = proof.exhausted;
    object["whole"] = proof.whole;
    object["preemptions"] =
        proof.preemptions_below > 0 ? Json(proof.preemptions_below - 1) : Json(nullptr);
    object["states"] = proof.states > 0 ? Json(proof.states) : Json(nullptr);
    object["cannot"] = proof.cannot.empty() ? Json(nullptr) : Json(proof.cannot);
    return object;
  }

  Json last_object(const Model& model, const explore::HuntResult& result,
                   const std::string& token) const {
    Json object = json_object();
    object["type"] = "result";
    object["command"] = "hunt";
    object["scenario"] = model.program.name;
    object["bugs"] = cli::json_of(model.faults);
    object["settings"] = cli::json_of(model.program.settings);
    object["verdict"] =
        result.verified ? std::string_view("verified") : explore::verdict_name(result.verdict);
    if (result.complete_below > 0) {
      Json complete = Json::object();
      complete["whole"] = result.whole;
      complete["deviations"] =
          any_deviations(result) && !result.whole ? Json(nullptr) : Json(result.complete_below - 1);
      complete["preemptions"] =
          options_.has("preemptions") ? Json(options_.bounds.preemptions) : Json(nullptr);
      object["complete"] = std::move(complete);
    }
    object["at_once"] = at_once_;
    object["idle_ms_alike"] = idle_ms_alike_;
    if (is_proof_) object["proof"] = proof_object(result.proof);
    if (kind_ == explore::StrategyKind::kDfs) object["round"] = json_of(result.dfs_count);
    if (kind_ == explore::StrategyKind::kDpor) object["tree"] = cli::json_of(result.tree);
    object["runs"] = result.runs;
    object["first_finding_run"] =
        result.first_finding_run == 0 ? Json(nullptr) : Json(result.first_finding_run);
    object["findings"] = result.findings;
    object["budget_runs"] = result.budget_runs;
    object["interrupted"] = result.interrupted;
    object["seconds"] = result.seconds;
    object["schedules_per_second"] = rate(result);
    object["resumed_at"] = resumed_at_ ? Json(*resumed_at_) : Json(nullptr);
    if (options_.classes) object["classes"] = cli::json_of(result.classes.estimate());
    object["token"] = token.empty() ? Json(nullptr) : Json(token);
    object["strategy"] = options_.strategy;
    object["seed"] = seed();
    object["steps"] = result.steps;
    return object;
  }

  HuntOptions options_;
  Context& context_;
  const view::Style& style_;
  explore::StrategyKind kind_{};
  std::optional<FindingsFolder> folder_;
  std::optional<Campaign> campaign_;     // if there is a folder
  std::optional<FileLock> lock_;         // of the campaign, as long as this hunt lives
  std::string file_;                     // of the campaign
  std::optional<StateJournal> journal_;  // likewise
  std::string unkept_;                   // why it could not be written any more
  std::optional<std::uint64_t> resumed_at_;
  bool is_proof_ = false;  // the strategy is a prover
  bool at_once_ = false;   // the scheduler's own steps are
  bool idle_ms_alike_ = false;
};

}  // namespace

void add_hunt(CLI::App& app, Context& context) {
  auto options = std::make_shared<HuntOptions>();
  CLI::App* command = app.add_subcommand(
      "hunt", "Search the schedules of a scenario for one that goes wrong, shrink and explain it");
  add_model_options(*command, options->model)->required(false);
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
                   "dfs, states: interrupt a thread that could go on at most so often")
      ->check(whole_number(0, 1'000));
  command
      ->add_option("--seed", options->seed,
                   "Other seeds try other schedules; not for round-robin, dfs, dpor and states")
      ->check(whole_number(0, ~std::uint64_t{0}))
      ->capture_default_str();
  command
      ->add_option(
          "--runs", options->runs,
          "Schedules at most; 100,000 if neither this nor --time is given, and no limit for states "
          "within --preemptions, and for proofs with --at-once")
      ->check(whole_number(1, ~std::uint64_t{0}));
  add_duration(*command, "--time", options->seconds,
               "How long at most: 10s, 500ms, 5m, 1h; a number alone is in seconds");
  command->add_option("--jobs", options->jobs, "Hunt on so many cores")
      ->check(whole_number(1, 1'024))
      ->capture_default_str();
  command->add_option("--out", options->out,
                      "A folder for what is found, one folder in it for each cause; what is there "
                      "already is tried first. It also keeps how far the hunt is, for --resume");
  command->add_option("--resume", options->resume,
                      "Go on with the hunt that `hunt --out` began in this folder and that was "
                      "stopped, by whatever; its scenario and options need not be said again");
  command
      ->add_option_function<std::string>(
          "--shard", [options](const std::string& text) { read_shard(text, *options); },
          "i/n: run the i-th of n parts of the schedules, for several machines; --runs counts "
          "those "
          "of all parts")
      ->type_name("TEXT");
  command->add_flag("--keep-going", options->keep_going, "Do not stop at the first finding");
  command->add_flag("--at-once", options->at_once,
                    "Never interrupt the scheduler's own steps: starting, parking, readying and "
                    "looking for goroutines, and what is done under sched.lock; a proof of the "
                    "rest is much smaller");
  command->add_flag("--tell-ms-apart", options->tell_ms_apart,
                    "dpor, states: wake the idle M that came last, as Go does, instead of the "
                    "first by number; it makes proofs larger and should change nothing else");
  command->add_flag("--classes", options->classes,
                    "Count how many of the schedules are different, and say how much is unseen; "
                    "takes about a quarter of the speed");
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
    for (const CLI::Option* option : command->get_options()) {
      if (option->count() == 0) continue;
      const auto& names = option->get_lnames();
      options->given.insert(names.empty() ? option->get_name(/*positional=*/true) : names.front());
    }
    if (!options->has("scenario") && !options->has("resume"))
      return context.fail("scenario is required (`mpglab hunt --help` tells more)");
    Hunt(*options, context).run();
  });
}

}  // namespace mpglab::cli
