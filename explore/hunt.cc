#include "explore/hunt.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <unistd.h>

#include "base/check.h"
#include "interleave/class_hash.h"
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

constexpr double kSecondsBetweenReports = 0.1;
constexpr double kSecondsBetweenCheckpoints = 1;

Discovery* find_signature(std::vector<Discovery>& discoveries, const std::string& signature) {
  const auto known = std::find_if(
      discoveries.begin(), discoveries.end(),
      [&](const Discovery& discovery) { return discovery.finding.signature == signature; });
  return known == discoveries.end() ? nullptr : &*known;
}

// The number of a schedule, from 1, and all that decides which schedule has it.
Origin origin_of(const HuntOptions& options, std::uint64_t number) {
  Origin origin;
  origin.strategy = options.strategy;
  origin.run = number;
  if (has_seed(options.strategy)) origin.seed = options.seed;
  if (has_depth(options.strategy) && options.pct_depth != kDefaultPctDepth)
    origin.bound = options.pct_depth;
  if (bounds_preemptions(options.strategy) &&
      options.bounds.preemptions != interleave::BoundedDfs::kUnbounded)
    origin.bound = options.bounds.preemptions;
  return origin;
}

// What one worker has seen in one block.
struct Block {
  std::uint64_t next = 0;  // the schedule behind the last that was run
  std::uint64_t runs = 0;
  std::uint64_t findings = 0;
  std::uint64_t budget_runs = 0;
  std::uint64_t steps = 0;
  bool exhausted = false;
  std::vector<Discovery> discoveries;  // in order; `count` within the block
  std::vector<std::uint64_t> classes;
  // Of DFS.
  DfsPosition dfs;
  DfsCount dfs_count;
  bool dfs_whole = false;
  Proof proof;
};

// The state of a hunt, to which blocks are added in their order, whoever ran them and whenever they
// were done. So it is at all times what one worker alone would have known.
class Ledger {
 public:
  Ledger(const HuntState* from, bool keep_going) : keep_going_(keep_going) {
    if (from != nullptr) state_ = *from;
    closed_ = state_.exhausted || (state_.findings > 0 && !keep_going);
  }

  // Nothing more is added: the first finding is in, and no other is wanted, or there is no more.
  bool closed() const { return closed_; }

  // Block number `ticket` is done. True: there is a discovery that was not known.
  bool add(std::uint64_t ticket, Block block) {
    waiting_.emplace(ticket, std::move(block));
    bool news = false;
    for (auto first = waiting_.find(next_ticket_); first != waiting_.end();
         first = waiting_.find(next_ticket_)) {
      if (!closed_) news = add_next(first->second) || news;
      waiting_.erase(first);
      ++next_ticket_;
    }
    return news;
  }

  HuntState& state() { return state_; }

 private:
  bool add_next(Block& block) {
    bool news = false;
    state_.next = block.next;
    state_.runs += block.runs;
    state_.findings += block.findings;
    state_.budget_runs += block.budget_runs;
    state_.steps += block.steps;
    state_.exhausted = block.exhausted;
    for (Discovery& discovery : block.discoveries) {
      if (state_.first_finding_run == 0 && is_finding(discovery.finding.verdict))
        state_.first_finding_run = discovery.run;
      if (Discovery* known = find_signature(state_.discoveries, discovery.finding.signature)) {
        known->count += discovery.count;
      } else if (state_.discoveries.size() < kMaxDiscoveries) {
        state_.discoveries.push_back(std::move(discovery));
        news = true;
      }
    }
    for (const std::uint64_t hash : block.classes) state_.classes.add(hash);
    state_.dfs = std::move(block.dfs);
    while (state_.dfs_count.round < state_.dfs.round) state_.dfs_count.begin_next_round();
    state_.dfs_count.add(block.dfs_count);
    state_.dfs_whole = block.dfs_whole;
    state_.proof = std::move(block.proof);
    closed_ = state_.exhausted || (state_.findings > 0 && !keep_going_);
    return news;
  }

  const bool keep_going_;
  HuntState state_;
  bool closed_ = false;
  std::uint64_t next_ticket_ = 0;
  std::map<std::uint64_t, Block> waiting_;  // for those before them
};

