// Dpor: every execution of a program once, where executions that differ only in the order of
// independent steps count as one. After it has nothing more to try, there is nothing that was not
// tried: the only strategy here that can prove.
//
// Optimal dynamic partial order reduction with source sets and wakeup trees (Abdulla, Aronis,
// Jonsson, Sagonas, JACM 2017). After each execution every race in it (two dependent steps of
// different threads, with nothing between that orders them) is looked at: the steps that do not
// depend on the first of the two, and then the second, are put into the wakeup tree of the state
// before the first, unless something equivalent is there or has been explored. So no two executions
// are equivalent, and none has to be given up half-way.
//
// How our primitives are read:
//  - a load reads; a store, an update and a compare-and-swap that succeeds write; one that fails
//  has
//    read. Whether one would succeed in another order is known before it is tried, because its
//    operand is announced; the same holds for who takes from a list that may be empty. Adds that do
//    not look (Shared::bump) commute with each other, and with nothing else; so do raises.
//  - all operations on one mutex or semaphore depend on each other, and so do those on a note, but
//    for two sleeps. A step that waits (lock, acquire, sleep) races with the last operation on its
//    object before which it would have been possible, as long as its thread knew nothing of that.
//    A step that waits for ever races as well. A wait for a word's value (Shared::await_equal,
//    await_other) is such a step, and reads: a loop that spins until then would be a choice for
//    each turn.
//  - the start and the end of a thread touch nothing: they are made as soon as they can be, and are
//    no choice.
//
//  - a step of several operations (at_once.h) is one event. What stands alone and is left as it
//    was found, it has only read (event_log.h). It races with one other event once, by
//    the first of its operations that does. Which operations it would have in another order is not
//    known behind that one: until it was tried it is taken to depend on everything, so that nothing
//    is lost by it, but some executions are given up (wakeup_tree.h says how). If it comes to an
//    operation that is not possible it ends there, and that it did is something that it has read
//    (Observer::on_wait).
//
// Threads that are alike (Engine::spawn) make their first steps in the order in which they were
// started: an execution in which they do not is one in which they do, with their parts exchanged.
// So the first step of the one is what makes that of the other possible. (Where they have done the
// same for longer they could be told apart only from where they differ: Kokologiannakis, Marmanis,
// Vafeiadis, "SPORE: Combining Symmetry and Partial Order Reduction", PLDI 2024. Here that ends
// with the first step.)
//
// What it cannot do yet: programs that spin, or choose, or in which time has to go by; it then
// stops and says so. Nor may the engine merge steps around locks.
//
// A part of a program that runs undisturbed (Engine::undisturbed) has one order only. There may be
// one before the part under test and one behind it, and when the latter begins everybody else
// waits.
//
// Threads are told apart by who started them as their how-manieth, not by the engine's numbers:
// two threads that start one each may do so in either order.
//
// Memory: the events of one execution, and for each of them what is still to be tried from there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "interleave/engine.h"
#include "interleave/event_log.h"
#include "interleave/observer.h"
#include "interleave/strategy.h"
#include "interleave/wakeup_tree.h"

namespace mpglab::interleave {

// A thread is told by who started it, and as its how-manieth.
struct DporThread {
  ThreadId parent = 0;
  std::uint32_t ordinal = 0;  // from 0

  friend bool operator==(const DporThread&, const DporThread&) = default;
};

// A part of the search that can be made on its own: everything behind one state, or what is left of
// that. Made by who shares a search out (dpor_frontier.h).
struct DporPart {
  // What was explored from a state, and what is still to be, but for what the path goes through.
  struct Level {
    EventLog::Index index = 0;  // of the state: so many events come before it
    std::vector<Event> explored;
    std::uint64_t executions = 0;  // behind what was explored
    std::uint32_t branches = 0;    // at the root of the tree
    std::vector<WakeupStep> wakeups;
  };

