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
//
// It explores what a StateFrontier deals: its own, by itself, or one that several share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "interleave/engine.h"
#include "interleave/observer.h"
#include "interleave/past.h"
#include "interleave/random.h"
#include "interleave/state_frontier.h"
#include "interleave/state_part.h"
#include "interleave/state_set.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

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

  // Explores a ticket of a frontier with the same options, in place of what it was at: begin()
  // returns false when it has nothing more to try of it.
  void take_up(StateTicket ticket);
  // What was made of it so far. Ends with it.
  StateMade made();
  // The execution belongs to the search, and not to getting to know the program.
  bool scouting() const { return ticket_.scouts; }
  // Why the program is none for it, or why it had to stop; empty: all is well.
  std::string_view cannot() const { return made_.cannot; }

  // By itself, until begin() returns false: the search as a whole, by a frontier of its own.
  // REQUIRES: it has begun, and never taken up a ticket.
  const StateFrontier& frontier() const { return *frontier_; }

  bool begin() override;
  std::uint32_t pick(const Decision& decision) override;
  void end(const Tape& tape) override;

  void on_operation(const Step& step) override;
  void on_also(const Step& step) override;
  void on_choice(std::size_t index, const Choice& choice, ThreadId current,
                 ThreadId taken) override;
  void on_spawn(ThreadId parent, ThreadId child) override;
  void on_yield(ThreadId thread) override;
  void on_time_passed(ThreadId thread) override;
  void on_undisturbed(bool on) override { undisturbed_ = on; }
  bool keeps_pasts() const override { return true; }
  bool hears_undisturbed() const override { return false; }
  void on_saw(ThreadId thread, std::uint64_t value) override { pasts_[thread]->saw(value); }
  void on_forgot(ThreadId thread, std::uint64_t key) override { pasts_[thread]->forget(key); }
  void on_past(ThreadId thread, Past& past) override { pasts_[thread] = &past; }

 private:
  // Of the round that has no bound.
  static constexpr std::uint32_t kAll = StatePart::kUnbounded;

  struct Object {
    bool known = false;       // in this execution
    std::uint64_t value = 0;  // if it is known
    ObjectUse use;
  };

  std::uint64_t fingerprint(const Decision& decision) const;
  void remember_memory(const Step& step, Object& object);
  void notice_sharing(const Step& step, Object& object);
  bool is_no_choice(const Decision& decision);
  void check_root(std::uint64_t root);
  bool has_more() const;
  bool next_tape();
  bool is_known(const MetState& met);
  void give_up_on(std::string_view why);
  Object& object(ObjectId id);

  Engine& engine_;
  const PlainData plain_data_;
  const void* const program_;
  const StateSearchOptions options_;
  std::unique_ptr<StateFrontier> frontier_;  // if it is by itself
  std::vector<Object> objects_;
  Random random_{1};

  // Of this ticket.
  StateTicket ticket_;
  StateMade made_;
  StateSet met_;
  std::uint32_t most_preemptions_ = 0;
  StatePart part_;
  std::uint32_t preemptions_ = 0;  // in its tape
  bool at_end_ = true;             // nothing of the part is left

  // Of this execution.
  std::size_t next_ = 0;
  unsigned thread_count_ = 1;
  std::array<std::uint64_t, kMaxThreads> names_{};
  std::array<std::uint64_t, kMaxThreads> kinds_{};  // as names_; threads that are alike have one
  std::array<Past, kMaxThreads> own_pasts_{};
  std::array<Past*, kMaxThreads> pasts_{};
  std::uint64_t memory_ = 0;  // a sum over all objects, by which each execution begins at 0
  bool undisturbed_ = false;
  bool locked_ = false;  // the last step was a lock
  bool given_up_ = false;
  bool outdated_ = false;  // an object has turned out to be shared
};

}  // namespace mpglab::interleave
