#include "interleave/dpor.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace mpglab::interleave {

namespace {

// Could a step that waits be made while its object has this value?
bool possible(const Event& event, std::uint64_t value) {
  switch (event.operation.access) {
    case Access::kLock:
      return value == 0;
    case Access::kAwaitEqual:
      return value == event.operand;
    case Access::kAwaitOther:
      return value != event.operand;
    default:
      return value != 0;
  }
}

}  // namespace

Dpor::Dpor(Engine& engine) : engine_(engine) {
  engine_.observe(this);
}
Dpor::~Dpor() {
  engine_.observe(nullptr);
}

// ---- one execution ----

bool Dpor::begin() {
  if (exhausted_ || !cannot_.empty()) return false;
  made_ = 0;
  thread_count_ = 1;
  thread_[0] = engine_number_[0] = 0;
  children_.fill(0);
  visits_.fill(0);
  undisturbed_ = over_ = redundant_ = false;
  if (first_) state(0) = {};
  first_ = false;
  return true;
}

Dpor::State& Dpor::state(EventLog::Index index) {
  if (index >= states_.size()) states_.resize(std::size_t{index} + 1);
  return states_[index];
}

bool Dpor::sleeps(const State& state, ThreadId thread) {
  return std::any_of(state.sleeping.begin(), state.sleeping.end(),
                     [thread](const Event& event) { return event.thread == thread; });
}

// Makes `next` the state behind `event`, with nothing to be tried there.
void Dpor::enter(const State& now, const Event& event, State& next) {
  next.sleeping.clear();
  for (const Event& asleep : now.sleeping) {
    if (asleep.thread != event.thread && !dependent(asleep, event)) next.sleeping.push_back(asleep);
  }
  next.inherited = next.sleeping.size();
  next.wakeups = WakeupForest::kNoBranches;
}

std::uint32_t Dpor::give_up() {
  redundant_ = true;
  return kGiveUp;
}

std::uint32_t Dpor::pick(const Decision& decision) {
  if (!decision.picks_thread()) {
    cannot_ = "the program chooses";
    return kGiveUp;
  }
  if (!cannot_.empty()) return kGiveUp;
  if (redundant_) return give_up();
  for (unsigned place = 0; place < decision.bound; ++place) {
    if (decision.pending[decision.thread_at(place)].access == Access::kStart) return place;
  }
  if (made_ < prefix_) return place(decision, next_of_path());
  const State& now = state(made_);
  if (now.wakeups != WakeupForest::kNoBranches) {
    const ThreadId wanted = forest_.first_step(now.wakeups).thread;
    MPG_CHECK((decision.candidates >> engine_number_[wanted] & 1) != 0,
              "a step that was to come is not possible");
    return place(decision, wanted);
  }
  for (unsigned place = 0; place < decision.bound; ++place) {
    if (!sleeps(now, thread_at(decision, place))) return place;
  }
  return give_up();
}

void Dpor::on_spawn(ThreadId parent, ThreadId child) {
  const ThreadId known_parent = thread_[parent];
  std::vector<ThreadId>& siblings = known_children_[known_parent];
  const std::uint32_t ordinal = children_[known_parent]++;
  if (ordinal == siblings.size()) {
    MPG_CHECK(known_threads_ < kMaxThreads, "more threads than the search can tell apart");
    siblings.push_back(static_cast<ThreadId>(known_threads_++));
  }
  thread_[child] = siblings[ordinal];
  engine_number_[siblings[ordinal]] = child;
  thread_count_ = std::max(thread_count_, child + 1U);
  log_.spawned(known_parent, thread_[child], made_);
}

void Dpor::on_yield(ThreadId /*thread*/) {
  give_up_on("the program spins");
}
void Dpor::on_time_passed(ThreadId /*thread*/) {
  give_up_on("time has to go by");
}
void Dpor::give_up_on(std::string_view why) {
  if (!undisturbed_ && !over_) cannot_ = why;
}

void Dpor::on_undisturbed(bool on) {
  undisturbed_ = on;
  if (made_ == 0) return;
  MPG_CHECK(on && !over_, "the part under test is in one piece");
  end_of_test();
}

void Dpor::end_of_test() {
  over_ = true;
  for (unsigned thread = 0; thread < thread_count_; ++thread) {
    const auto id = static_cast<ThreadId>(thread);
    const bool made = engine_.visits(id) == visits_[id];
    pending_[id] = made ? Pending{} : Pending{engine_.pending(id), engine_.operand(id)};
  }
}

