#include "interleave/engine.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "interleave/fibers.h"

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

// ---- Fibers ----

// Hands a Stack of ours to Boost.Fiber for one fiber. The name and shape are Boost.Context's.
struct Engine::Fibers::OwnStack {
  Stack* stack;

  // Boost.Context calls it, from a thread whose stack it is not.
  // NOLINTNEXTLINE(readability-make-member-function-const)
  boost::context::stack_context allocate() {
    boost::context::stack_context context;
    context.sp = stack->top();
    context.size = Stack::kSize;
    return context;
  }
  void deallocate(boost::context::stack_context& /*context*/) noexcept {}
};

Engine::Fibers::Fibers() : algorithm_(new DirectedAlgorithm) {
  boost::fibers::context::active()->get_scheduler()->set_algo(algorithm_);
}

void Engine::Fibers::add(Engine& engine, ThreadId thread) {
  stacks_.push_back(std::make_unique<Stack>(thread));
  Stack& stack = *stacks_.back();
  engine.threads_[thread]->base.adopt_stack(stack.bottom(), Stack::kSize);
  algorithm_->capture(true);
  fibers_[thread] =
      boost::fibers::fiber(boost::fibers::launch::post, std::allocator_arg, OwnStack{&stack},
                           [&engine, thread] { engine.thread_loop(thread); });
  algorithm_->capture(false);
  contexts_[thread] = algorithm_->captured();
  MPG_CHECK(contexts_[thread] != nullptr, "another engine has taken this OS thread over");
}

void Engine::Fibers::join_all() {
  for (unsigned i = 0; i < kMaxThreads; ++i) {
    if (!fibers_[i].joinable()) continue;
    contexts_[i]->get_scheduler()->schedule(contexts_[i]);
    fibers_[i].join();
  }
}

// ---- setting up ----

Engine::Engine(EngineOptions options) : options_(options), fibers_(std::make_unique<Fibers>()) {
  constexpr std::uint64_t kMostSteps = std::numeric_limits<std::int64_t>::max();
  steps_allowed_ = static_cast<std::int64_t>(std::min(options.max_steps, kMostSteps));
  tape_.reserve(4096);
}

Engine::~Engine() {
  quitting_ = true;
  fibers_->join_all();
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
  runnable_ = gave_way_ = alive_ = daemons_ = entered_ = 0;
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
  fibers_->note_explorer();
  spawn("main", body, argument);
  set_current(0);
  explorer_.before_leaving(*threads_[0]->running);
  fibers_->resume(0);
  explorer_.after_entering();
  abandon_threads();
  set_current(kNoThread);
  strategy_ = nullptr;
  find_calm();
  tape_.resize(static_cast<std::size_t>(next_choice_ - tape_.data()));
  execution_.steps = steps();
  execution_.switches = switches_;
  strategy.end(tape_);
  return execution_;
}

void Engine::abandon_threads() {
  abandoning_ = true;
  next_ = kNoThread;
  for (ThreadSet left = entered_; left != 0; left &= left - 1) {
    set_current(static_cast<ThreadId>(std::countr_zero(left)));
    explorer_.before_leaving(*threads_[current_]->running);
    fibers_->resume(current_);
    explorer_.after_entering();
  }
  MPG_CHECK(entered_ == 0, "a thread was not brought back");
  abandoning_ = false;
}