  std::vector<Event> path;      // the events from the beginning to where it goes on
  EventLog::Index root = 0;     // states before this one are somebody else's; at most path.size()
  std::vector<Event> sleeping;  // in state `root`, when it was entered
  std::vector<Level> levels;  // in order; if there are any, the last one is that of the path's end
  std::vector<DporThread> threads;  // known ones but the first, by id - 1
  // In each state before `root`: what sleeps, and what was explored or is to be before the path.
  std::vector<std::vector<Event>> covered;
  // Nothing of it was explored, and who sleeps there is not known: some steps of the path are open,
  // or were when it was put into the tree.
  bool is_new = false;
};

// What is known when a new part has been come to.
struct DporArrival {
  std::vector<Event> path;  // as it was made
  // Somebody sleeps there, so that nothing is worth a try but what was asked for: nothing was made.
  bool asleep = false;
  // The way goes through a step of somebody who sleeps, so that nothing is worth a try.
  bool in_vain = false;
};

// A race whose reversal is to be tried from a state that is not the part's.
struct DporReversal {
  EventLog::Index index = 0;
  std::vector<Event> sequence;
};

struct DporOptions {
  // Each of the reductions, to measure what it spares.
  bool spare_kept = true;    // what stands alone and is left as it was found has only been read
  bool spare_raises = true;  // two stores of the same (Access::kRaise) commute
  bool spare_alike = true;   // of threads that are alike the first one makes its first step first
};

class Dpor final : public Strategy, public Observer {
 public:
  // Observes the engine as long as it lives.
  // REQUIRES: the engine keeps a tape, does not merge steps around locks, and runs nothing else
  // meanwhile. The program does the same in each execution but for the order of its threads.
  // `footprints`: those of all workers of one search are the same.
  explicit Dpor(Engine& engine,
                std::shared_ptr<Footprints> footprints = std::make_shared<Footprints>(),
                const DporOptions& options = {});
  ~Dpor() override;
  Dpor(const Dpor&) = delete;
  Dpor& operator=(const Dpor&) = delete;

  bool begin() override;
  std::uint32_t pick(const Decision& decision) override;
  void end(const Tape& tape) override;

  void on_operation(const Step& step) override;
  bool hears_undisturbed() const override { return false; }
  void on_choice(std::size_t /*index*/, const Choice& /*choice*/, ThreadId /*current*/,
                 ThreadId /*taken*/) override {}
  void on_spawn(ThreadId parent, ThreadId child) override;
  void on_also(const Step& step) override;
  void on_wait(ThreadId thread) override;
  void on_yield(ThreadId thread) override;
  void on_time_passed(ThreadId thread) override;
  void on_undisturbed(bool on) override;

  // Everything has been explored. Executions that ended for want of steps (End::kStepBudget) are
  // for the caller to notice.
  bool exhausted() const { return exhausted_ && cannot_.empty(); }
  // Why the program is none for it; empty: it is one.
  std::string_view cannot() const { return cannot_; }

  // ---- for who shares the search out ----

  // From here on the search is that of the part alone. Of a new search nothing else may have been
  // made. Counts of executions go on.
  void take_up(const DporPart& part);
  // What is left of it, without what is covered; nothing if it is exhausted. REQUIRES: between two
  // executions, of which there was one since take_up.
  std::optional<DporPart> rest() const;
  // If the part was new.
  std::optional<DporArrival> take_arrival() { return std::exchange(arrival_, std::nullopt); }
  // Those that were met since the last call, in the order in which they were.
  std::vector<DporReversal> take_reversals() { return std::exchange(reversals_, {}); }
  // By id - 1.
  std::vector<DporThread> threads() const;

  // Executions, one for each class.
  std::uint64_t executions() const { return executions_; }
  // Executions that were given up because what was left of them had been explored, or is to be by
  // others. 0 but for steps of several operations.
  std::uint64_t abandoned() const { return abandoned_; }

 private:
  // A state of the execution: what has been explored from it and what is still to be.
  struct State {
    std::vector<Event> sleeping;  // steps that have been explored, and nothing since depends on
    std::size_t inherited = 0;    // so many of them in a state before
    std::uint64_t entered = 0;    // so many executions came before the first one through it
    WakeupForest::Branches wakeups = WakeupForest::kNoBranches;
  };

  // An event raced with one before it: which, and what the later one is if it comes first.
  struct Race {
    EventLog::Index first = 0;
    Event moved;
  };

  // What a thread was about to do when the part under test ended.
  struct Pending {
    Operation operation;
    std::uint64_t operand = 0;
    bool at_once = false;
  };

