// Engine: runs a program's simulated threads on one OS thread and asks a strategy who goes on.
//
// Purpose: the program under test calls Shared, Mutex, Note and Semaphore; each of these announces
// itself to the engine, which is a choice point: the strategy picks one of the threads that can
// make their announced step, and that thread makes it. Between two choice points a thread runs
// alone, so an execution is a function of the choice tape.
//
// Owner: whoever explores; an engine is for one OS thread. There is no process-wide state.
//
// Invariants:
//  - exactly one simulated thread runs, and it is current();
//  - a thread is a candidate if and only if its announced operation can be made now;
//  - threads, objects and choices are numbered in program order, never by address or time.
//
// Threads are coroutines of Boost.Context (coroutine.h) whose stacks live as long as the engine and
// serve one execution after the other. A thread that is in the middle of something when an
// execution ends is forgotten, without unwinding. Therefore nothing that owns memory may live on a
// simulated thread's stack across a choice point.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "interleave/access.h"
#include "interleave/coroutine.h"
#include "interleave/observer.h"
#include "interleave/strategy.h"
#include "interleave/tape.h"

namespace mpglab::interleave {

// How an execution ended.
enum class End : std::uint8_t {
  kFinished,    // every thread that is not a daemon has ended
  kStopped,     // the program called stop()
  kDeadlock,    // nobody can go on, or those who can only spin
  kStepBudget,  // more steps than allowed, or a schedule that starves somebody for ever
  kDiverged,    // the strategy's tape does not fit the program
  kGivenUp,     // the strategy knows what may follow
  kExhausted,   // the strategy had nothing more to try; nothing ran
};

const char* end_name(End end);

// A thread that could not go on when an execution ended, and why.
struct Waiting {
  ThreadId thread;
  Operation operation;          // what it waits to do; kYield for one that spins
  ThreadId holder = kNoThread;  // who holds the mutex, if it is one
};

struct Execution {
  End end = End::kFinished;
  std::uint64_t steps = 0;
  std::uint64_t switches = 0;
  std::vector<Waiting> waiting;  // filled for kDeadlock
};

struct EngineOptions {
  std::uint64_t max_steps = 1'000'000;
  // After so many yields in a row, while no thread changed anything, whoever still runs is only
  // spinning: a deadlock, if everybody who could go on has yielded meanwhile, and else a schedule
  // that starves somebody and would not end: as if its steps were spent.
  std::uint32_t max_idle_yields = 2'000;
  // Spares choice points around mutexes that cannot matter (Lipton, "Reduction", 1975): unlocking
  // commutes with whatever other threads do before it, so it joins the step before; and what other
  // threads do right after a lock they could as well do right before it, so the step after a lock
  // joins it, unless it is one that may have to wait. Every reachable state between two such
  // blocks, every outcome and every deadlock stays reachable.
  bool merge_lock_steps = false;
  // No time limit runs out while anybody can go on: a nap, or a sleep with a time limit, ends for
  // want of anything else that could happen. What depends on time is left out then, so a search
  // that exhausts the schedules has exhausted those.
  bool time_stands_still = false;
  // Operations of which nothing but names depends (touch_for_a_name) are no steps.
  bool spare_naming_steps = false;
  // A look that only spares a compare-and-swap (Shared::look_and_cas) is no step: the swap alone
  // does all that the two do.
  bool spare_looks = false;
  // Without a tape an execution may be as long as it likes: nothing is kept of it, and it can be
  // neither replayed nor observed.
  bool keep_tape = true;
};

class Engine {
 public:
  using Body = Coroutine::Body;

