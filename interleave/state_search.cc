#include "interleave/state_search.h"

#include <algorithm>

#include "base/check.h"

namespace mpglab::interleave {

namespace {

std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0;
  for (const char c : name) hash = mixed(hash + static_cast<unsigned char>(c) + 1);
  return hash;
}

std::uint64_t number_of(Operation operation) {
  return std::uint64_t{operation.object} * 64 + static_cast<std::uint64_t>(operation.access);
}

}  // namespace

StateSearch::StateSearch(Engine& engine, PlainData plain_data, const void* program,
                         const StateSearchOptions& options)
    : engine_(engine),
      plain_data_(plain_data),
      program_(program),
      options_(options),
      seen_(options.most_states),
      most_preemptions_(preemptions_of_round(0)) {
  engine_.observe(this);
}
StateSearch::~StateSearch() {
  engine_.observe(nullptr);
}

// ---- which execution comes next ----

bool StateSearch::begin() {
  if (exhausted_ || !cannot_.empty()) return false;
  scouts_ = scouting_ ? scouts_ - 1 : 0;
  scouting_ = scouts_ > 0;
  if (!scouting_) {
    if (begun_ && !advance()) return false;
    begun_ = true;
  }
  next_ = 0;
  thread_count_ = 1;
  names_[0] = hash_of("main");
  own_pasts_.fill({});
  pasts_[0] = own_pasts_.data();
  memory_ = 0;
  for (Object& object : objects_) object.known = false;
  undisturbed_ = locked_ = given_up_ = outdated_ = false;
  return true;
}

bool StateSearch::advance() {
  // What was given up as known may have been known for other reasons.
  if (outdated_) {
    seen_.clear();
    root_ = 0;  // another choice may be the first one now
    complete_below_ = 0;
    begin_round(most_preemptions_);
    return true;
  }
  if (next_tape()) return true;
  if (most_preemptions_ != kAll) complete_below_ = most_preemptions_ + 1;
  exhausted_ = !left_out_ || most_preemptions_ == options_.preemptions;
  if (exhausted_) return false;
  begin_round(preemptions_of_round(most_preemptions_ + 1));
  // States are told apart by less there.
  if (most_preemptions_ == kAll) {
    seen_.clear();
    root_ = 0;
  }
  return true;
}

std::uint32_t StateSearch::preemptions_of_round(std::uint32_t round) const {
  const bool bounded = options_.preemptions != StateSearchOptions::kUnbounded;
  return bounded || round < options_.bounded_rounds ? round : kAll;
}

void StateSearch::begin_round(std::uint32_t preemptions) {
  most_preemptions_ = preemptions;
  tape_.clear();
  preemptions_ = 0;
  left_out_ = false;
  executions_ = 0;
}

bool StateSearch::next_tape() {
  while (!tape_.empty()) {
    Choice& last = tape_.back();
    const bool costs = last.kind == ChoiceKind::kPreempt;
    const bool possible = !costs || last.value != 0 || preemptions_ < most_preemptions_;
    if (!possible) left_out_ = true;
    if (possible && last.value + 1 < last.bound) {
      if (costs && last.value == 0) ++preemptions_;
      ++last.value;
      return true;
    }
    if (costs && last.value != 0) --preemptions_;
    tape_.pop_back();
  }
  return false;
}

std::uint32_t StateSearch::pick(const Decision& decision) {
  if (!cannot_.empty() || given_up_ || outdated_) return kGiveUp;
  if (scouting_) return random_.below(decision.bound);
  if (is_no_choice(decision)) return 0;
  if (next_ == 0) check_root(fingerprint(decision));
  if (next_ < tape_.size()) return tape_[next_++].value;
  if (options_.recognise_states) {
    const auto left = static_cast<StateSet::Budget>(
        most_preemptions_ == kAll ? StateSet::kMostBudget : most_preemptions_ - preemptions_);
    const StateSet::Met met = seen_.meet(fingerprint(decision), left);
    given_up_ = met != StateSet::Met::kNever;
    if (met == StateSet::Met::kNoRoom) cannot_ = "there are more states than there is room for";
    if (given_up_) return kGiveUp;
  }
  ++next_;
  tape_.push_back({decision.kind, decision.bound, 0});
  return 0;
}

// Before the first choice every execution is in one state, or the one before has left something
// behind, which would make one state many.
void StateSearch::check_root(std::uint64_t root) {
  MPG_CHECK(root_ == 0 || root_ == root, "an execution began in another state than the one before");
  root_ = root;
}