void Dpor::on_operation(const Step& step) {
  visits_[step.thread] = engine_.visits(step.thread);
  if (undisturbed_) return;
  const ThreadId thread = thread_[step.thread];
  if (made_ < log_.size()) {
    MPG_CHECK(log_[made_].thread == thread && log_[made_].operation.object == step.operation.object,
              "the program does something else than the last time");
    ++made_;
    return;
  }
  const Event event{thread,      step.operation, step.wrote, engine_.operand(step.thread),
                    step.before, step.after};
  if (made_ < prefix_) {
    MPG_CHECK(path_[made_].thread == thread &&
                  path_[made_].operation.object == step.operation.object &&
                  path_[made_].wrote == step.wrote,
              "the program does something else than the last time");
    log_.append(event);
  } else {
    record(event);
  }
  ++made_;
}

void Dpor::record(const Event& event) {
  log_.append(event);
  state(made_ + 1);
  State& now = states_[made_];
  State& next = states_[made_ + 1];
  redundant_ = redundant_ || sleeps(now, event.thread);
  enter(now, event, next);
  next.entered = executions_;
  if (now.wakeups != WakeupForest::kNoBranches) {
    MPG_CHECK(forest_.first_step(now.wakeups).thread == event.thread,
              "another step came than the one that was to come");
    next.wakeups = forest_.take_first(now.wakeups);
  }
}

void Dpor::end(const Tape& /*tape*/) {
  if (!cannot_.empty()) return;
  if (!over_) end_of_test();
  if (redundant_) {
    ++abandoned_;
  } else {
    ++executions_;
    reverse_races();
  }
  backtrack();
}

void Dpor::backtrack() {
  for (EventLog::Index i = log_.size(); i > root_; --i) {
    State& before = states_[i - 1];
    before.sleeping.push_back(log_[i - 1]);
    log_.truncate(i - 1);
    if (before.wakeups != WakeupForest::kNoBranches) {
      prefix_ = fresh_ = i - 1;
      return;
    }
  }
  exhausted_ = true;
}

// ---- parts ----

void Dpor::take_up(const DporPart& part) {
  MPG_CHECK(part.root <= part.path.size() && part.covered.size() == part.root,
            "a part of a search begins on its path");
  first_ = exhausted_ = false;
  path_ = part.path;
  root_ = part.root;
  fresh_ = part.fresh;
  prefix_ = static_cast<EventLog::Index>(path_.size());
  log_.truncate(0);
  forest_.clear();
  reversals_.clear();
  state(prefix_);
  for (EventLog::Index i = 0; i < root_; ++i) {
    states_[i].sleeping = part.covered[i];
    states_[i].wakeups = WakeupForest::kNoBranches;
  }
  states_[root_].sleeping = part.sleeping;
  states_[root_].inherited = part.sleeping.size();
  states_[root_].wakeups = WakeupForest::kNoBranches;
  // Every execution of the part so far went through something that was explored. The first ones may
  // have been before this search began, so that the numbers wrap around; only differences matter.
  states_[root_].entered = executions_;
  for (const DporPart::Level& level : part.levels) states_[root_].entered -= level.executions;
  auto level = part.levels.begin();
  for (EventLog::Index i = root_;; ++i) {
    State& now = states_[i];
    std::uint64_t executions = 0;
    if (level != part.levels.end() && level->index == i) {
      now.sleeping.insert(now.sleeping.end(), level->explored.begin(), level->explored.end());
      std::size_t at = 0;
      now.wakeups = forest_.read(level->wakeups, at, level->branches);
      executions = level->executions;
      ++level;
    }
    if (i == prefix_) break;
    State& next = states_[std::size_t{i} + 1];
    enter(now, path_[i], next);
    next.entered = now.entered + executions;
  }
  for (std::vector<ThreadId>& children : known_children_) children.clear();
  known_threads_ = 1;
  for (const DporThread& thread : part.threads)
    known_children_[thread.parent].push_back(static_cast<ThreadId>(known_threads_++));
}

std::optional<DporPart> Dpor::rest() const {
  if (exhausted_) return std::nullopt;
  DporPart part;
  part.root = root_;
  part.fresh = fresh_;
  part.threads = threads();
  for (EventLog::Index i = 0; i < prefix_; ++i) part.path.push_back(log_[i]);
  const auto own = [](const State& state) {
    return state.sleeping.begin() + static_cast<std::ptrdiff_t>(state.inherited);
  };
  part.sleeping.assign(states_[root_].sleeping.begin(), own(states_[root_]));
  for (EventLog::Index i = root_; i <= prefix_; ++i) {
    const State& now = states_[i];
    const std::uint64_t next = i < prefix_ ? states_[std::size_t{i} + 1].entered : executions_;
    DporPart::Level level{i, {own(now), now.sleeping.end()}, next - now.entered, 0, {}};
    level.branches = forest_.write(now.wakeups, level.wakeups);
    if (!level.explored.empty() || level.branches > 0) part.levels.push_back(std::move(level));
  }
  return part;
}

