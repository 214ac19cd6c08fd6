#include "explore/shrink_program.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "explore/cut_program.h"
#include "explore/lab.h"
#include "explore/note_schedule.h"
#include "explore/segments.h"
#include "explore/similar.h"
#include "explore/strategies.h"
#include "interleave/anchored.h"
#include "sim/scenario.h"
#include "sim/scenario_text.h"

namespace mpglab::explore {

namespace {

// A schedule in forms that another program can be run with.
struct KnownSchedule {
  std::vector<interleave::AnchoredDeviation> deviations;
  SegmentedSchedule segments;
  std::vector<PlacedDeviation> places;
  std::uint32_t length = 1;  // choices
};

KnownSchedule schedule_of(const NoteSchedule& note, const NotePlaces& places, const Token& token) {
  return {note.deviations(), note.schedule(), places.deviations(), std::max(token.tape_length, 1U)};
}

class ProgramShrinker {
 public:
  ProgramShrinker(std::string file, FaultSet faults, std::string signature,
                  const ShrinkProgramOptions& options)
      : file_(std::move(file)),
        faults_(faults),
        signature_(std::move(signature)),
        options_(options) {}

  // Begins with a program and a schedule of it that has the finding.
  void begin(const sim::Program& program, KnownSchedule schedule) {
    program_ = program;
    schedule_ = std::move(schedule);
    const bool same = attempt(program);
    MPG_CHECK(same, "a scenario that was printed has lost its finding");
  }

  void shrink() {
    bool any = true;
    while (any && !ended()) {
      any = leave_out_goroutines();
      any |= lower_counts(/*goroutines=*/true);
      any |= leave_out_operations();
      any |= lower_counts(/*goroutines=*/false);
      any |= leave_out_procs();
      any |= unroll_repeats();
    }
    minimal_ = !ended();
  }

  // With the schedule shrunk for good.
  ShrinkProgramResult result() {
    ShrinkProgramResult result;
    Lab lab(program_, faults_);
    auto last = explore::shrink(lab, token_, last_shrinking());
    MPG_CHECK(last.has_value(), "a schedule just found cannot be repeated");
    result.text = std::move(text_);
    result.program = std::move(program_);
    result.schedule = *std::move(last);
    result.after = size_of(result.program);
    result.runs = runs_ + result.schedule.runs;
    result.programs = programs_;
    result.minimal = minimal_;
    return result;
  }

 private:
  // A schedule is shrunk so far after each step: enough to get rid of nearly all preemptions.
  static constexpr std::uint64_t kShrinkRuns = 5'000;
  // So many schedules of a candidate are shrunk to no avail before it is given up.
  static constexpr unsigned kVain = 4;
  static constexpr std::uint64_t kRunsBetweenReports = 1'024;

  ShrinkOptions last_shrinking() const {
    ShrinkOptions options;
    const std::uint64_t left = ended() ? 1 : options_.max_runs - runs_;
    options.max_runs = std::min(options.max_runs, left);
    return options;
  }

  bool ended() const { return stopped_ || runs_ >= options_.max_runs; }

  // ---- a candidate ----

  // Does the program have the finding? Then it is the one to go on with.
  bool attempt(const sim::Program& cut) {
    if (ended()) return false;
    std::string text = sim::scenario_text(cut);
    if (!tried_.insert(text).second) return false;
    auto program = sim::parse_scenario(file_, text);
    if (!program) return false;
    ++programs_;
    report();
    Lab lab(*program, faults_);
    vain_ = 0;
    if (!follow(lab) && !draw_similar(lab) && !hunt(lab)) return false;
    program_ = *std::move(program);
    text_ = std::move(text);
    return true;
  }

  // Has the schedule the finding, and does it need no more preemptions than the one so far? Then it
  // is the one to go on with.
  bool run(Lab& lab, interleave::Strategy& strategy) {
    if (++runs_ % kRunsBetweenReports == 0) report();
    const Lab::Run run = lab.run(strategy);
    if (run.finding == nullptr || run.finding->signature != signature_) return false;
    auto shrunk = explore::shrink(lab, lab.token(), {.max_runs = kShrinkRuns});
    MPG_CHECK(shrunk.has_value(), "a schedule just found cannot be repeated");
    runs_ += shrunk->runs;
    // The schedule to begin with is shrunk for good, if it was not before.
    if (programs_ == 1 && shrunk->preemptions_after < shrunk->preemptions_before) {
      shrunk = explore::shrink(lab, shrunk->token, last_shrinking());
      runs_ += shrunk->runs;
    }
    if (shrunk->preemptions_after > preemptions_) {
      ++vain_;
      return false;
    }
    adopt(lab, *shrunk);
    return true;
  }

