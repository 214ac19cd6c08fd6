#include "interleave/engine.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

namespace mpglab::interleave {

const char* end_name(End end) {
  switch (end) {
    case End::kFinished:
      return "finished";
    case End::kStopped:
      return "stopped";
    case End::kDeadlock:
      return "deadlock";
    case End::kStepBudget:
      return "step-budget";
    case End::kDiverged:
      return "diverged";
    case End::kGivenUp:
      return "given-up";
    case End::kExhausted:
      return "exhausted";
  }
  return "?";
}

// ---- setting up ----

Engine::Engine(EngineOptions options) : options_(options) {
  constexpr std::uint64_t kMostSteps = std::numeric_limits<std::int64_t>::max();
  steps_allowed_ = static_cast<std::int64_t>(std::min(options.max_steps, kMostSteps));
  tape_.reserve(4096);
}

ObjectId Engine::add_object(std::string name) {
  object_names_.push_back(std::move(name));
  holders_.push_back(kNoThread);
  stands_alone_.push_back(false);
  return static_cast<ObjectId>(object_names_.size() - 1);
}

// ---- one execution ----

const Execution& Engine::run(Strategy& strategy, Body body, void* argument) {
  MPG_CHECK(current_ == kNoThread, "run() inside a run");
  execution_.waiting.clear();
  // What the last execution has left is room for this one.
  next_choice_ = tape_.data();
  tape_end_ = next_choice_ + tape_.size();
  thread_count_ = 0;
  // Objects may still know those who waited when the last execution ended: they wait no more.
  pending_.fill({});
  napping_ = await_quiet_ = 0;
  undisturbed_ = false;
  find_told();
  runnable_ = gave_way_ = alive_ = daemons_ = 0;
  steps_left_ = steps_allowed_;
  switches_ = 0;
  idle_yields_ = 0;
  idle_ = 0;
  progress_by_ = 0;
  at_once_ = within_ = joins_ = 0;
  joins_last_ = false;
  if (!strategy.begin()) {
    tape_.clear();
    execution_.end = End::kExhausted;
    execution_.steps = execution_.switches = 0;
    return execution_;
  }
  strategy_ = &strategy;
  find_calm();
  spawn("main", body, argument);
  set_current(0);
  Coroutine::switch_to(explorer_, threads_[0]->body);
  // Whoever is in the middle of something stays there, until its stack is used again.
  set_current(kNoThread);
  strategy_ = nullptr;
  find_calm();
  tape_.resize(static_cast<std::size_t>(next_choice_ - tape_.data()));
  execution_.steps = steps();
  execution_.switches = switches_;
  strategy.end(tape_);
  return execution_;
}

ThreadId Engine::spawn(const char* name, Body body, void* argument, ThreadId like) {
  MPG_CHECK(thread_count_ < kMaxThreads, "more simulated threads than an engine has");
  const auto id = static_cast<ThreadId>(thread_count_++);
  if (!threads_[id]) threads_[id] = std::make_unique<Thread>(id);
  Thread& thread = *threads_[id];
  thread.name = name;
  thread.engine = this;
  thread.entry = body;
  thread.argument = argument;
  thread.like = like;
  thread.running = &thread.body;
  thread.body.start(
      thread.stack,
      [](void* self) {
        const Thread& begun = *static_cast<Thread*>(self);
        begun.entry(begun.argument);
        begun.engine->thread_ended();
      },
      &thread);
  pending_[id] = {kNoObject, Access::kStart};
  visits_[id] = yields_[id] = 0;
  alive_ |= bit(id);
  runnable_ |= bit(id);
  progress_by_ |= bit(id);
  // The new thread could not have come before the lock.
  joins_last_ = false;
  if (observer_ != nullptr && current_ != kNoThread) [[unlikely]]
    observer_->on_spawn(current_, id);
  return id;
}

void Engine::make_daemon() {
  daemons_ |= current_bit_;
  // It may have been the last one that was none.
  if ((alive_ & ~daemons_) == 0) end_execution(End::kFinished);
}

// ---- how threads and executions end ----

void Engine::thread_ended() {
  alive_ &= ~current_bit_;
  runnable_ &= ~current_bit_;
  pending_[current_] = {kNoObject, Access::kEnd};
  ++visits_[current_];
  progress();
  if ((alive_ & ~daemons_) == 0) end_execution(End::kFinished);
  const ThreadSet candidates = candidates_or_spinners();
  if (candidates == 0) end_execution(End::kDeadlock);
  switch_to_thread(pick_thread(ChoiceKind::kBlock, candidates));
  MPG_CHECK(false, "a thread that has ended went on");
  std::abort();
}

void Engine::end_execution(End end) {
  execution_.end = end;
  if (end == End::kDeadlock) fill_waiting();
  Coroutine::switch_to(*threads_[current_]->running, explorer_);
  MPG_CHECK(false, "an execution that has ended went on");
  std::abort();
}

void Engine::stop() {
  end_execution(End::kStopped);
}

void Engine::fill_waiting() {
  for (ThreadSet left = alive_; left != 0; left &= left - 1) {
    const auto thread = static_cast<ThreadId>(std::countr_zero(left));
    const Operation operation = pending_[thread];
    const ThreadId holder = operation.object == kNoObject ? kNoThread : holders_[operation.object];
    execution_.waiting.push_back({thread, operation, holder});
  }
}

// ---- choice points ----

void Engine::switch_to_thread(ThreadId next) {
  Coroutine& left = *threads_[current_]->running;
  ++switches_;
  set_current(next);
  Coroutine::switch_to(left, *threads_[next]->running);
}

inline std::uint32_t Engine::ask(ChoiceKind kind, std::uint32_t bound, ThreadSet candidates) {
  // What is not asked is no entry of the tape either.
  if (undisturbed_) return 0;
  decision_.kind = kind;
  decision_.bound = static_cast<std::uint16_t>(bound);
  decision_.current = current_;
  decision_.candidates = candidates;
  const std::uint32_t value = strategy_->pick(decision_);
  if (value >= Strategy::kGiveUp) [[unlikely]]
    end_execution(value == Strategy::kGiveUp ? End::kGivenUp : End::kDiverged);
  MPG_CHECK(value < bound, "a strategy chose what was not offered");
  if (options_.keep_tape) record(kind, bound, value);
  return value;
}

inline ThreadId Engine::pick_thread(ChoiceKind kind, ThreadSet candidates) {
  // Whoever is picked makes a step, so all who gave way are candidates again after it.
  gave_way_ = 0;
  const auto bound = static_cast<std::uint32_t>(std::popcount(candidates));
  if (bound == 1) {
    calm_->turn_passed();
    const auto only = static_cast<ThreadId>(std::countr_zero(candidates));
    if ((runnable_ & candidates) == 0) [[unlikely]]
      rouse(only);
    return only;
  }
  const std::uint32_t value = ask(kind, bound, candidates);
  const ThreadId taken = nth_candidate(candidates, current_, value);
  if ((runnable_ & candidates) == 0) [[unlikely]]
    rouse(taken);
  if (observer_ != nullptr && !undisturbed_) [[unlikely]]
    tell_of_choice(taken);
  return taken;
}

void Engine::reschedule(ChoiceKind kind, ThreadSet candidates) {
  const ThreadId next = pick_thread(kind, candidates);
  if (next != current_) switch_to_thread(next);
}

// Nine of ten steps end here, and there are places for them all over a program: in line they would
// be faster one by one, and slower together, since a schedule runs through so many of them.
void Engine::step(ObjectId object, Access access) {
  announce(object, access);
  if (runnable_ == current_bit_ || joins_last_) {
    joins_last_ = false;
    return;
  }
  stay_or_reschedule(runnable_);
}

// Most choices of a hunt end here.
inline void Engine::stay_or_reschedule(ThreadSet candidates) {
  if (!calm_->holds(candidates)) [[unlikely]]
    return ask_whether_to_stay(candidates);
  if (joins_ != 0) [[unlikely]]
    if (joins(current_)) return;
  --calm_->left;
  record(ChoiceKind::kPreempt, static_cast<std::uint32_t>(std::popcount(candidates)), 0);
}

// Place 0 is whoever runs now; most choices end there.
void Engine::ask_whether_to_stay(ThreadSet candidates) {
  if (joins(current_)) return;
  const std::uint32_t value =
      ask(ChoiceKind::kPreempt, static_cast<std::uint32_t>(std::popcount(candidates)), candidates);
  const ThreadId taken = value == 0 ? current_ : nth_candidate(candidates, current_, value);
  if (observer_ != nullptr && !undisturbed_) [[unlikely]]
    tell_of_choice(taken);
  if (taken != current_) switch_to_thread(taken);
}

void Engine::record_in_new_room(ChoiceKind kind, std::uint32_t bound, std::uint32_t value) {
  constexpr std::size_t kRoom = 512;
  const std::size_t full = tape_.size();
  tape_.resize(full + kRoom);
  next_choice_ = tape_.data() + full;
  tape_end_ = next_choice_ + kRoom;
  record(kind, bound, value);
}

void Engine::tell_of_operation(Operation operation, std::uint64_t before, std::uint64_t after,
                               bool wrote) {
  told_->on_operation({steps(), current_, operation, before, after, wrote});
}

void Engine::tell_of_another(Operation operation, std::uint64_t before, std::uint64_t after) {
  told_->on_also({steps(), current_, operation, before, after, writes(operation.access)});
}

void Engine::tell_of_choice(ThreadId taken) {
  const Choice* const last = next_choice_ - 1;
  observer_->on_choice(static_cast<std::size_t>(last - tape_.data()), *last, current_, taken);
}

inline void Engine::go_on_if(bool possible, ChoiceKind otherwise, ThreadSet candidates) {
  if (!possible) return reschedule(otherwise, candidates);
  if (candidates != current_bit_) stay_or_reschedule(candidates);
}

void Engine::step_when(bool possible, ThreadSet& waiters, ObjectId object, Access access) {
  announce(object, access);
  joins_last_ = false;
  waiters |= current_bit_;
  if (!possible) {
    runnable_ &= ~current_bit_;
    part();
  }
  const ThreadSet candidates = candidates_or_spinners();
  if (candidates == 0) end_execution(End::kDeadlock);
  go_on_if(possible, ChoiceKind::kBlock, candidates);
  waiters &= ~current_bit_;
}

void Engine::give_way() {
  if (observer_ != nullptr) [[unlikely]]
    observer_->on_yield(current_);
  gave_way_ |= current_bit_;
  count_idle_yield();
}

void Engine::count_idle_yield() {
  if ((progress_by_ & ~current_bit_) != 0) {
    idle_yields_ = 0;
    idle_ = 0;
  }
  progress_by_ = 0;
  // Somebody may have yielded once and be about to change something: only the second half counts.
  if (idle_yields_ == options_.max_idle_yields / 2) idle_ = 0;
  idle_ |= current_bit_;
  ++yields_[current_];
  if (++idle_yields_ > options_.max_idle_yields)
    end_execution((runnable_ & ~idle_) == 0 ? End::kDeadlock : End::kStepBudget);
}

void Engine::yield() {
  announce(kNoObject, Access::kYield);
  joins_ &= ~current_bit_;
  joins_last_ = false;
  give_way();
  reschedule(ChoiceKind::kYield, candidates_or_spinners());
}

void Engine::fall_asleep() {
  if (!options_.time_stands_still) return give_way();
  runnable_ &= ~current_bit_;
  napping_ |= current_bit_;
  // Nobody can go on but by the time that goes by.
  if (runnable_ == 0 && await_quiet_ == 0) count_idle_yield();
}

void Engine::rouse(ThreadId thread) {
  if ((napping_ & bit(thread)) != 0 && observer_ != nullptr) observer_->on_time_passed(thread);
  runnable_ |= bit(thread);
  napping_ &= ~bit(thread);
  await_quiet_ &= ~bit(thread);
}

void Engine::nap() {
  announce(kNoObject, Access::kYield);
  joins_ &= ~current_bit_;
  joins_last_ = false;
  fall_asleep();
  reschedule(ChoiceKind::kYield, candidates_or_spinners());
}

void Engine::step_when_or_yield(bool possible, ThreadSet& waiters, ObjectId object, Access access) {
  announce(object, access);
  joins_last_ = false;
  waiters |= current_bit_;
  if (!possible) {
    fall_asleep();
    part();
  }
  go_on_if(possible, ChoiceKind::kYield, candidates_or_spinners());
  waiters &= ~current_bit_;
}

void Engine::await_quiet() {
  MPG_CHECK(options_.time_stands_still, "while time goes by it is never quiet");
  announce(kNoObject, Access::kYield);
  joins_last_ = false;
  runnable_ &= ~current_bit_;
  await_quiet_ |= current_bit_;
  reschedule(ChoiceKind::kBlock, candidates_or_spinners());
}

void Engine::undisturbed(bool on) {
  if (observer_ != nullptr) [[unlikely]]
    observer_->on_undisturbed(on);
  undisturbed_ = on;
  find_told();
  strategy_->calm().turn_passed();
  find_calm();
}

std::uint32_t Engine::choose(ChoiceKind kind, std::uint32_t bound) {
  MPG_CHECK(kind >= ChoiceKind::kProgram, "a program chose with a kind of the engine");
  MPG_CHECK(bound > 0 && bound <= 0xffff, "a choice without alternatives, or with too many");
  if (bound == 1) return 0;
  ++visits_[current_];
  const std::uint32_t value = ask(kind, bound, 0);
  if (observer_ != nullptr && !undisturbed_) [[unlikely]]
    tell_of_choice(current_);
  return value;
}

}  // namespace mpglab::interleave