class Hunter {
 public:
  Hunter(const sim::Program& program, const HuntOptions& options)
      : program_(program),
        options_(options),
        ledger_(options.from, options.keep_going),
        frontier_(options.bounds, ledger_.state().dfs, ledger_.state().dfs_count),
        dealt_(ledger_.state().next),
        begin_(first_of_shard(options)),
        seconds_before_(options.from == nullptr ? 0 : options.from->seconds),
        end_(options.runs == 0 ? kNever : options.runs),
        runs_(ledger_.state().runs),
        findings_(ledger_.state().findings) {
    MPG_CHECK(options.shard < options.shards, "a shard is one of the shards");
    MPG_CHECK(options.shards == 1 || has_numbered_executions(options.strategy),
              "schedules that have an order are not dealt out");
    MPG_CHECK(!options.count_classes || !is_prover(options.strategy),
              "a prover observes the engine itself");
    MPG_CHECK(!is_prover(options.strategy) || program.bodies_only,
              "a proof takes only what the bodies do");
    MPG_CHECK(options.running == nullptr || options.jobs <= RunningSchedules::kMostThreads,
              "more jobs than can say what they run");
    if (is_prover(options.strategy)) begin_proof();
    next_checkpoint_ = seconds_before_ + kSecondsBetweenCheckpoints;
    if (ledger_.closed()) end_ = 0;
  }

