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

// A value with which it could not.
std::uint64_t impossible_value(Access access, std::uint64_t operand) {
  switch (access) {
    case Access::kLock:
      return 1;
    case Access::kAwaitEqual:
      return operand + 1;
    case Access::kAwaitOther:
      return operand;
    default:
      return 0;
  }
}

}  // namespace

Dpor::Dpor(Engine& engine, std::shared_ptr<Footprints> footprints, const DporOptions& options)
    : engine_(engine), footprints_(std::move(footprints)), options_(options) {
  like_.fill(kNoThread);
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
  last_thread_ = kNoThread;
  extends_ = false;
  undisturbed_ = over_ = redundant_ = came_asked_ = false;
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
  for (const Event& asleep : now.sleeping)
    if (!is_woken(asleep, event)) next.sleeping.push_back(asleep);
  next.inherited = next.sleeping.size();
  next.wakeups = WakeupForest::kNoBranches;
}

void Dpor::still_asleep(State& state, const Event& event) {
  std::erase_if(state.sleeping, [&event](const Event& asleep) { return is_woken(asleep, event); });
  state.inherited = state.sleeping.size();
}

std::uint32_t Dpor::give_up() {
  redundant_ = true;
  return kGiveUp;
}

bool Dpor::somebody_starts(const Decision& decision) {
  for (ThreadSet left = decision.candidates; left != 0; left &= left - 1) {
    const auto thread = static_cast<std::size_t>(std::countr_zero(left));
    if (decision.pending[thread].access == Access::kStart) return true;
  }
  return false;
}

std::uint32_t Dpor::pick(const Decision& decision) {
  end_step();
  arrive();
  if (!decision.picks_thread()) {
    cannot_ = "the program chooses";
    return kGiveUp;
  }
  if (!cannot_.empty()) return kGiveUp;
  if (redundant_) return give_up();
  if (somebody_starts(decision)) {
    for (unsigned place = 0; place < decision.bound; ++place)
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
    const ThreadId thread = thread_at(decision, place);
    if (!sleeps(now, thread) && !comes_later(thread)) return place;
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
  const ThreadId like = engine_.thread_like(child);
  if (like == kNoThread || !options_.spare_alike) return;
  like_[thread_[child]] = thread_[like];
  log_.follows(thread_[child], thread_[like]);
}

// That it had to wait is something that it has read, in the order of what is done to the object.
void Dpor::on_wait(ThreadId thread) {
  if (undisturbed_ || last_thread_ != thread_[thread]) return;
  const Operation operation = engine_.pending(thread);
  const std::uint64_t operand = engine_.operand(thread);
  const std::uint64_t value = impossible_value(operation.access, operand);
  go_on({.thread = thread_[thread],
         .operation = operation,
         .operand = operand,
         .before = value,
         .after = value});
}
void Dpor::on_also(const Step& step) {
  const ThreadId thread = thread_[step.thread];
  if (undisturbed_ || last_thread_ != thread) return;
  go_on({.thread = thread,
         .operation = taken(step.operation),
         .wrote = step.wrote,
         .before = step.before,
         .after = step.after});
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
    pending_[id] =
        made ? Pending{}
             : Pending{taken(engine_.pending(id)), engine_.operand(id), engine_.at_once(id)};
  }
}

// As what an operation counts.
Operation Dpor::taken(Operation operation) const {
  if (operation.access == Access::kRaise && !options_.spare_raises)
    operation.access = Access::kStore;
  return operation;
}