ThreadId Engine::spawn(const char* name, Body body, void* argument, ThreadId like) {
  MPG_CHECK(thread_count_ < kMaxThreads, "more simulated threads than an engine has");
  const auto id = static_cast<ThreadId>(thread_count_++);
  if (!threads_[id]) {
    threads_[id] = std::make_unique<Thread>(id);
    fibers_->add(*this, id);
  }
  Thread& thread = *threads_[id];
  thread.name = name;
  thread.entry = body;
  thread.argument = argument;
  thread.like = like;
  thread.running = &thread.base;
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

// ---- what a fiber does ----

// The fiber of a thread: each turn is one thread of one execution.
void Engine::thread_loop(ThreadId self) {
  Thread& thread = *threads_[self];
  if (!quitting_) thread.base.after_entering();
  struct Start {
    Engine* engine;
    Thread* thread;
  } start{this, &thread};
  while (!quitting_) {
    thread.body.start(
        thread.stack,
        [](void* argument) {
          const Start& begin = *static_cast<Start*>(argument);
          begin.thread->entry(begin.thread->argument);
          begin.engine->thread_ended();
        },
        &start);
    entered_ |= bit(self);
    thread.running = &thread.body;
    Coroutine::switch_to(thread.base, thread.body);
    // Back here the body has been left for good: leave_body is the only way.
    entered_ &= ~bit(self);
    thread.body.forget();
    thread.running = &thread.base;
    if (next_ == kNoThread) {
      thread.base.before_leaving(explorer_);
      fibers_->resume_explorer();
    } else {
      set_current(next_);
      ++switches_;
      thread.base.before_leaving(*threads_[next_]->running);
      fibers_->resume(next_);
    }
    if (!quitting_) thread.base.after_entering();
  }
}

void Engine::leave_body() {
  Thread& self = *threads_[current_];
  Coroutine::switch_to(*self.running, self.base);
  MPG_CHECK(false, "a body that was left went on");
  std::abort();
}

void Engine::thread_ended() {
  alive_ &= ~current_bit_;
  runnable_ &= ~current_bit_;
  pending_[current_] = {kNoObject, Access::kEnd};
  ++visits_[current_];
  progress();
  if ((alive_ & ~daemons_) == 0) end_execution(End::kFinished);
  const ThreadSet candidates = candidates_or_spinners();
  if (candidates == 0) end_execution(End::kDeadlock);
  next_ = pick_thread(ChoiceKind::kBlock, candidates);
  leave_body();
}

void Engine::end_execution(End end) {
  execution_.end = end;
  if (end == End::kDeadlock) fill_waiting();
  next_ = kNoThread;
  leave_body();
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
  left.before_leaving(*threads_[next]->running);
  fibers_->resume(next);
  left.after_entering();
  if (abandoning_) leave_body();
}

inline std::uint32_t Engine::ask(ChoiceKind kind, std::uint32_t bound, ThreadSet candidates) {
  // What is not asked is no entry of the tape either.
  if (undisturbed_) return 0;
  const Decision decision{kind,
                          static_cast<std::uint16_t>(bound),
                          current_,
                          candidates,
                          pending_.data(),
                          visits_.data(),
                          yields_.data()};
  const std::uint32_t value = strategy_->pick(decision);
  if (value >= Strategy::kGiveUp) [[unlikely]]
    end_execution(value == Strategy::kGiveUp ? End::kGivenUp : End::kDiverged);
  MPG_CHECK(value < bound, "a strategy chose what was not offered");
  if (options_.keep_tape) record(kind, bound, value);
  return value;
}

inline ThreadId Engine::pick_thread(ChoiceKind kind, ThreadSet candidates) {
  // Whoever is picked makes a step, so all who gave way are candidates again after it.
  gave_way_ = 0;
  if (kind == ChoiceKind::kPreempt && joins(current_)) return current_;
  const auto bound = static_cast<std::uint32_t>(std::popcount(candidates));
  if (bound == 1) {
    const auto only = static_cast<ThreadId>(std::countr_zero(candidates));
    if ((runnable_ & candidates) == 0) [[unlikely]]
      rouse(only);
    return only;
  }
  const std::uint32_t value = ask(kind, bound, candidates);
  // Place 0 is whoever runs now, if it can go on; most choices end there.
  const bool stays = value == 0 && kind == ChoiceKind::kPreempt;
  const ThreadId taken = stays ? current_ : nth_candidate(candidates, current_, value);
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
  if ((joins_ & current_bit_) != 0) [[unlikely]]
    return reschedule(ChoiceKind::kPreempt, candidates);
  if (*calm_ == 0) [[unlikely]]
    return reschedule(ChoiceKind::kPreempt, candidates);
  --*calm_;
  record(ChoiceKind::kPreempt, static_cast<std::uint32_t>(std::popcount(candidates)), 0);
}

void Engine::make_room_on_tape() {
  constexpr std::size_t kRoom = 512;
  const std::size_t full = tape_.size();
  tape_.resize(full + kRoom);
  next_choice_ = tape_.data() + full;
  tape_end_ = next_choice_ + kRoom;
}

void Engine::tell_of_operation(Operation operation, std::uint64_t before, std::uint64_t after,
                               bool wrote) {
  observer_->on_operation({steps(), current_, operation, before, after, wrote});
}

void Engine::tell_of_another(Operation operation, std::uint64_t before, std::uint64_t after) {
  observer_->on_also({steps(), current_, operation, before, after, writes(operation.access)});
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
