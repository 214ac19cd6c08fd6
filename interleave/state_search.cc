#include "interleave/state_search.h"

#include <algorithm>
#include <utility>

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
      met_(options.most_states) {
  engine_.observe(this);
}
StateSearch::~StateSearch() {
  engine_.observe(nullptr);
}

// ---- which execution comes next ----

void StateSearch::take_up(StateTicket ticket) {
  ticket_ = std::move(ticket);
  made_ = {};
  most_preemptions_ = ticket_.preemptions;
  part_ = std::move(ticket_.part);
  preemptions_ = static_cast<std::uint32_t>(
      std::count_if(part_.levels.begin(), part_.levels.end(),
                    [](const StatePart::Level& level) { return level.preempts(); }));
  at_end_ = outdated_ = false;
  met_.clear();
  for (const MetState& met : ticket_.met) met_.meet(met.state, met.budget);
  for (Object& object : objects_) object.use = {};
  for (std::size_t i = 0; i < ticket_.uses.size(); ++i)
    object(static_cast<ObjectId>(i)).use = ticket_.uses[i];
}

StateMade StateSearch::made() {
  made_.root = ticket_.root;
  for (const Object& object : objects_) made_.uses.push_back(object.use);
  // Objects that only another ticket has touched are none of this one's.
  while (!made_.uses.empty() && made_.uses.back().effects == 0) made_.uses.pop_back();
  const bool more =
      !at_end_ && (part_.fresh || part_.first_open(most_preemptions_, made_.left_out));
  made_.over = outdated_ || !(more || ticket_.scouts);
  if (!made_.over && !ticket_.scouts) made_.rest = std::move(part_);
  return std::exchange(made_, {});
}

bool StateSearch::has_more() const {
  return made_.executions < ticket_.executions && !at_end_ && !outdated_ && made_.cannot.empty();
}

bool StateSearch::begin() {
  if (ticket_.executions == 0 && frontier_ == nullptr)
    frontier_ = std::make_unique<StateFrontier>(options_);
  for (;;) {
    if (has_more() && next_tape()) break;
    if (frontier_ == nullptr) return false;
    if (ticket_.executions > 0) frontier_->merge(made());
    ticket_ = {};
    auto ticket = frontier_->over() ? std::nullopt : frontier_->deal();
    if (!ticket) return false;
    take_up(std::move(*ticket));
  }
  ++made_.executions;
  next_ = 0;
  thread_count_ = 1;
  names_[0] = kinds_[0] = hash_of("main");
  own_pasts_.fill({});
  pasts_[0] = own_pasts_.data();
  memory_ = 0;
  for (Object& object : objects_) object.known = false;
  undisturbed_ = locked_ = given_up_ = outdated_ = false;
  return true;
}

bool StateSearch::next_tape() {
  if (ticket_.scouts) {
    random_ = Random(/*seed=*/1, ticket_.scouted + made_.executions);
    return true;
  }
  if (std::exchange(part_.fresh, false)) return true;
  at_end_ = !part_.advance(most_preemptions_, preemptions_, made_.left_out);
  return !at_end_;
}

std::uint32_t StateSearch::pick(const Decision& decision) {
  if (!made_.cannot.empty() || given_up_ || outdated_) return kGiveUp;
  if (ticket_.scouts) return random_.below(decision.bound);
  if (is_no_choice(decision)) return 0;
  if (next_ == 0) check_root(fingerprint(decision));
  if (next_ < part_.levels.size()) return part_.levels[next_++].value;
  StatePart::Level level{decision.kind, decision.bound, 0, decision.bound};
  if (options_.recognise_states) {
    const auto left = static_cast<StateSet::Budget>(
        most_preemptions_ == kAll ? StateSet::kMostBudget : most_preemptions_ - preemptions_);
    level.met = {fingerprint(decision), left};
    given_up_ = is_known(*level.met);
    if (given_up_) return kGiveUp;
  }
  ++next_;
  part_.levels.push_back(level);
  return 0;
}

// If not, it is from now on.
bool StateSearch::is_known(const MetState& met) {
  if (ticket_.seen->has(met.state, met.budget)) return true;
  switch (met_.meet(met.state, met.budget)) {
    case StateSet::Met::kNever:
      made_.met.push_back(met);
      return false;
    case StateSet::Met::kNoRoom:
      made_.cannot = StateMade::kNoRoom;
      break;
    case StateSet::Met::kBefore:
      break;
  }
  return true;
}

// Before the first choice every execution is in one state, or the one before has left something
// behind, which would make one state many.
void StateSearch::check_root(std::uint64_t root) {
  MPG_CHECK(ticket_.root == 0 || ticket_.root == root,
            "an execution began in another state than the one before");
  ticket_.root = root;
}

bool StateSearch::is_no_choice(const Decision& decision) {
  if (decision.kind != ChoiceKind::kPreempt) return false;
  const Operation next = decision.pending[decision.current];
  if (options_.merge_lock_steps &&
      (next.access == Access::kUnlock || (locked_ && !waits(next.access))))
    return true;
  return options_.spare_private_steps && is_on_data(next.access) &&
         !object(next.object).use.shared();
}

void StateSearch::end(const Tape& /*tape*/) {
  if (!ticket_.scouts && !given_up_ && !outdated_) ++made_.ended;
}

// ---- what the state is made of ----

std::uint64_t StateSearch::fingerprint(const Decision& decision) const {
  std::uint64_t sum = memory_ + plain_data_(program_);
  for (unsigned i = 0; i < thread_count_; ++i) {
    const auto thread = static_cast<ThreadId>(i);
    const Operation pending = engine_.pending(thread);
    std::uint64_t number = mixed(kinds_[thread] + number_of(pending));
    if (has_operand(pending.access)) number = mixed(number + engine_.operand(thread));
    sum += mixed(number + pasts_[thread]->number);
  }
  // Who runs matters to a choice that is its own, and to what a preemption is. Without a bound
  // there is no such thing: whoever runs, the same threads can be picked.
  if (decision.picks_thread() && most_preemptions_ == kAll) return mixed(sum);
  return mixed(sum + mixed(kinds_[decision.current] + static_cast<std::uint64_t>(decision.kind)));
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

// What it is worth is in the program's plain data.
void StateSearch::on_also(const Step& step) {
  if (!undisturbed_) notice_sharing(step, object(step.operation.object));
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
  if (object.use.knows(name, effect)) return;
  const bool shared = object.use.shared();
  object.use.add({.effects = ObjectUse::bit(effect), .toucher = name});
  if (!ticket_.scouts && !shared && object.use.shared() && options_.spare_private_steps)
    outdated_ = true;
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
  const ThreadId like = engine_.thread_like(child);
  kinds_[child] = like == kNoThread || !options_.spare_alike ? name : kinds_[like];
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
  if (!undisturbed_) made_.cannot = why;
}

}  // namespace mpglab::interleave