  explicit Engine(EngineOptions options = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // ---- for whoever explores ----

  // Runs body(argument) as thread 0 until the execution ends, and returns how. The result and the
  // tape stay valid until the next run.
  // REQUIRES: not called from a simulated thread.
  const Execution& run(Strategy& strategy, Body body, void* argument);

  const Tape& tape() const { return tape_; }

  // Sees every step from now on; nullptr for none, which is the fast way. Not owned.
  // REQUIRES: a tape is kept.
  void observe(Observer* observer) {
    MPG_CHECK(options_.keep_tape || observer == nullptr, "an observer is told of the tape");
    observer_ = observer;
    keeper_ = observer != nullptr && observer->keeps_pasts() ? observer : nullptr;
    find_told();
    find_calm();
  }

  // ---- objects: registered once, when the program is set up ----

  // The id counts up from 0. The name is for people.
  ObjectId add_object(std::string name);
  std::string_view object_name(ObjectId object) const { return object_names_[object]; }
  std::size_t object_count() const { return object_names_.size(); }

  // What is read of this object and written to it is all that it is there for: no plain data is
  // passed on with it whose order it keeps. So a step of several operations that leaves it as it
  // found it has only read it. (Of a lock: what it guards is told of with also().)
  void stands_alone(ObjectId object) { stands_alone_[object] = true; }
  bool does_stand_alone(ObjectId object) const {
    return object < stands_alone_.size() && stands_alone_[object];
  }

  // ---- for the program, from a simulated thread ----

  // Starts a thread. Not a choice point: the new thread is a candidate from the next one on. Ids
  // count up from 0 in each execution. `name` must outlive the execution. REQUIRES: fewer than
  // kMaxThreads threads so far.
  // `like`: an earlier thread of the same parent that does the same, if nothing but their numbers
  // tells the two apart, whoever looks. A search need not try both with their parts exchanged.
  ThreadId spawn(const char* name, Body body, void* argument, ThreadId like = kNoThread);

  // A daemon does not keep the execution alive: it ends when only daemons are left.
  void make_daemon();

  ThreadId current() const { return current_; }
  std::string_view thread_name(ThreadId thread) const { return threads_[thread]->name; }
  ThreadId thread_like(ThreadId thread) const { return threads_[thread]->like; }
  unsigned thread_count() const { return thread_count_; }

  // Announces an operation that can always be made. Choice point: returns when it is this thread's
  // turn to make it.
  void step(ObjectId object, Access access);

  // As step, for something that threads share and that is no word: a list, a table. Observers see
  // that it was touched, and no value; what a thread sees of it, it says with saw().
  // REQUIRES: kLook or kChange.
  void touch(ObjectId object, Access access) {
    step(object, access);
    done(object, access, 0, 0);
  }
  // The same for a change whose place in the order shows in nothing but names that are given in
  // the order of first use.
  void touch_for_a_name(ObjectId object) {
    if (!options_.spare_naming_steps) touch(object, Access::kChange);
  }
  bool spares_looks() const { return options_.spare_looks; }
  // As step, for a kTake that finds something if one of the bits of `wanted` is set in the object's
  // value. took() tells what became of it.
  void step_take(ObjectId object, std::uint64_t wanted) {
    operands_[current_] = wanted;
    step(object, Access::kTake);
  }
  void took(ObjectId object, std::uint64_t before, std::uint64_t after) {
    if (told_ != nullptr) [[unlikely]]
      tell_of_operation({object, Access::kTake}, before, after,
                        (before & operands_[current_]) != 0);
  }

  // The operation that the current thread has made last was one on this object as well. Not a
  // choice point. REQUIRES: an AtOnce, unless it is so whatever came of the operation: for a search
  // must know that in another order there may be more.
  void also(ObjectId object, Access access, std::uint64_t before = 0, std::uint64_t after = 0) {
    if (told_ != nullptr) [[unlikely]]
      tell_of_another({object, access}, before, after);
  }

  // As step, for a compare-and-swap that looks for `expected`.
  void step_cas(ObjectId object, std::uint64_t expected) {
    operands_[current_] = expected;
    step(object, Access::kCas);
  }

  // As step, for giving a mutex back: no choice point if steps around locks are merged.
  void step_unlock(ObjectId object) {
    joins_last_ = joins_last_ || options_.merge_lock_steps;
    step(object, Access::kUnlock);
  }
  // A mutex has been taken: the next step may join it.
  void locked() { joins_last_ = options_.merge_lock_steps; }

  // Announces an operation that can be made only while `possible`; `waiters` is where the object
  // keeps who has announced it. Choice point: returns when this thread is picked, and then it can
  // be made. The object must call forbid(waiters) and permit(waiters) whenever that changes.
  void step_when(bool possible, ThreadSet& waiters, ObjectId object, Access access);
  void forbid(ThreadSet waiters) { runnable_ &= ~waiters; }
  void permit(ThreadSet waiters) {
    runnable_ |= waiters;
    napping_ &= ~waiters;
  }

  // As step_when, for a wait until a word has or has not the value `operand`.
  void step_await(bool possible, ThreadSet& waiters, ObjectId object, Access access,
                  std::uint64_t operand) {
    operands_[current_] = operand;
    step_when(possible, waiters, object, access);
  }

  // Gives way: this thread is no candidate until another one has made a step, so spinning and
  // sleeping never starve anybody. Choice point of kind kYield.
  void yield();

  // Sleeps for some time: as yield(), unless time stands still. Choice point of kind kYield.
  void nap();
  // Sleeps so briefly that others may as well not notice: as yield(), and nothing if time stands
  // still, because a thread that is not picked naps anyway.
  void nap_briefly() {
    if (!options_.time_stands_still) yield();
  }

  // As step_when, but this thread may also be picked, as if it had napped, while the operation is
  // not possible: a sleep with a time limit that has run out. The caller looks which it was.
  void step_when_or_yield(bool possible, ThreadSet& waiters, ObjectId object, Access access);

  // Waits until nobody else can go on, but for daemons that nap. REQUIRES: time stands still.
  // Choice point.
  void await_quiet();

  // From its next operation on what the current thread does is one step, until it is called with
  // false (at_once.h). Waiting ends the step, and another one begins.
  void set_at_once(bool on) {
    if (on) {
      at_once_ |= current_bit_;
    } else if (at_once_ != 0) [[unlikely]] {
      at_once_ &= ~current_bit_;
      within_ &= ~current_bit_;
      joins_ &= ~current_bit_;
    }
  }
  bool at_once() const { return at_once(current_); }
  bool at_once(ThreadId thread) const { return (at_once_ & bit(thread)) != 0; }
  // The operation that `thread` has announced last belongs to the step before it. For observers.
  bool joins(ThreadId thread) const { return (joins_ & bit(thread)) != 0; }

  // From here on nothing is asked of the strategy, until it is called with false: all goes by the
  // default schedule (tape.h). For the parts of a program that are not under test.
  void undisturbed(bool on);

  // Chooses a number below `bound`: any nondeterminism of the program that is not the order of
  // threads. `kind` must be kProgram or above. Bound 1 is answered with 0 and not recorded.
  std::uint32_t choose(ChoiceKind kind, std::uint32_t bound);

  // Something changed that a spinning thread could be waiting for. Objects call it. What a thread
  // changes itself between two of its yields is no progress for it.
  void progress() { progress_by_ |= current_bit_; }

  // Ends the execution now, from whatever depth: End::kStopped. Does not return.
  [[noreturn]] void stop();

  // Who holds an object, for the explanation of a deadlock.
  void set_holder(ObjectId object, ThreadId holder) { holders_[object] = holder; }

  // Tells the observer, if there is one, what an operation did to its object.
  void done(ObjectId object, Access access, std::uint64_t before, std::uint64_t after) {
    if (told_ != nullptr) [[unlikely]]
      tell_of_operation({object, access}, before, after, writes(access));
  }
  // The same for a compare-and-swap that did not find what it expected.
  void done_in_vain(ObjectId object, std::uint64_t value) {
    if (told_ != nullptr) [[unlikely]]
      tell_of_operation({object, Access::kCas}, value, value, /*wrote=*/false);
  }

  // ---- for the program, if states of it are to be recognised (state_search.h) ----

  // The current thread has read a value that is no object's, and that others may have written.
  void saw(std::uint64_t value) {
    if (keeper_ != nullptr) [[unlikely]]
      keeper_->on_saw(current_, value);
  }
  // What the current thread will do depends on nothing that it has seen, but on `key`.
  void forget(std::uint64_t key) {
    if (keeper_ != nullptr) [[unlikely]]
      keeper_->on_forgot(current_, key);
  }
  // Somebody is told of that.
  bool keeps_pasts() const { return keeper_ != nullptr; }
  // The current thread goes on with something else, which has a past of its own: with another
  // coroutine. `past` must outlive the execution.
  void continue_past(Past& past) {
    if (keeper_ != nullptr) [[unlikely]]
      keeper_->on_past(current_, past);
  }

  std::uint64_t steps() const { return static_cast<std::uint64_t>(steps_allowed_ - steps_left_); }

  // What a thread has announced last, how often it has been at a choice point, and which value its
  // compare-and-swap or wait looks for, if it is one. Also after an execution, until the next one.
  Operation pending(ThreadId thread) const { return pending_[thread]; }
  std::uint32_t visits(ThreadId thread) const { return visits_[thread]; }
  std::uint64_t operand(ThreadId thread) const { return operands_[thread]; }

  // ---- stacks inside a thread ----

  // The coroutine of the current thread's own body (Go's g0).
  Coroutine& thread_coroutine() { return threads_[current_]->body; }

  // Leaves whatever coroutine the current thread runs and continues `to` on this thread. Returns
  // when some thread switches back. Not a choice point.
  void switch_coroutine(Coroutine& to) {
    Thread& self = *threads_[current_];
    Coroutine& from = *self.running;
    self.running = &to;
    Coroutine::switch_to(from, to);
  }

 private:
  struct Thread {
    explicit Thread(ThreadId id) : stack(id) {}

    std::string_view name;
    Engine* engine = nullptr;
    Body entry = nullptr;
    void* argument = nullptr;
    ThreadId like = kNoThread;
    Coroutine body;
    Coroutine* running = nullptr;  // what this thread runs, or was running when it was left
    Stack stack;
  };

  static constexpr ThreadSet bit(ThreadId thread) { return ThreadSet{1} << thread; }

  void announce(ObjectId object, Access access) {
    if (at_once_ != 0) [[unlikely]]
      join();
    // Not as a whole: the compiler would put it together in memory first.
    Operation& pending = pending_[current_];
    pending.object = object;
    pending.access = access;
    ++visits_[current_];
    if (--steps_left_ < 0) [[unlikely]]
      end_execution(End::kStepBudget);
  }

  // Some thread does something at once: whether the operation that comes is behind its first one.
  void join() {
    joins_ = (joins_ & ~current_bit_) | (within_ & current_bit_);
    within_ |= at_once_ & current_bit_;
  }
  // What this thread has announced is not possible yet.
  void part() {
    if (joins(current_) && observer_ != nullptr) [[unlikely]]
      observer_->on_wait(current_);
    joins_ &= ~current_bit_;
  }

  void set_current(ThreadId thread) {
    current_ = thread;
    current_bit_ = thread == kNoThread ? 0 : bit(thread);
  }

  // Puts a choice on the tape.
  void record(ChoiceKind kind, std::uint32_t bound, std::uint32_t value) {
    if (next_choice_ == tape_end_) [[unlikely]]
      return record_in_new_room(kind, bound, value);
    *next_choice_++ = {kind, static_cast<std::uint16_t>(bound), static_cast<std::uint16_t>(value)};
  }
  [[gnu::noinline, gnu::cold]] void record_in_new_room(ChoiceKind kind, std::uint32_t bound,
                                                       std::uint32_t value);
  void find_told() {
    const bool deaf = undisturbed_ && observer_ != nullptr && !observer_->hears_undisturbed();
    told_ = deaf ? nullptr : observer_;
  }
  void tell_of_choice(ThreadId taken);
  // Cold, so that nothing of it lies in the way where nobody observes.
  [[gnu::noinline, gnu::cold]] void tell_of_operation(Operation operation, std::uint64_t before,
                                                      std::uint64_t after, bool wrote);
  [[gnu::noinline, gnu::cold]] void tell_of_another(Operation operation, std::uint64_t before,
                                                    std::uint64_t after);

  // Asks for the next thread, for another reason than kPreempt, and goes there; returns when this
  // one is picked again.
  [[gnu::noinline]] void reschedule(ChoiceKind kind, ThreadSet candidates);
  // The same for kPreempt. REQUIRES: the current thread is one of several candidates.
  void stay_or_reschedule(ThreadSet candidates);
  [[gnu::noinline]] void ask_whether_to_stay(ThreadSet candidates);
  // The current thread waits for something that is `possible` or not.
  void go_on_if(bool possible, ChoiceKind otherwise, ThreadSet candidates);
  [[gnu::always_inline]] ThreadId pick_thread(ChoiceKind kind, ThreadSet candidates);
  [[gnu::always_inline]] std::uint32_t ask(ChoiceKind kind, std::uint32_t bound,
                                           ThreadSet candidates);
  // Those who have given way are asked only when there is nobody else.
  ThreadSet candidates_or_spinners() const {
    const ThreadSet others = runnable_ & ~gave_way_;
    if (others != 0) return others;
    return runnable_ != 0 ? runnable_ : patient();
  }
  // Those who go on for want of anybody else, if time stands still. Who waits for quiet is not
  // kept from it by daemons that nap, which they do for ever.
  ThreadSet patient() const {
    if ((napping_ & ~daemons_) != 0) return napping_ & ~daemons_;
    return await_quiet_ != 0 ? await_quiet_ : napping_;
  }
  // `thread` has been picked.
  void rouse(ThreadId thread);

  void give_way();
  void count_idle_yield();
  void fall_asleep();
  void switch_to_thread(ThreadId next);
  [[noreturn]] void thread_ended();
  [[noreturn]] void end_execution(End end);
  void fill_waiting();

  EngineOptions options_;
  Strategy* strategy_ = nullptr;  // while an execution runs
  Calm no_calm_;
  Calm* calm_ = &no_calm_;  // the strategy's, where it counts
  Observer* observer_ = nullptr;
  Observer* keeper_ = nullptr;  // the observer, if it keeps pasts
  Observer* told_ = nullptr;    // the same, if it is to be told of operations now

  // Calm counts where a choice goes on the tape, and nowhere else.
  void find_calm() {
    const bool plain = options_.keep_tape && observer_ == nullptr && !undisturbed_;
    calm_ = plain && strategy_ != nullptr ? &strategy_->calm() : &no_calm_;
  }

  ThreadId current_ = kNoThread;
  ThreadSet current_bit_ = 0;  // of current_
  bool joins_last_ = false;    // the next step is no choice point
  ThreadSet at_once_ = 0;
  ThreadSet within_ = 0;  // those of them that have made an operation since
  ThreadSet joins_ = 0;   // whose last operation belongs to the step before
  bool undisturbed_ = false;
  unsigned thread_count_ = 0;
  ThreadSet runnable_ = 0;
  ThreadSet gave_way_ = 0;     // on the way to the choice that follows; empty while a thread runs
  ThreadSet napping_ = 0;      // only if time stands still; none of them is in runnable_
  ThreadSet await_quiet_ = 0;  // nor of these
  ThreadSet alive_ = 0;
  ThreadSet daemons_ = 0;
  std::int64_t steps_allowed_ = 0;
  std::int64_t steps_left_ = 0;  // below 0: one too many was announced
  std::uint64_t switches_ = 0;
  std::uint32_t idle_yields_ = 0;
  ThreadSet idle_ = 0;         // who has yielded since anything changed
  ThreadSet progress_by_ = 0;  // who changed something since the last yield
  std::array<Operation, kMaxThreads> pending_{};
  std::array<std::uint64_t, kMaxThreads> operands_{};  // what a kCas expects, what a wait waits for
  std::array<std::uint32_t, kMaxThreads> visits_{};
  std::array<std::uint32_t, kMaxThreads> yields_{};
  // The question to the strategy; what is the same in all of them is put there once.
  Decision decision_{.kind = ChoiceKind::kPreempt,
                     .bound = 0,
                     .current = kNoThread,
                     .candidates = 0,
                     .pending = pending_.data(),
                     .visits = visits_.data(),
                     .yields = yields_.data()};

  // While an execution runs the tape may be longer than what is on it, so that a choice only has to
  // be put where the first of these points.
  Tape tape_;
  Choice* next_choice_ = nullptr;
  Choice* tape_end_ = nullptr;
  Execution execution_;
  std::array<std::unique_ptr<Thread>, kMaxThreads> threads_;
  std::vector<std::string> object_names_;
  std::vector<bool> stands_alone_;  // by object
  std::vector<ThreadId> holders_;
  Coroutine explorer_;  // whoever called run()
};

}  // namespace mpglab::interleave
