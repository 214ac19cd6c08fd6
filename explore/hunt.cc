#include "explore/hunt.h"

#include <algorithm>
#include <chrono>

#include "interleave/round_robin.h"

namespace mpglab::explore {

namespace {

// The clock is for progress and for the limit of time; it has no say in any schedule.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// How many choices there are in a schedule: as many as in the default one, roughly.
std::uint32_t usual_length(Lab& lab) {
  interleave::RoundRobin default_schedule;
  lab.run(default_schedule);
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(lab.tape().size()));
}

void note_finding(HuntResult& result, const Finding& finding, Lab& lab) {
  const auto known = std::find_if(
      result.discoveries.begin(), result.discoveries.end(),
      [&](const Discovery& discovery) { return discovery.finding.signature == finding.signature; });
  if (known != result.discoveries.end()) {
    ++known->count;
  } else if (result.discoveries.size() < kMaxDiscoveries) {
    result.discoveries.push_back({finding, lab.token(), result.runs, 1});
  }
}

}  // namespace

HuntResult hunt(const sim::Program& program, const HuntOptions& options) {
  // A look at the clock costs less than a hundredth of this many schedules.
  constexpr std::uint64_t kRunsBetweenLooks = 64;
  constexpr double kSecondsBetweenReports = 0.1;

  const Stopwatch stopwatch;
  Lab lab(program, options.faults, options.max_steps);
  const auto strategy = make_strategy({.kind = options.strategy,
                                       .seed = options.seed,
                                       .pct_depth = options.pct_depth,
                                       .length = usual_length(lab)});
  HuntResult result;
  double next_report = kSecondsBetweenReports;
  while (options.runs == 0 || result.runs < options.runs) {
    const Lab::Run run = lab.run(*strategy);
    if (run.outcome->kind == sim::Outcome::Kind::kExhausted) break;
    ++result.runs;
    result.steps += run.outcome->execution->steps;
    if (run.finding != nullptr) {
      note_finding(result, *run.finding, lab);
      if (run.verdict == Verdict::kBudget) ++result.budget_runs;
    }
    if (is_finding(run.verdict)) {
      ++result.findings;
      if (result.findings == 1) {
        result.first_finding_run = result.runs;
        result.verdict = run.verdict;
      }
      if (!options.keep_going) break;
    }
    if (result.runs % kRunsBetweenLooks != 0) continue;
    const double now = stopwatch.seconds();
    if (options.seconds > 0 && now >= options.seconds) break;
    if (options.progress && now >= next_report) {
      next_report = now + kSecondsBetweenReports;
      if (!options.progress({result.runs, result.findings, now})) break;
    }
  }
  if (result.findings == 0 && result.budget_runs > 0) result.verdict = Verdict::kBudget;
  result.seconds = stopwatch.seconds();
  return result;
}

}  // namespace mpglab::explore