void Dpor::on_operation(const Step& step) {
  visits_[step.thread] = engine_.visits(step.thread);
  if (undisturbed_) return;
  const ThreadId thread = thread_[step.thread];
  const bool joins = last_thread_ == thread && engine_.joins(step.thread);
  if (joins && !extends_) return;
  if (!joins) {
    end_step();
    arrive();
    last_thread_ = thread;
    if (made_ < log_.size()) {
      MPG_CHECK(
          log_[made_].thread == thread && log_[made_].operation.object == step.operation.object,
          "the program does something else than the last time");
      ++made_;
      return;
    }
  }
  const Event event{
      .thread = thread,
      .operation = taken(step.operation),
      .wrote = step.wrote,
      .operand = engine_.operand(step.thread),
      .before = step.before,
      .after = step.after,
      .at_once = engine_.at_once(step.thread),
      .alone = options_.spare_kept && engine_.does_stand_alone(step.operation.object)};
  if (joins) return log_.extend(event);
  if (made_ < prefix_) {
    MPG_CHECK(path_[made_].thread == thread &&
                  path_[made_].operation.object == step.operation.object &&
                  (path_[made_].wrote == step.wrote || event.at_once),
              "the program does something else than the last time");
    log_.append(event);
  } else {
    record(event);
  }
  ++made_;
  extends_ = true;
}

// The last event goes on.
void Dpor::go_on(const Event& operation) {
  if (extends_) log_.extend(operation);
}

// The last event is complete, if there is one: what it did as a whole is known only now.
void Dpor::end_step() {
  if (extends_ && log_.seal(footprints_) && made_ > prefix_)
    still_asleep(states_[made_], log_[made_ - 1]);
}

void Dpor::record(const Event& event) {
  log_.append(event);
  state(made_ + 1);
  State& now = states_[made_];
  State& next = states_[made_ + 1];
  redundant_ = redundant_ || sleeps(now, event.thread);
  if (event.at_once) {
    // For the time being with everything asleep that was.
    next.sleeping = now.sleeping;
    next.wakeups = WakeupForest::kNoBranches;
  } else {
    enter(now, event, next);
  }
  next.entered = executions_;
  if (now.wakeups != WakeupForest::kNoBranches) {
    MPG_CHECK(forest_.first_step(now.wakeups).thread == event.thread,
              "another step came than the one that was to come");
    next.wakeups = forest_.take_first(now.wakeups);
    came_asked_ = true;
  }
}

// Comes to a state with all of the step behind it known. At a leaf where somebody sleeps what it
// asks for is another one's: going on would lose nothing, but nothing can be found that is not
// asked for by others.
void Dpor::arrive() {
  if (comes_to_part_ && made_ == root_) come_to_part();
  if (!came_asked_) return;
  came_asked_ = false;
  State& now = states_[made_];
  if (now.wakeups == WakeupForest::kNoBranches) {
    redundant_ = redundant_ || !now.sleeping.empty();
    return;
  }
  forget_sleepers(now);
  redundant_ = redundant_ || now.wakeups == WakeupForest::kNoBranches;
}

// What begins with somebody who sleeps has been explored, or will be by others.
void Dpor::forget_sleepers(State& state) {
  forest_.remove_if(state.wakeups,
                    [&state](const Event& step) { return sleeps(state, step.thread); });
}

