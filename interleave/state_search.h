// StateSearch: every state that a program can reach, once, by depth-first search; those that are
// reached with the fewest preemptions first. After it has nothing more to try there is no state,
// within its bound, that was not reached: it can prove.
//
// Dpor has to tell apart each order in which threads look for something in vain. But whoever has
// looked in vain stands where others stand that have not looked, and knows nothing more; so states
// can be far fewer than classes of executions. A state is what is in all objects and in the
// program's plain data, where each thread is, and what it knows (past.h). From a state that was met
// before with as many preemptions left nothing is tried again, and the execution is given up (state
// caching: Godefroid, Holzmann, Pirottin, "State-Space Caching Revisited", CAV 1992; with a bound:
// Musuvathi, Qadeer, "Iterative Context Bounding", PLDI 2007).
//
// Sound if the program tells what its threads know: see Engine::saw, forget and continue_past. A
// fingerprint stands for a state (hash compaction: Wolper, Leroy, CAV 1993): of n states two are
// taken for each other with a probability of about n^2 / 2^65, which is 1 in 10^6 for 6 million.
//
// Steps on an object that only one thread ever touches, or that nobody writes, are no choices: the
// simplest of persistent sets (Godefroid 1996). Which objects those are is learnt by the way, from
// some random executions to begin with; when one of them turns out to be shared after all,
// everything begins anew.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "interleave/engine.h"
#include "interleave/observer.h"
#include "interleave/past.h"
#include "interleave/random.h"
#include "interleave/state_set.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

struct StateSearchOptions {
  static constexpr std::uint32_t kUnbounded = StateSet::kMostBudget;

  // How often a thread that could go on may be interrupted. Who follows one that waits, ends or
  // gives way costs nothing.
  std::uint32_t preemptions = kUnbounded;
  // Without a bound on preemptions: so many rounds with one before the round that has none, so that
  // what goes wrong soon is found soon.
  std::uint32_t bounded_rounds = 6;
  std::size_t most_states = std::size_t{1} << 26;
  // Each of the reductions, to measure what it spares.
  bool recognise_states = true;
  bool spare_private_steps = true;
  bool merge_lock_steps = true;  // as EngineOptions::merge_lock_steps, which may be off then
};

class StateSearch final : public Strategy, public Observer {
 public:
  // A number for the program's plain data, for which nothing but its value matters.
  using PlainData = std::uint64_t (*)(const void* program);

  // Observes the engine as long as it lives. REQUIRES: the engine keeps a tape and runs nothing
  // else meanwhile; the program does the same in each execution but for the order of its threads;
  // threads that different threads start have different names.
  StateSearch(Engine& engine, PlainData plain_data, const void* program,
              const StateSearchOptions& options = {});
  ~StateSearch() override;
  StateSearch(const StateSearch&) = delete;
  StateSearch& operator=(const StateSearch&) = delete;

  bool begin() override;
  std::uint32_t pick(const Decision& decision) override;
  void end(const Tape& tape) override;

  void on_operation(const Step& step) override;
  void on_choice(std::size_t index, const Choice& choice, ThreadId current,
                 ThreadId taken) override;
  void on_spawn(ThreadId parent, ThreadId child) override;
  void on_yield(ThreadId thread) override;
  void on_time_passed(ThreadId thread) override;
  void on_undisturbed(bool on) override { undisturbed_ = on; }
  void on_saw(ThreadId thread, std::uint64_t value) override { pasts_[thread]->saw(value); }
  void on_forgot(ThreadId thread, std::uint64_t key) override { pasts_[thread]->forget(key); }
  void on_past(ThreadId thread, Past& past) override { pasts_[thread] = &past; }

  // Every state within the bound has been reached.
  bool exhausted() const { return exhausted_ && cannot_.empty(); }
  // Nothing was left out for the bound's sake: there are no others. After the last execution.
  bool whole() const { return exhausted() && !left_out_; }
  // Every state that is reached with fewer preemptions than that has been.
  std::uint32_t complete_below() const { return complete_below_; }
  // The random executions with which it begins are still going on.
  bool scouting() const { return scouting_; }
  // Why the program is none for it, or why it had to stop; empty: all is well.
  std::string_view cannot() const { return cannot_; }

  // Of the rounds with a bound so far, or of the one without.
  std::uint64_t states() const { return seen_.size(); }
  // Executions of the last round that came to an end of their own; the others came to a state that
  // was known.
  std::uint64_t executions() const { return executions_; }

 private:
  static constexpr std::uint32_t kScouts = 500;
  // Of the round that has no bound.
  static constexpr std::uint32_t kAll = ~std::uint32_t{0};

  struct Object {
    bool known = false;       // in this execution
    std::uint64_t value = 0;  // if it is known
    // Over all executions.
    bool touched = false;
    bool by_several = false;
    unsigned effects = 0;       // that operations have had
    std::uint64_t toucher = 0;  // the name of the last one that has touched it
    static constexpr unsigned bit(Effect effect) { return 1U << static_cast<unsigned>(effect); }
    bool had(Effect effect) const { return (effects & bit(effect)) != 0; }
    // May the order of what its threads do to it matter?
    bool shared() const {
      return by_several && (had(Effect::kWrite) || (had(Effect::kAdd) && had(Effect::kRead)));
    }
  };

  std::uint64_t fingerprint(const Decision& decision) const;
  void remember_memory(const Step& step, Object& object);
  void notice_sharing(const Step& step, Object& object);
  bool is_no_choice(const Decision& decision);
  void check_root(std::uint64_t root);
  bool advance();
  bool next_tape();
  std::uint32_t preemptions_of_round(std::uint32_t round) const;
  void begin_round(std::uint32_t preemptions);
  void give_up_on(std::string_view why);
  Object& object(ObjectId id);

  Engine& engine_;
  const PlainData plain_data_;
  const void* const program_;
  const StateSearchOptions options_;
  StateSet seen_;
  std::vector<Object> objects_;

  // Random executions that are still to come, and nothing else is begun.
  std::uint32_t scouts_ = kScouts + 1;
  bool scouting_ = true;
  Random random_{1};

  // Of this round.
  std::uint32_t most_preemptions_;
  Tape tape_;                      // without the choices that are none
  std::uint32_t preemptions_ = 0;  // in the tape
  bool left_out_ = false;
  std::uint64_t executions_ = 0;

  std::uint64_t root_ = 0;  // the state before the first choice; 0: not known

  // Of this execution.
  std::size_t next_ = 0;
  unsigned thread_count_ = 1;
  std::array<std::uint64_t, kMaxThreads> names_{};
  std::array<Past, kMaxThreads> own_pasts_{};
  std::array<Past*, kMaxThreads> pasts_{};
  std::uint64_t memory_ = 0;  // a sum over all objects, by which each execution begins at 0
  bool undisturbed_ = false;
  bool locked_ = false;  // the last step was a lock
  bool given_up_ = false;
  bool outdated_ = false;  // an object has turned out to be shared

  bool begun_ = false;
  bool exhausted_ = false;
  std::uint32_t complete_below_ = 0;
  std::string_view cannot_;
};

}  // namespace mpglab::interleave