std::vector<DporThread> Dpor::threads() const {
  std::vector<DporThread> threads(known_threads_ - 1);
  for (unsigned parent = 0; parent < known_threads_; ++parent) {
    for (std::uint32_t ordinal = 0; ordinal < known_children_[parent].size(); ++ordinal)
      threads[known_children_[parent][ordinal] - 1U] = {static_cast<ThreadId>(parent), ordinal};
  }
  return threads;
}

// ---- races ----

void Dpor::reverse_races() {
  const EventLog::Index size = log_.size();
  // Races between events of the prefix have been reversed after the execution before. What was put
  // into the trees for them then covers as much: it begins with the same steps up to the second of
  // the two, and what comes behind that one does not depend on it.
  for (EventLog::Index i = fresh_; i < size; ++i) {
    if (waits(log_[i].operation.access)) {
      reverse_races_of_waiting(log_[i], i);
    } else {
      reverse_races_of(log_[i], i);
    }
  }
  // What a thread was about to do when the execution ended. The one that ran last has done it.
  for (unsigned thread = 0; thread < thread_count_; ++thread) {
    const Operation operation = pending_[thread].operation;
    if (operation.object == kNoObject) continue;
    const Event event{.thread = thread_[thread],
                      .operation = operation,
                      .wrote = writes(operation.access),
                      .operand = pending_[thread].operand};
    if (waits(operation.access)) {
      reverse_races_of_waiting(event, size);
    } else {
      reverse_races_of(event, size);
    }
  }
}

void Dpor::reverse_races_of(const Event& event, EventLog::Index at) {
  // The last write, and, for one that writes, what has read since.
  direct_.clear();
  const EventLog::Index own = log_.last_of_thread(event, at);
  const std::vector<EventLog::Index>& others = log_.on_object(event.operation.object);
  auto other = std::lower_bound(others.begin(), others.end(), at);
  while (other != others.begin()) {
    --other;
    if (event.wrote || log_[*other].wrote) direct_.push_back(*other);
    if (log_[*other].wrote) break;
  }
  for (const EventLog::Index first : direct_) {
    const auto ordered_by = [&](EventLog::Index between) {
      return first < between && log_.happens_before(first, between);
    };
    if (own != EventLog::kNone && (own == first || ordered_by(own))) continue;
    if (std::any_of(direct_.begin(), direct_.end(), ordered_by)) continue;
    reverse(first, event);
  }
}

// Waiting steps cannot come before whatever made them possible; they may before what was possible
// for them already.
void Dpor::reverse_races_of_waiting(const Event& event, EventLog::Index at) {
  const EventLog::Index own = log_.last_of_thread(event, at);
  const std::vector<EventLog::Index>& others = log_.on_object(event.operation.object);
  auto other = std::lower_bound(others.begin(), others.end(), at);
  while (other != others.begin()) {
    --other;
    const EventLog::Index first = *other;
    if (own != EventLog::kNone &&
        (own == first || (first < own && log_.happens_before(first, own))))
      return;
    if (!log_[first].wrote || !possible(event, log_[first].before)) continue;
    reverse(first, event);
    return;
  }
}

// `second` is to come before `first`: in the state before `first`, after everything that does not
// depend on it.
void Dpor::reverse(EventLog::Index first, const Event& second) {
  sequence_.clear();
  for (EventLog::Index i = first + 1; i < log_.size(); ++i)
    if (!log_.happens_before(first, i)) sequence_.push_back(log_[i]);
  Event moved = second;
  moved.wrote = would_write(second, log_[first]);
  sequence_.push_back(moved);
  State& before = states_[first];
  std::size_t place = 0;
  for (const Event& asleep : before.sleeping)
    if (is_weak_initial(asleep, sequence_, place)) return;
  if (first < root_) {
    reversals_.push_back({first, sequence_});
  } else {
    forest_.insert(before.wakeups, sequence_);
  }
}

// Would it write, if it came before `before`, which is on the same object?
bool Dpor::would_write(const Event& event, const Event& before) {
  return event.operation.access == Access::kCas ? before.before == event.operand : event.wrote;
}

}  // namespace mpglab::interleave