bool StateSearch::is_no_choice(const Decision& decision) {
  if (decision.kind != ChoiceKind::kPreempt) return false;
  const Operation next = decision.pending[decision.current];
  if (options_.merge_lock_steps &&
      (next.access == Access::kUnlock || (locked_ && !waits(next.access))))
    return true;
  return options_.spare_private_steps && is_on_data(next.access) && !object(next.object).shared();
}

void StateSearch::end(const Tape& /*tape*/) {
  if (begun_ && !given_up_ && !outdated_) ++executions_;
}

// ---- what the state is made of ----

std::uint64_t StateSearch::fingerprint(const Decision& decision) const {
  std::uint64_t sum = memory_ + plain_data_(program_);
  for (unsigned i = 0; i < thread_count_; ++i) {
    const auto thread = static_cast<ThreadId>(i);
    const Operation pending = engine_.pending(thread);
    std::uint64_t number = mixed(names_[thread] + number_of(pending));
    if (has_operand(pending.access)) number = mixed(number + engine_.operand(thread));
    sum += mixed(number + pasts_[thread]->number);
  }
  // Who runs matters to a choice that is its own, and to what a preemption is. Without a bound
  // there is no such thing: whoever runs, the same threads can be picked.
  if (decision.picks_thread() && most_preemptions_ == kAll) return mixed(sum);
  return mixed(sum + mixed(names_[decision.current] + static_cast<std::uint64_t>(decision.kind)));
}

StateSearch::Object& StateSearch::object(ObjectId id) {
  if (id >= objects_.size()) objects_.resize(std::size_t{id} + 1);
  return objects_[id];
}

void StateSearch::on_operation(const Step& step) {
  // Before the part under test it is the same in every execution.
  if (undisturbed_) return;
  // Also what a thread has only done shows how far it is.
  Past& past = *pasts_[step.thread];
  past.saw(number_of(step.operation));
  switch (step.operation.access) {
    case Access::kLoad:
    case Access::kSleep:
      past.saw(step.before);
      break;
    case Access::kUpdate:
      past.saw(step.before);
      past.saw(step.after);
      break;
    case Access::kCas:
      past.saw(step.wrote ? 1 : 0);
      break;
    default:
      break;
  }
  locked_ = step.operation.access == Access::kLock;
  Object& object = this->object(step.operation.object);
  remember_memory(step, object);
  notice_sharing(step, object);
}

void StateSearch::remember_memory(const Step& step, Object& object) {
  if (object.known && object.value == step.after) return;
  const auto term = [&step](std::uint64_t value) {
    return mixed(mixed(value) + step.operation.object);
  };
  memory_ += term(step.after) - term(object.known ? object.value : step.before);
  object.known = true;
  object.value = step.after;
}

void StateSearch::notice_sharing(const Step& step, Object& object) {
  const Effect effect = effect_of(step.operation.access, step.wrote);
  const std::uint64_t name = names_[step.thread];
  if (object.toucher == name && object.had(effect)) return;
  const bool shared = object.shared();
  object.by_several = object.by_several || (object.touched && object.toucher != name);
  object.toucher = name;
  object.touched = true;
  object.effects |= Object::bit(effect);
  if (begun_ && !shared && object.shared() && options_.spare_private_steps) outdated_ = true;
}

void StateSearch::on_choice(std::size_t /*index*/, const Choice& choice, ThreadId current,
                            ThreadId /*taken*/) {
  if (choice.kind >= ChoiceKind::kProgram) pasts_[current]->saw(choice.value);
}

// By name, because two threads that start one each may do so in either order.
void StateSearch::on_spawn(ThreadId /*parent*/, ThreadId child) {
  thread_count_ = std::max(thread_count_, child + 1U);
  std::uint64_t name = hash_of(engine_.thread_name(child));
  while (std::find(names_.begin(), names_.begin() + child, name) != names_.begin() + child)
    name = mixed(name + 1);
  names_[child] = name;
  locked_ = false;
  pasts_[child] = &own_pasts_[child];
}

void StateSearch::on_yield(ThreadId /*thread*/) {
  give_up_on("the program spins");
}
void StateSearch::on_time_passed(ThreadId /*thread*/) {
  give_up_on("time has to go by");
}
void StateSearch::give_up_on(std::string_view why) {
  if (!undisturbed_) cannot_ = why;
}

}  // namespace mpglab::interleave
