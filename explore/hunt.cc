#include "explore/hunt.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "base/check.h"
#include "explore/growing_dfs.h"
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

// How many choices and threads there are in a schedule: as many as in the default one, roughly.
struct UsualSchedule {
  std::uint32_t choices = 1;
  unsigned threads = 1;
};
UsualSchedule usual_schedule(Lab& lab) {
  interleave::RoundRobin default_schedule;
  lab.run(default_schedule);
  return {std::max<std::uint32_t>(1, static_cast<std::uint32_t>(lab.tape().size())),
          lab.world().engine().thread_count()};
}

// Schedules are dealt out to the workers in blocks, in order, so that all below the first finding
// are run by somebody.
constexpr std::uint64_t kBlock = 64;
constexpr double kSecondsBetweenReports = 0.1;

// What one OS thread has seen.
struct Catch {
  std::vector<Discovery> discoveries;  // `count` and `run` as seen by this worker
  std::uint64_t findings = 0;
  std::uint64_t steps = 0;
  std::uint64_t budget_runs = 0;
};

class Hunter {
 public:
  Hunter(const sim::Program& program, const HuntOptions& options)
      : program_(program),
        options_(options),
        next_block_(kBlock * options.shard),
        end_(options.runs == 0 ? kNever : options.runs) {
    MPG_CHECK(options.shard < options.shards, "a shard is one of the shards");
    MPG_CHECK(options.shards == 1 || has_numbered_executions(options.strategy),
              "schedules that have an order are not dealt out");
  }