  State& state(EventLog::Index index);
  void give_up_on(std::string_view why);
  void end_of_test();
  // Places in a decision are by the engine's numbers.
  unsigned place(const Decision& decision, ThreadId thread) const {
    return decision.place(engine_number_[thread]);
  }
  ThreadId thread_at(const Decision& decision, unsigned place) const {
    return thread_[decision.thread_at(place)];
  }
  static bool sleeps(const State& state, ThreadId thread);
  // Would it be its first step, and may another thread come first?
  bool comes_later(ThreadId thread) const {
    const ThreadId other = like_[thread];
    return other != kNoThread && !log_.has_begun(thread) && !log_.has_begun(other);
  }
  bool is_known(EventLog::Index first, const Event& event, EventLog::Index at) const;
  static void enter(const State& now, const Event& event, State& next);
  static void still_asleep(State& state, const Event& event);
  ThreadId next_of_path() const {
    return made_ < log_.size() ? log_[made_].thread : path_[made_].thread;
  }
  static bool somebody_starts(const Decision& decision);
  std::uint32_t give_up();
  Operation taken(Operation operation) const;
  void record(const Event& event);
  void arrive();
  void come_to_part();
  void forget_sleepers(State& state);
  void go_on(const Event& operation);
  void end_step();
  void reverse_races();
  void find_races(EventLog::Index at);
  void find_races_of(const Event& event, EventLog::Index at, std::vector<Race>& found);
  void find_races_of_waiting(const Event& event, EventLog::Index at, std::vector<Race>& found);
  void find_races_of_step(EventLog::Index at, std::vector<Race>& found);
  bool is_repeated(const Event& operation);
  void collect_races(const Event& operation, EventLog::Index at);
  bool is_ordered(EventLog::Index first, const std::vector<EventLog::Touch>& others) const;
  Race race_of(const EventLog::Touch& first, const Event& second, EventLog::Index at) const;
  void put_before(EventLog::Index first, const Event& moved);
  bool would_write(const Event& event, EventLog::Index at, const EventLog::Touch& before) const;
  void backtrack();

  Engine& engine_;
  KnownFootprints footprints_;
  const DporOptions options_;
  EventLog log_;
  std::vector<State> states_;  // one before each event, and one behind the last; old ones behind
  WakeupForest forest_;
  EventLog::Index prefix_ = 0;  // events that the execution shares with the one before
  EventLog::Index made_ = 0;    // events so far
  // By the later event, which with all before it says what they are; old ones behind. Of so many
  // events they were found.
  std::vector<std::vector<Race>> races_;
  EventLog::Index raced_ = 0;
  // Of the part that was taken up.
  std::vector<Event> path_;
  EventLog::Index root_ = 0;
  std::vector<DporReversal> reversals_;
  // Of this execution. What is by the engine's numbers says so.
  unsigned thread_count_ = 1;                   // by the engine
  std::array<ThreadId, kMaxThreads> thread_{};  // by the engine's number
  std::array<ThreadId, kMaxThreads> engine_number_{};
  std::array<std::uint32_t, kMaxThreads> children_{};  // how many each thread has started
  std::array<std::uint32_t, kMaxThreads> visits_{};  // when it made its last event; by the engine's
  std::array<Pending, kMaxThreads> pending_{};  // once the part under test is over; by the engine's
  bool extends_ = false;                        // the last event is not one of the execution before
  ThreadId last_thread_ = kNoThread;            // of the last event
  bool undisturbed_ = false;
  bool over_ = false;  // the part under test is
  bool redundant_ = false;
  bool came_asked_ = false;     // the last event was in a tree
  bool comes_to_part_ = false;  // for the first time
  std::optional<DporArrival> arrival_;
  // The threads that each thread has ever started, in its order.
  std::array<std::vector<ThreadId>, kMaxThreads> known_children_;
  unsigned known_threads_ = 1;
  std::array<ThreadId, kMaxThreads> like_{};  // which of them each is like
  bool first_ = true;
  bool exhausted_ = false;
  std::string_view cannot_;
  std::uint64_t executions_ = 0;
  std::uint64_t abandoned_ = 0;
  // Used again and again.
  std::vector<Event> sequence_;
  std::vector<Race> races_of_pending_;
  std::vector<EventLog::Touch> direct_;
  std::vector<EventLog::Touch> readers_;
  std::vector<std::uint32_t> known_;
  // What a step has done to each object so far.
  struct Done {
    std::uint64_t step = 0;
    Effect effect = Effect::kRead;
  };
  std::vector<Done> done_;
  std::uint64_t step_ = 0;
};

}  // namespace mpglab::interleave