  bool follow(Lab& lab) {
    interleave::Anchored anchored(schedule_.deviations);
    if (run(lab, anchored)) return true;
    FollowSegments segments(schedule_.segments);
    return run(lab, segments);
  }

  bool draw_similar(Lab& lab) {
    DrawSimilar draw(schedule_.places, lab.world().engine(), schedule_.length, /*seed=*/1);
    return any_of(lab, draw, options_.similar_runs);
  }

  bool hunt(Lab& lab) {
    const auto random = make_strategy({.kind = StrategyKind::kRandom, .seed = 1});
    return any_of(lab, *random, options_.hunt_runs);
  }

  bool any_of(Lab& lab, interleave::Strategy& strategy, std::uint64_t runs) {
    for (std::uint64_t i = 0; i < runs && vain_ < kVain && !ended(); ++i)
      if (run(lab, strategy)) return true;
    return false;
  }

  void adopt(Lab& lab, const ShrinkResult& shrunk) {
    token_ = shrunk.token;
    preemptions_ = shrunk.preemptions_after;
    FollowToken again(token_);
    NotePlaces places(again, lab.world().engine());
    NoteSchedule note(places);
    lab.run(note);
    schedule_ = schedule_of(note, places, token_);
  }

  void report() {
    if (!options_.progress || stopped_) return;
    if (!options_.progress({runs_, programs_, size_of(program_)})) stopped_ = true;
  }

  // ---- what is left out ----

  // The bodies of which most is run come first: there is most to gain.
  std::vector<std::size_t> bodies_by_weight() const {
    std::vector<std::pair<std::uint64_t, std::size_t>> weights;
    for (std::size_t body = 0; body < program_.bodies.size(); ++body) {
      sim::Program idle = program_;
      std::erase_if(idle.bodies[body].ops, [](const sim::Op& op) {
        return op.kind != sim::OpKind::kGo && op.kind != sim::OpKind::kRepeat &&
               op.kind != sim::OpKind::kEnd;
      });
      weights.emplace_back(size_of(idle).operations, body);
    }
    std::sort(weights.begin(), weights.end());
    std::vector<std::size_t> bodies(weights.size());
    std::transform(weights.begin(), weights.end(), bodies.begin(),
                   [](const auto& weight) { return weight.second; });
    return bodies;
  }

  bool leave_out_goroutines() {
    bool any = false;
    for (std::size_t body = program_.bodies.size(); body-- > 1;)
      if (body < program_.bodies.size()) any |= attempt(without_body(program_, body));
    return any;
  }

  bool leave_out_operations() {
    bool any = false;
    for (const std::size_t body : bodies_by_weight())
      for (std::size_t group = 0;
           body < program_.bodies.size() && group < groups_of(program_.bodies[body]).size();
           ++group)
        any |= leave_out_of_group(body, group);
    return any;
  }

  // All of it first, then halves, and so on; from the back.
  bool leave_out_of_group(std::size_t body, std::size_t group) {
    bool any = false;
    const auto ranges = [&] {
      if (body >= program_.bodies.size()) return std::vector<OpRange>{};
      const auto groups = groups_of(program_.bodies[body]);
      return group < groups.size() ? groups[group] : std::vector<OpRange>{};
    };
    for (std::size_t part = ranges().size(); part > 0; part /= 2) {
      for (std::size_t end = ranges().size(); end > 0 && !ended();) {
        const std::size_t begin = end - std::min(part, end);
        const auto now = ranges();
        any |= attempt(without_ops(program_, body, {now[begin].begin, now[end - 1].end}));
        end = std::min(begin, ranges().size());
      }
    }
    return any;
  }

  // Repeats, work, and how many goroutines are started: 1, then 2, 4 and so on, and one fewer.
  bool lower_counts(bool goroutines) {
    bool any = false;
    for (const std::size_t body : bodies_by_weight()) {
      for (std::size_t op = 0;
           body < program_.bodies.size() && op < program_.bodies[body].ops.size(); ++op) {
        const sim::Op& now = program_.bodies[body].ops[op];
        const bool counts =
            goroutines ? now.kind == sim::OpKind::kGo
                       : now.kind == sim::OpKind::kRepeat || now.kind == sim::OpKind::kWork;
        if (counts) any |= lower_count(body, op, now.count);
      }
    }
    return any;
  }