  HuntResult hunt() {
    {
      Lab lab(program_, options_.faults, options_.max_steps);
      usual_ = usual_schedule(lab);
    }
    const unsigned jobs = can_use_jobs(options_.strategy) ? std::max(1U, options_.jobs) : 1;
    {
      std::vector<std::jthread> others;
      for (unsigned job = 1; job < jobs; ++job) others.emplace_back([this, job] { work(job); });
      work(0);
    }
    return result();
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  // The first schedule, from 0, that is not done, and in a block of this shard.
  static std::uint64_t first_of_shard(const HuntOptions& options) {
    const std::uint64_t next = options.from == nullptr ? 0 : options.from->next;
    const std::uint64_t ahead =
        (options.shard + options.shards - next / kHuntBlock % options.shards) % options.shards;
    return ahead == 0 ? next : (next / kHuntBlock + ahead) * kHuntBlock;
  }

  // The range of schedules that a ticket stands for. The first may begin inside of a block.
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  Range range(std::uint64_t ticket) const {
    const std::uint64_t block = begin_ / kHuntBlock + ticket * options_.shards;
    return {ticket == 0 ? begin_ : block * kHuntBlock, (block + 1) * kHuntBlock};
  }

  std::unique_ptr<interleave::Strategy> strategy_from(std::uint64_t begin) const {
    return make_strategy({.kind = options_.strategy,
                          .seed = options_.seed,
                          .pct_depth = options_.pct_depth,
                          .length = usual_.choices,
                          .first_execution = begin});
  }

  // What one of the hunt's threads has of its own.
  struct Worker {
    Worker(const sim::Program& program, const HuntOptions& options, unsigned number, Prover* prover)
        : job(number), lab(program, options.faults, options.max_steps), hash(lab.world().engine()) {
      if (options.count_classes) lab.world().engine().observe(&hash);
      if (prover != nullptr) proof = prover->worker(lab);
    }

    const unsigned job;
    const std::uint64_t thread = static_cast<std::uint64_t>(::gettid());
    Lab lab;
    interleave::ClassHash hash;
    std::unique_ptr<Prover::Worker> proof;  // of a prover
  };

  // What thread number `job` of the hunt does; the first one also reports.
  void work(unsigned job) {
    Worker worker(program_, options_, job, prover_.get());
    if (options_.strategy == StrategyKind::kDfs) {
      while (!stopped_ && run_leaves(worker)) look_at_the_clock(/*reports=*/job == 0);
      return;
    }
    if (prover_ != nullptr) {
      while (!stopped_ && run_part(worker)) look_at_the_clock(/*reports=*/job == 0);
      return;
    }
    std::unique_ptr<interleave::Strategy> strategy;
    while (!stopped_) {
      const std::uint64_t ticket = next_ticket_++;
      const auto [begin, end] = range(ticket);
      if (begin >= end_) break;
      if (strategy == nullptr || has_numbered_executions(options_.strategy))
        strategy = strategy_from(begin);
      Block block;
      block.next = begin;
      while (block.next < end && block.next < end_ && !block.exhausted)
        run(worker, *strategy, block);
      add(ticket, std::move(block));
      look_at_the_clock(/*reports=*/job == 0);
    }
  }

  // A block of DFS: a node, if one is due, and leaves. False: there was nothing to do any more.
  bool run_leaves(Worker& worker) {
    Block block;
    DfsFrontier::Leaves task;
    std::uint64_t ticket = 0;
    {
      std::unique_lock lock(frontier_mutex_);
      if (!deal(worker, block, lock)) return false;
      ticket = next_ticket_++;
      block.dfs = frontier_.position();
      if (!block.exhausted) task = frontier_.take_leaves(kHuntBlock - block.runs);
      dealt_ += task.leaves.size();
      ++blocks_out_;
    }
    for (const DfsFrontier::Leaf leaf : task.leaves) {
      if (block.next >= end_) break;
      LeafStrategy strategy(*task.node, leaf);
      run(worker, strategy, block);
      ++block.dfs.leaves_dealt;
    }
    const DfsCount seen = block.dfs_count;
    add(ticket, std::move(block));
    const std::lock_guard lock(frontier_mutex_);
    --blocks_out_;
    frontier_.note(seen);
    block_is_done_.notify_all();
    return true;
  }

  // Sees to it that the frontier has leaves, or has run a node, or is known to have no more, which
  // one worker says, once. False: nothing of that. REQUIRES: the lock of the frontier is held.
  bool deal(Worker& worker, Block& block, std::unique_lock<std::mutex>& lock) {
    while (!stopped_ && dealt_ < end_) {
      const DfsFrontier::Next next = frontier_.next(blocks_out_ > 0);
      block.next = dealt_;
      block.dfs_count.round = frontier_.round();
      switch (next) {
        case DfsFrontier::Next::kLeaves:
          return true;
        case DfsFrontier::Next::kNode:
          run(worker, frontier_.node_strategy(), block);
          if (!block.exhausted) {
            ++dealt_;
            frontier_.node_was_run();
            return true;
          }
          block.exhausted = false;
          frontier_.there_was_none();
          break;
        case DfsFrontier::Next::kWait:
          block_is_done_.wait(lock);
          break;
        case DfsFrontier::Next::kNothing:
          if (std::exchange(end_is_told_, true)) return false;
          block.exhausted = true;
          block.dfs_whole = frontier_.whole();
          return true;
      }
    }
    return false;
  }

  // A search that begins, or goes on; or comes to nothing, since the program is none for it.
  void begin_proof() {
    prover_ = make_prover(program_, {.kind = options_.strategy,
                                     .preemptions = options_.bounds.preemptions,
                                     .keeps = static_cast<bool>(options_.checkpoint)});
    HuntState& state = ledger_.state();
    MPG_CHECK(state.next == 0 || !state.search.frontier.empty(), "a search that nobody has kept");
    if (!state.search.frontier.empty()) {
      MPG_CHECK(prover_->restore(state.search), "a search that never was");
      state.search = {};
    }
    if (!prover_->over() || ledger_.closed()) return;
    Block nothing;
    nothing.next = state.next;
    nothing.exhausted = true;
    nothing.proof = prover_->proof();
    ledger_.add(parts_merged_++, std::move(nothing));
  }

  // How many schedules the limit counts: those of a search for states that came to nothing new as
  // well.
  std::uint64_t counted(std::uint64_t tried, std::uint64_t runs) const {
    return options_.strategy == StrategyKind::kStates ? tried : runs;
  }
  std::uint64_t counted() {
    const HuntState& state = ledger_.state();
    return counted(state.next, state.runs);
  }

  // A ticket of a prover. False: there was nothing to do any more.
  bool run_part(Worker& worker) {
    Prover::Worker& proof = *worker.proof;
    std::optional<Prover::Ticket> ticket;
    PartMade part;
    std::uint64_t most = 0;
    {
      std::unique_lock lock(mutex_);
      while (!stopped_ && counted() < end_ && !(ticket = proof.take())) part_is_done_.wait(lock);
      if (!ticket) return false;
      part.begin = part.block.next = ledger_.state().next;
      most = std::min<std::uint64_t>(ticket->executions, end_ - counted());
    }
    interleave::Strategy& search = proof.take_up();
    Block& block = part.block;
    const auto made = [&] { return counted(block.next - part.begin, block.runs); };
    while (made() < most && !block.exhausted && (block.findings == 0 || options_.keep_going))
      run(worker, search, block);
    // Of the part. Of the whole, the prover knows.
    block.exhausted = false;
    proof.finish(static_cast<std::uint32_t>(made()));
    const std::lock_guard lock(mutex_);
    proof.hand_in();
    parts_made_.emplace(ticket->number, std::move(part));
    merge_parts();
    part_is_done_.notify_all();
    return true;
  }

  // In the order of the tickets. REQUIRES: the mutex is held.
  void merge_parts() {
    while (!ledger_.closed() && counted() < end_ && !prover_->over()) {
      const auto next = parts_made_.find(prover_->next());
      if (next == parts_made_.end()) return;
      PartMade part = std::move(next->second);
      parts_made_.erase(next);
      HuntState& state = ledger_.state();
      if (counted() + counted(part.block.next - part.begin, part.block.runs) > end_) {
        // The limit is in the midst of it, which was not known when it was dealt.
        prover_->deal_again();
        return;
      }
      const std::uint64_t ahead = state.next - part.begin;
      part.block.next += ahead;
      for (Discovery& discovery : part.block.discoveries) {
        discovery.run += ahead;
        discovery.token.origin = origin_of(options_, discovery.run);
      }
      prover_->merge();
      part.block.proof = prover_->proof();
      part.block.exhausted = prover_->over();
      add_in_order(parts_merged_++, std::move(part.block));
      if (counted() >= end_) stopped_ = true;
    }
  }

  // Runs the next schedule of the block, if there is one.
  void run(Worker& worker, interleave::Strategy& strategy, Block& block) {
    const std::uint64_t number = block.next + 1;
    RunningSchedules* const running = options_.running;
    worker.hash.begin();
    if (running != nullptr) running->set(worker.job, worker.thread, number);
    const Lab::Run run = worker.lab.run(strategy);
    if (running != nullptr) running->set(worker.job, worker.thread, 0);
    if (run.outcome->kind == sim::Outcome::Kind::kExhausted) {
      block.exhausted = true;
      return;
    }
    MPG_CHECK(run.verdict != Verdict::kInternal, "a hunt follows no tape, so none can diverge");
    block.next = number;
    // What would have followed has been run before.
    if (run.outcome->kind == sim::Outcome::Kind::kGivenUp) return;
    if (worker.proof != nullptr && !worker.proof->counts()) return;
    ++block.runs;
    runs_.fetch_add(1, std::memory_order_relaxed);
    block.steps += run.outcome->execution->steps;
    if (options_.count_classes) block.classes.push_back(worker.hash.value());
    if (options_.strategy == StrategyKind::kDfs)
      block.dfs_count.add(DfsSeen(worker.lab.tape(), options_.bounds));
    if (run.finding == nullptr) return;
    if (Discovery* known = find_signature(block.discoveries, run.finding->signature)) {
      ++known->count;
    } else {
      Token token = worker.lab.token();
      token.origin = origin_of(options_, number);
      block.discoveries.push_back({*run.finding, std::move(token), number, 1});
    }
    if (!is_finding(run.verdict)) {
      ++block.budget_runs;
      return;
    }
    ++block.findings;
    // Its number is not known before it is merged.
    if (options_.keep_going || prover_ != nullptr) return;
    // Schedules after this one do not matter any more; those before it still do.
    std::uint64_t end = end_;
    while (number < end && !end_.compare_exchange_weak(end, number)) {
    }
  }

  void add(std::uint64_t ticket, Block block) {
    const std::lock_guard lock(mutex_);
    add_in_order(ticket, std::move(block));
  }

  // REQUIRES: the mutex is held.
  void add_in_order(std::uint64_t ticket, Block block) {
    const bool news = ledger_.add(ticket, std::move(block));
    HuntState& state = ledger_.state();
    state.seconds = seconds();
    if (ledger_.closed()) stopped_ = true;
    if (options_.checkpoint && (news || state.seconds >= next_checkpoint_)) {
      if (prover_ != nullptr) state.search = prover_->kept();
      if (!options_.checkpoint(state)) stopped_ = true;
      // Not before as long again as this one took, nine times.
      const double took = seconds() - state.seconds;
      next_checkpoint_ = state.seconds + std::max(kSecondsBetweenCheckpoints, 10 * took);
    }
    // Not before: what is reported is in a checkpoint.
    findings_ = state.findings;
    if (options_.count_classes) classes_ = state.classes.estimate();
    dfs_count_ = state.dfs_count;
  }

  void look_at_the_clock(bool reports) {
    const double now = stopwatch_.seconds();
    if (options_.seconds > 0 && now >= options_.seconds) stopped_ = true;
    if (!reports || !options_.progress || now < next_report_) return;
    next_report_ = now + kSecondsBetweenReports;
    HuntProgress progress{runs_, findings_, seconds(), {}, {}, {}, {}};
    {
      const std::lock_guard lock(mutex_);
      if (options_.count_classes) progress.classes = classes_;
      if (options_.strategy == StrategyKind::kDfs) progress.dfs = dfs_count_;
      if (prover_ != nullptr) progress.tree = prover_->tree();
      if (options_.strategy == StrategyKind::kStates) progress.states = states_met();
    }
    if (!options_.progress(progress)) stopped_ = interrupted_ = true;
  }

  // Nothing before there are any. REQUIRES: the mutex is held.
  std::optional<StateCount> states_met() {
    const Proof proof = prover_->proof();
    if (proof.states == 0) return std::nullopt;
    return StateCount{proof.states, proof.preemptions_below, counted()};
  }

  HuntResult result() {
    HuntResult result;
    if (prover_ != nullptr) {
      ledger_.state().search = prover_->kept();
      if (const auto tree = prover_->tree()) result.tree = *tree;
    }
    static_cast<HuntState&>(result) = std::move(ledger_.state());
    if (result.first_finding_run > 0) {
      const auto first =
          std::find_if(result.discoveries.begin(), result.discoveries.end(),
                       [&](const Discovery& one) { return one.run == result.first_finding_run; });
      result.verdict = first->finding.verdict;
    } else if (result.budget_runs > 0) {
      result.verdict = Verdict::kBudget;
    }
    result.verified = is_exhaustive(options_.strategy) && result.exhausted &&
                      result.verdict == Verdict::kSound && result.budget_runs == 0;
    if (is_prover(options_.strategy)) result.verified = result.verified && result.proof.exhausted;
    result.interrupted = interrupted_;
    result.whole = result.verified && (result.dfs_whole || result.proof.whole);
    result.complete_below = result.dfs.complete_below;
    result.usual_choices = usual_.choices;
    result.usual_threads = usual_.threads;
    result.seconds = seconds();
    return result;
  }

  double seconds() const { return seconds_before_ + stopwatch_.seconds(); }

  const sim::Program& program_;
  const HuntOptions& options_;
  const Stopwatch stopwatch_;
  UsualSchedule usual_;

  std::mutex mutex_;  // of the ledger, the checkpoints, and classes_
  Ledger ledger_;
  double next_checkpoint_ = 0;
  interleave::ClassEstimate classes_;
  DfsCount dfs_count_;

  // Of DFS.
  std::mutex frontier_mutex_;  // of all of these
  std::condition_variable block_is_done_;
  DfsFrontier frontier_;
  std::uint64_t dealt_;           // schedules
  std::uint64_t blocks_out_ = 0;  // dealt, and not in the ledger
  bool end_is_told_ = false;

  // Of a prover, under the ledger's mutex.
  struct PartMade {
    Block block;
    std::uint64_t begin = 0;  // the number that was taken for its first schedule
  };
  std::condition_variable part_is_done_;
  std::unique_ptr<Prover> prover_;
  std::map<std::uint64_t, PartMade> parts_made_;  // for those before them; by ticket
  std::uint64_t parts_merged_ = 0;

  const std::uint64_t begin_;  // the first schedule, from 0
  const double seconds_before_;
  std::atomic<std::uint64_t> next_ticket_ = 0;
  std::atomic<std::uint64_t> end_;  // schedules from here on (from 0) are not needed
  std::atomic<std::uint64_t> runs_;
  std::atomic<std::uint64_t> findings_;  // in the ledger
  std::atomic<bool> stopped_ = false;
  bool interrupted_ = false;  // by the worker that reports
  double next_report_ = kSecondsBetweenReports;
};

}  // namespace

HuntResult hunt(const sim::Program& program, const HuntOptions& options) {
  return Hunter(program, options).hunt();
}

}  // namespace mpglab::explore