  HuntResult hunt() {
    {
      Lab lab(program_, options_.faults, options_.max_steps);
      usual_ = usual_schedule(lab);
    }
    const unsigned jobs =
        has_numbered_executions(options_.strategy) ? std::max(1U, options_.jobs) : 1;
    std::vector<Catch> catches(jobs);
    {
      std::vector<std::jthread> others;
      for (unsigned job = 1; job < jobs; ++job)
        others.emplace_back([this, &mine = catches[job]] { work(mine, /*reports=*/false); });
      work(catches[0], /*reports=*/true);
    }
    return merge(catches);
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  void work(Catch& mine, bool reports) {
    Lab lab(program_, options_.faults, options_.max_steps);
    std::unique_ptr<interleave::Strategy> strategy;
    while (!stopped_) {
      const std::uint64_t begin = next_block_.fetch_add(kBlock * options_.shards);
      const std::uint64_t end = begin + kBlock;
      if (begin >= end_) break;
      if (strategy == nullptr || has_numbered_executions(options_.strategy))
        strategy = make_strategy({.kind = options_.strategy,
                                  .seed = options_.seed,
                                  .pct_depth = options_.pct_depth,
                                  .length = usual_.choices,
                                  .first_execution = begin,
                                  .bounds = options_.bounds});
      for (std::uint64_t n = begin; n < end && n < end_; ++n)
        if (!run(lab, *strategy, n + 1, mine)) {
          stopped_ = exhausted_ = true;
          break;
        }
      if (options_.strategy == StrategyKind::kDfs) {
        const auto& dfs = static_cast<const GrowingDfs&>(*strategy);
        complete_below_ = dfs.complete_below();
        whole_ = dfs.whole();
      }
      look_at_the_clock(reports);
    }
  }

  // Runs schedule number `number`. False: the strategy has no more.
  bool run(Lab& lab, interleave::Strategy& strategy, std::uint64_t number, Catch& mine) {
    const Lab::Run run = lab.run(strategy);
    if (run.outcome->kind == sim::Outcome::Kind::kExhausted) return false;
    MPG_CHECK(run.verdict != Verdict::kInternal, "a hunt follows no tape, so none can diverge");
    runs_.fetch_add(1, std::memory_order_relaxed);
    mine.steps += run.outcome->execution->steps;
    if (run.finding == nullptr) return true;
    note(mine, *run.finding, lab, number);
    if (!is_finding(run.verdict)) {
      ++mine.budget_runs;
      return true;
    }
    ++mine.findings;
    findings_.fetch_add(1, std::memory_order_relaxed);
    if (!options_.keep_going) {
      // Schedules after this one do not matter any more; those before it still do.
      std::uint64_t end = end_;
      while (number < end && !end_.compare_exchange_weak(end, number)) {
      }
    }
    return true;
  }

  static void note(Catch& mine, const Finding& finding, Lab& lab, std::uint64_t number) {
    const auto known = std::find_if(mine.discoveries.begin(), mine.discoveries.end(),
                                    [&](const Discovery& discovery) {
                                      return discovery.finding.signature == finding.signature;
                                    });
    if (known != mine.discoveries.end()) {
      ++known->count;
    } else if (mine.discoveries.size() < kMaxDiscoveries) {
      mine.discoveries.push_back({finding, lab.token(), number, 1});
    }
  }

  void look_at_the_clock(bool reports) {
    const double now = stopwatch_.seconds();
    if (options_.seconds > 0 && now >= options_.seconds) stopped_ = true;
    if (!reports || !options_.progress || now < next_report_) return;
    next_report_ = now + kSecondsBetweenReports;
    if (!options_.progress({runs_, findings_, now})) stopped_ = interrupted_ = true;
  }

  HuntResult merge(std::vector<Catch>& catches) {
    HuntResult result;
    result.runs = runs_;
    for (Catch& one : catches) {
      result.steps += one.steps;
      result.findings += one.findings;
      result.budget_runs += one.budget_runs;
      for (Discovery& discovery : one.discoveries) {
        const auto known = std::find_if(
            result.discoveries.begin(), result.discoveries.end(), [&](const Discovery& other) {
              return other.finding.signature == discovery.finding.signature;
            });
        if (known == result.discoveries.end()) {
          result.discoveries.push_back(std::move(discovery));
        } else {
          const std::uint64_t count = known->count + discovery.count;
          if (discovery.run < known->run) *known = std::move(discovery);
          known->count = count;
        }
      }
    }
    std::sort(result.discoveries.begin(), result.discoveries.end(),
              [](const Discovery& a, const Discovery& b) { return a.run < b.run; });
    const auto first =
        std::find_if(result.discoveries.begin(), result.discoveries.end(),
                     [](const Discovery& one) { return is_finding(one.finding.verdict); });
    if (first != result.discoveries.end()) {
      result.verdict = first->finding.verdict;
      result.first_finding_run = first->run;
      if (!options_.keep_going) forget_after(result, first->run);
    } else if (result.budget_runs > 0) {
      result.verdict = Verdict::kBudget;
    }
    result.verified = is_exhaustive(options_.strategy) && exhausted_ &&
                      result.verdict == Verdict::kSound && result.budget_runs == 0;
    result.interrupted = interrupted_;
    result.whole = result.verified && whole_;
    result.complete_below = complete_below_;
    result.usual_choices = usual_.choices;
    result.usual_threads = usual_.threads;
    result.seconds = stopwatch_.seconds();
    return result;
  }

  // With several jobs some schedules after the first finding have been run already. They are not
  // told of, so that the result does not depend on who was quicker.
  static void forget_after(HuntResult& result, std::uint64_t run) {
    std::erase_if(result.discoveries, [&](const Discovery& one) { return one.run > run; });
    result.runs = run;
    result.findings = 1;
  }

  const sim::Program& program_;
  const HuntOptions& options_;
  const Stopwatch stopwatch_;
  UsualSchedule usual_;
  // Of strategies with one job.
  bool whole_ = false;
  std::uint32_t complete_below_ = 0;
  std::atomic<std::uint64_t> next_block_;
  std::atomic<std::uint64_t> end_;  // schedules from here on (from 0) are not needed
  std::atomic<std::uint64_t> runs_ = 0;
  std::atomic<std::uint64_t> findings_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> exhausted_ = false;
  bool interrupted_ = false;  // by the worker that reports
  double next_report_ = kSecondsBetweenReports;
};

}  // namespace

HuntResult hunt(const sim::Program& program, const HuntOptions& options) {
  return Hunter(program, options).hunt();
}

}  // namespace mpglab::explore