  bool lower_count(std::size_t body, std::size_t op, std::uint32_t count) {
    for (std::uint32_t fewer = 1; fewer < count; fewer *= 2)
      if (attempt(with_count(program_, body, op, fewer))) return true;
    return count > 2 && attempt(with_count(program_, body, op, count - 1));
  }

  bool leave_out_procs() {
    for (std::uint32_t procs = 1; procs < program_.gomaxprocs; ++procs)
      if (attempt(with_procs(program_, procs))) return true;
    return false;
  }

  // Where that takes no more lines; then some of what is in them may be left out.
  bool unroll_repeats() {
    bool any = false;
    for (std::size_t body = 0; body < program_.bodies.size(); ++body)
      for (std::size_t op = 0; op < program_.bodies[body].ops.size(); ++op)
        if (is_short_repeat(program_.bodies[body].ops, op))
          any |= attempt(unrolled(program_, body, op));
    return any;
  }

  static bool is_short_repeat(const std::vector<sim::Op>& ops, std::size_t op) {
    if (ops[op].kind != sim::OpKind::kRepeat) return false;
    const auto end = std::find_if(ops.begin(), ops.end(), [&](const sim::Op& other) {
      return other.kind == sim::OpKind::kEnd && other.argument == op;
    });
    const auto inside = static_cast<std::uint64_t>(end - ops.begin()) - op - 1;
    return inside * ops[op].count <= inside + 2;
  }

  const std::string file_;
  const FaultSet faults_;
  const std::string signature_;
  const ShrinkProgramOptions& options_;
  sim::Program program_;  // the smallest so far, with its text and a schedule
  std::string text_;
  Token token_;
  KnownSchedule schedule_;
  std::size_t preemptions_ = SIZE_MAX;  // of the schedule
  unsigned vain_ = 0;                   // schedules of the candidate that need more
  std::set<std::string> tried_;         // texts
  std::uint64_t runs_ = 0;
  std::uint64_t programs_ = 0;
  bool stopped_ = false;  // the progress function has ended it
  bool minimal_ = false;
};

// What is said of the smaller scenario in its file.
void describe(sim::Program& program, const Token& token, const std::string& signature) {
  program.title = fmt::format("What is left of {} for {}", token.scenario, signature);
  program.story = fmt::format("All of the scenario {} is gone that its finding {} does not need.",
                              token.scenario, signature);
  std::string bugs;
  for (const Race& race : catalogue())
    if (token.faults.has(race)) bugs += fmt::format(" --bug {}", race.id);
  if (!bugs.empty()) program.story += fmt::format(" The finding is there with{}.", bugs);
}

}  // namespace

Result<ShrinkProgramResult, Divergence> shrink_program(const sim::Program& program,
                                                       const Token& token, std::string file,
                                                       const ShrinkProgramOptions& options) {
  sim::Program start = program;
  std::string signature;
  KnownSchedule schedule;
  ShrinkResult before;
  {
    Lab lab(program, token.faults);
    FollowToken follow(token);
    NotePlaces places(follow, lab.world().engine());
    NoteSchedule note(places);
    const Lab::Run run = lab.run(note);
    if (auto divergence = follow.divergence(run)) return failure(*std::move(divergence));
    MPG_CHECK(run.finding != nullptr && is_finding(run.verdict), "there is nothing to shrink for");
    signature = run.finding->signature;
    describe(start, token, signature);
    schedule = schedule_of(note, places, token);
    before.preemptions_before = note.preempted_at().size();
    before.deviations_before = token.deviations.size();
    before.steps_before = run.outcome->execution->steps;
  }
  ProgramShrinker shrinker(std::move(file), token.faults, std::move(signature), options);
  shrinker.begin(start, std::move(schedule));
  shrinker.shrink();
  ShrinkProgramResult result = shrinker.result();
  result.before = size_of(program);
  result.schedule.preemptions_before = before.preemptions_before;
  result.schedule.deviations_before = before.deviations_before;
  result.schedule.steps_before = before.steps_before;
  return result;
}

}  // namespace mpglab::explore
