#include "interleave/state_frontier.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace mpglab::interleave {

StateFrontier::StateFrontier(const StateSearchOptions& options, Size size)
    : options_(options),
      size_(size),
      seen_(options.most_states),
      claimed_(options.most_states),
      most_preemptions_(preemptions_of_round(0)) {
  begin_wave();
}

// ---- dealing ----

void StateFrontier::begin_wave() {
  if (scouting_) {
    out_.push_back({.part = {}, .executions = kScouts, .before = {}});
    return;
  }
  while (waiting_.size() < size_.tickets && split_one()) {
  }
  const auto executions = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(seen_.size() / size_.states_for_one, 1, size_.most_executions));
  while (!waiting_.empty() && out_.size() < size_.tickets) {
    out_.push_back({.part = std::move(waiting_.front()), .executions = executions, .before = {}});
    waiting_.pop_front();
  }
}

// Makes two parts of one: of that with something to be tried nearest to the root, which as a rule
// has most behind it.
bool StateFrontier::split_one() {
  StatePart* chosen = nullptr;
  std::size_t uppermost = ~std::size_t{0};
  for (StatePart& part : waiting_) {
    if (part.fresh) continue;
    bool left_out = false;
    const auto level = part.first_open(most_preemptions_, left_out);
    if (!level || *level >= uppermost) continue;
    // It must not be all there is of it.
    StatePart lower = part;
    lower.split(*level);
    if (!lower.first_open(most_preemptions_, left_out)) continue;
    chosen = &part;
    uppermost = *level;
  }
  if (chosen == nullptr) return false;
  waiting_.push_back(chosen->split(uppermost));
  return true;
}

std::optional<StateTicket> StateFrontier::deal() {
  for (std::size_t i = 0; i < out_.size(); ++i) {
    Task& task = out_[i];
    if (task.dealt) continue;
    task.dealt = true;
    StateTicket ticket;
    ticket.number = first_out_ + i;
    ticket.executions = task.executions;
    ticket.scouts = scouting_;
    ticket.scouted = kScouts - task.executions;
    ticket.part = task.part;
    ticket.preemptions = most_preemptions_;
    ticket.seen = &seen_;
    ticket.met = task.before.met;
    ticket.uses = uses_;
    add_uses(ticket.uses, task.before.uses);
    ticket.root = root_;
    return ticket;
  }
  return std::nullopt;
}

// ---- merging ----

void StateFrontier::merge(StateMade made) {
  Task& task = out_.front();
  MPG_CHECK(made.executions <= task.executions, "more executions than the ticket had");
  task.executions -= made.executions;
  executions_ += made.ended;
  StateMade& all = task.before;
  all.met.insert(all.met.end(), made.met.begin(), made.met.end());
  all.uses = std::move(made.uses);
  left_out_ = left_out_ || made.left_out;
  MPG_CHECK(root_ == 0 || made.root == 0 || root_ == made.root,
            "an execution began in another state than one before");
  if (made.root != 0) root_ = made.root;
  cannot_ = made.cannot;
  if (!cannot_.empty()) return;
  if (made.rest) task.part = std::move(*made.rest);
  if (task.executions > 0 && !made.over) {
    task.dealt = false;
    return;
  }
  if (!made.rest) task.part = {};
  claim(task);
  out_.pop_front();
  ++first_out_;
  if (out_.empty()) end_wave();
}

// Those states are this ticket's that none before it in the wave has.
void StateFrontier::claim(Task& task) {
  for (StatePart::Level& level : task.part.levels) {
    if (!level.met) continue;
    if (claimed_.has(level.met->state, level.met->budget)) level.close();
    level.met.reset();
  }
  for (const MetState& met : task.before.met) {
    const std::size_t before = claimed_.size();
    switch (claimed_.meet(met.state, met.budget)) {
      case StateSet::Met::kBefore:
        ++repeated_;
        continue;
      case StateSet::Met::kNever:
        break;
      case StateSet::Met::kNoRoom:
        cannot_ = StateMade::kNoRoom;
        return;
    }
    claims_.push_back(met);
    if (claimed_.size() > before && !seen_.has(met.state, 0)) ++fresh_states_;
  }
  add_uses(wave_uses_, task.before.uses);
  if (task.part.first_open(most_preemptions_, left_out_)) rests_.push_back(std::move(task.part));
}

void StateFrontier::end_wave() {
  add_uses(wave_uses_, uses_);
  uses_.resize(wave_uses_.size());
  const bool outdated =
      !std::equal(uses_.begin(), uses_.end(), wave_uses_.begin(),
                  [](const ObjectUse& a, const ObjectUse& b) { return a.shared() == b.shared(); });
  uses_ = std::exchange(wave_uses_, {});
  for (const MetState& met : claims_)
    if (seen_.meet(met.state, met.budget) == StateSet::Met::kNoRoom) cannot_ = StateMade::kNoRoom;
  if (log_) log_->met.insert(log_->met.end(), claims_.begin(), claims_.end());
  claims_.clear();
  claimed_.clear();
  fresh_states_ = 0;
  std::move(rests_.rbegin(), rests_.rend(), std::front_inserter(waiting_));
  rests_.clear();
  if (!cannot_.empty()) return;
  if (std::exchange(scouting_, false)) {
    begin_round(most_preemptions_);
  } else if (outdated && options_.spare_private_steps) {
    // What was given up as known may have been known for other reasons.
    forget_states();
    complete_below_ = 0;
    begin_round(most_preemptions_);
  } else if (waiting_.empty() && !next_round()) {
    return;
  }
  begin_wave();
}

// ---- rounds ----

bool StateFrontier::next_round() {
  if (most_preemptions_ != StatePart::kUnbounded) complete_below_ = most_preemptions_ + 1;
  exhausted_ = !left_out_ || most_preemptions_ == options_.preemptions;
  if (exhausted_) return false;
  begin_round(preemptions_of_round(most_preemptions_ + 1));
  // States are told apart by less there.
  if (most_preemptions_ == StatePart::kUnbounded) forget_states();
  return true;
}

std::uint32_t StateFrontier::preemptions_of_round(std::uint32_t round) const {
  const bool bounded = options_.preemptions != StateSearchOptions::kUnbounded;
  return bounded || round < options_.bounded_rounds ? round : StatePart::kUnbounded;
}

void StateFrontier::begin_round(std::uint32_t preemptions) {
  most_preemptions_ = preemptions;
  waiting_.clear();
  waiting_.push_back({.levels = {}, .fresh = true});
  left_out_ = false;
  executions_ = 0;
}

void StateFrontier::forget_states() {
  seen_.clear();
  root_ = 0;  // another choice may be the first one now
  if (log_) log_ = Log{log_->generation + 1, 0, {}};
}

StateFrontier::Log StateFrontier::take_log() {
  MPG_CHECK(log_.has_value(), "nobody wanted a log");
  Log next{log_->generation, log_->before + log_->met.size(), {}};
  return std::exchange(*log_, std::move(next));
}

}  // namespace mpglab::interleave