void Dpor::end(const Tape& /*tape*/) {
  if (!cannot_.empty()) return;
  end_step();
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
    forget_sleepers(before);
    log_.truncate(i - 1);
    raced_ = std::min(raced_, i - 1);
    if (before.wakeups != WakeupForest::kNoBranches) {
      prefix_ = i - 1;
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
  comes_to_part_ = part.is_new;
  arrival_.reset();
  path_ = part.path;
  root_ = part.root;
  prefix_ = static_cast<EventLog::Index>(path_.size());
  log_.truncate(0);
  raced_ = 0;
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

// For the first time: now it is known what the steps on the way do, and so who sleeps.
void Dpor::come_to_part() {
  comes_to_part_ = false;
  arrival_.emplace();
  std::vector<Event>& path = arrival_->path;
  for (EventLog::Index i = 0; i < root_; ++i) path.push_back(log_[i]);
  for (EventLog::Index i = 0; i < root_; ++i) {
    State& now = states_[i];
    arrival_->in_vain = arrival_->in_vain || sleeps(now, path[i].thread);
    const bool last = i + 1 == root_;
    State& next = states_[std::size_t{i} + 1];
    for (const Event& asleep : now.sleeping) {
      if (is_woken(asleep, path[i])) continue;
      if (last) {
        arrival_->asleep = true;
      } else if (!sleeps(next, asleep.thread)) {
        next.sleeping.push_back(asleep);
      }
    }
  }
  redundant_ = redundant_ || arrival_->asleep || arrival_->in_vain;
}

std::optional<DporPart> Dpor::rest() const {
  if (exhausted_) return std::nullopt;
  DporPart part;
  part.root = root_;
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
  if (races_.size() < size) races_.resize(size);
  for (; raced_ < size; ++raced_) {
    races_[raced_].clear();
    find_races(raced_);
  }
  // Those between events of the prefix as well, though they were reversed after the execution
  // before: what does not depend on the first of two now goes on differently, and whoever leaves a
  // reversal to what sleeps relies on it that this was put into the trees.
  for (EventLog::Index i = 0; i < size; ++i)
    for (const Race& race : races_[i]) put_before(race.first, race.moved);
  // What a thread was about to do when the execution ended. The one that ran last has done it.
  std::vector<Race>& found = races_of_pending_;
  for (unsigned thread = 0; thread < thread_count_; ++thread) {
    const Operation operation = pending_[thread].operation;
    if (operation.object == kNoObject || comes_later(thread_[thread])) continue;
    const Event event{.thread = thread_[thread],
                      .operation = operation,
                      .wrote = writes(operation.access),
                      .operand = pending_[thread].operand,
                      .at_once = pending_[thread].at_once};
    found.clear();
    if (waits(operation.access)) {
      find_races_of_waiting(event, size, found);
    } else {
      find_races_of(event, size, found);
    }
    for (const Race& race : found) put_before(race.first, race.moved);
  }
}

// Those of an event with events before it.
void Dpor::find_races(EventLog::Index at) {
  if (log_[at].at_once) {
    find_races_of_step(at, races_[at]);
  } else if (waits(log_[at].operation.access)) {
    find_races_of_waiting(log_[at], at, races_[at]);
  } else {
    find_races_of(log_[at], at, races_[at]);
  }
}

void Dpor::find_races_of(const Event& event, EventLog::Index at, std::vector<Race>& found) {
  direct_.clear();
  collect_races(event, at);
  for (const EventLog::Touch& first : direct_) {
    if (!is_known(first.index, event, at) && !is_ordered(first.index, direct_))
      found.push_back(race_of(first, event, at));
  }
}

// Does `event`, at the place `at`, come behind `first` whatever its object?
bool Dpor::is_known(EventLog::Index first, const Event& event, EventLog::Index at) const {
  const auto knows = [&](EventLog::Index other) {
    return other != EventLog::kNone &&
           (other == first || (first < other && log_.happens_before(first, other)));
  };
  return knows(log_.last_of_thread(event, at)) || knows(log_.followed_by(event.thread, at));
}

// The last write, and, for one that writes, what has read since.
void Dpor::collect_races(const Event& operation, EventLog::Index at) {
  const Effect effect = effect_of(operation);
  const std::vector<EventLog::Touch>& others = log_.on_object(operation.operation.object);
  std::size_t behind = static_cast<std::size_t>(log_.before(others, at) - others.begin());
  while ((behind = EventLog::depending(others, behind, effect)) > 0) {
    const EventLog::Touch& other = others[--behind];
    direct_.push_back(other);
    if (other.effect == Effect::kWrite) break;
  }
}

// By another one of `others`.
bool Dpor::is_ordered(EventLog::Index first, const std::vector<EventLog::Touch>& others) const {
  return std::any_of(others.begin(), others.end(), [&](const EventLog::Touch& between) {
    return first < between.index && log_.happens_before(first, between.index);
  });
}

// Waiting steps cannot come before whatever made them possible; they may before what was possible
// for them already. One that changes its object races with those that have only read it since then
// as well, as with any other write.
void Dpor::find_races_of_waiting(const Event& event, EventLog::Index at, std::vector<Race>& found) {
  readers_.clear();
  const std::vector<EventLog::Touch>& others = log_.on_object(event.operation.object);
  auto other = log_.before(others, at);
  while (other != others.begin()) {
    --other;
    const EventLog::Index first = other->index;
    if (is_known(first, event, at)) return;
    if (other->effect == Effect::kAdd || !possible(event, other->before)) continue;
    if (other->effect == Effect::kRead) {
      if (effect_of(event) == Effect::kRead || is_ordered(first, readers_)) continue;
      readers_.push_back(*other);
      found.push_back(race_of(*other, event, at));
      continue;
    }
    // Those who have read since come between.
    if (readers_.empty()) found.push_back(race_of(*other, event, at));
    return;
  }
}

// Has the same step done as much to the object before? Then this races with nothing new.
bool Dpor::is_repeated(const Event& operation) {
  const ObjectId object = operation.operation.object;
  if (object == kNoObject) return false;
  if (object >= done_.size()) done_.resize(std::size_t{object} + 1);
  Done& done = done_[object];
  const Effect effect = effect_of(operation);
  if (done.step == step_ && covers(done.effect, effect)) return true;
  done = {step_, done.step == step_ ? joined(done.effect, effect) : effect};
  return false;
}

// Of a step of several operations each may race, as far as those before it have not ordered it: so
// only the first that races with one other step does.
void Dpor::find_races_of_step(EventLog::Index at, std::vector<Race>& found) {
  const std::vector<Event>& rest = log_.rest(at);
  log_.begin_clock(known_, log_.last_of_thread(log_[at], at));
  const EventLog::Index followed = log_.followed_by(log_[at].thread, at);
  if (followed != EventLog::kNone) log_.join_clock(known_, followed);
  ++step_;
  for (std::size_t i = 0; i <= rest.size(); ++i) {
    const Event& operation = i == 0 ? log_[at] : rest[i - 1];
    if (is_repeated(operation)) continue;
    direct_.clear();
    collect_races(operation, at);
    // Behind its first operation a step can come to one that is not possible yet.
    if (i == 0 && waits(operation.operation.access)) {
      find_races_of_waiting(operation, at, found);
    } else {
      for (const EventLog::Touch& first : direct_)
        if (!log_.in_clock(known_, first.index) && !is_ordered(first.index, direct_))
          found.push_back(race_of(first, log_[at], at));
    }
    for (const EventLog::Touch& other : direct_) log_.join_clock(known_, other.index);
  }
}

// What `second` is if it comes before `first`. What a step of several operations would do is not
// known.
Dpor::Race Dpor::race_of(const EventLog::Touch& first, const Event& second,
                         EventLog::Index at) const {
  Event moved = second;
  moved.kept = false;
  if (moved.at_once) {
    moved.more = &kOpenFootprint;
  } else {
    moved.wrote = would_write(second, at, first);
  }
  return {first.index, moved};
}

// `moved` is to come before the event `first`: in the state before that, after everything that does
// not depend on it.
void Dpor::put_before(EventLog::Index first, const Event& moved) {
  State& before = states_[first];
  for (std::optional<Event> last = moved; last;) {
    sequence_.clear();
    for (EventLog::Index i = first + 1; i < log_.size(); ++i)
      if (!log_.happens_before(first, i)) sequence_.push_back(log_[i]);
    sequence_.push_back(*last);
    std::size_t place = 0;
    for (const Event& asleep : before.sleeping)
      if (is_weak_initial(asleep, sequence_, place)) return;
    if (first < root_) {
      reversals_.push_back({first, sequence_});
      return;
    }
    last = forest_.insert(before.wakeups, sequence_);
  }
}

// Would it write, if it came before what was done to its object by `before`, and not at the place
// `at`? What else was added to the object since is there in any case.
bool Dpor::would_write(const Event& event, EventLog::Index at,
                       const EventLog::Touch& before) const {
  if (event.operation.access == Access::kTake) return (before.before & event.operand) != 0;
  if (event.operation.access != Access::kCas) return event.wrote;
  if (before.effect != Effect::kAdd) return before.before == event.operand;
  const auto last = log_.before(log_.on_object(event.operation.object), at) - 1;
  return last->after - (before.after - before.before) == event.operand;
}

}  // namespace mpglab::interleave
