// StateFrontier: a search for states (state_search.h) that several workers share, and that can be
// kept and gone on with. It has the states that were met, the parts of the tree that are still to
// be explored, and the rounds; workers explore.
//
// The search goes in waves. In a wave a fixed number of tickets is dealt, each with a part of the
// tree and for so many executions; whoever explores it knows the states that were met before the
// wave, and those that it meets itself. What was made of the tickets is merged in their order, and
// when all are, what they have met is known to the next wave. So what each ticket is, which
// executions are made and which states are met is a function of the program, whoever works when on
// how many cores. A ticket may be cut off after any number of executions, and goes on under the
// same number, with what was met under it.
//
// Sound: of each state that was met every branch has been taken, or somebody's part has it. In
// whatever order that is done, when no part is left the states that were met are all there are.
// Two tickets of a wave may meet the same state; the first one, if it had at least as many
// preemptions left, keeps its branches, and those that the other has not taken yet it need not
// take. What it has taken was done twice, which is all that sharing costs.
//
// What is known of objects (ObjectUse) is put together at the end of a wave. If one of them has
// turned out to be shared after all, the round begins anew, with nothing met.
//
// Owner: a StateSearch that is alone, or a hunt, whose workers share it under a lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "interleave/state_part.h"
#include "interleave/state_set.h"

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
  bool spare_alike = true;  // threads that are alike (Engine::spawn) are told apart by nothing else
};

class StateFrontier {
 public:
  struct Size {
    std::uint32_t tickets = 32;  // of a wave, at most
    // So many a ticket has: one for each so many states that were met, and no more than that. The
    // fewer there are the more often two tickets meet the same one.
    std::uint32_t states_for_one = 4096;
    std::uint32_t most_executions = 32;
  };

  // A search that has not begun.
  explicit StateFrontier(const StateSearchOptions& options, Size size);
  explicit StateFrontier(const StateSearchOptions& options = {}) : StateFrontier(options, Size{}) {}

  // The next ticket that nobody has; nothing if there is none until others have been merged, or
  // ever. Valid until it was merged.
  std::optional<StateTicket> deal();
  // The ticket that is to be merged next. REQUIRES: not over().
  std::uint64_t next() const { return first_out_; }
  // Merges the ticket next(). With fewer executions than it had, and not at its end, it is dealt
  // again, with the rest.
  void merge(StateMade made);
  // What was made of the ticket next() is not wanted; it is dealt once more.
  void deal_again() { out_.front().dealt = false; }

  // Nothing is left within the bound, or it cannot go on.
  bool over() const { return exhausted_ || !cannot_.empty(); }
  // Every state within the bound has been reached.
  bool exhausted() const { return exhausted_ && cannot_.empty(); }
  // Nothing was left out for the bound's sake: there are no others.
  bool whole() const { return exhausted() && !left_out_; }
  // Every state that is reached with fewer preemptions than that has been.
  std::uint32_t complete_below() const { return complete_below_; }
  // Why the program is none for it, or why it had to stop; empty: all is well.
  std::string_view cannot() const { return cannot_; }

  // Of the rounds with a bound so far, or of the one without.
  std::uint64_t states() const { return seen_.size() + fresh_states_; }
  // Executions of the last round that came to an end of their own; the others came to a state that
  // was known.
  std::uint64_t executions() const { return executions_; }
  // How often a state was met by a second ticket of a wave, in all.
  std::uint64_t repeated() const { return repeated_; }

  // All of it as numbers, but for the states that were met before the wave: what is the same after
  // the same merges. Tickets that are out are kept as they were dealt.
  std::vector<std::uint64_t> kept() const;
  // With those states, in any order. False: no search of this size ever looked like that, and this
  // one is of no use any more.
  bool restore(const std::vector<std::uint64_t>& kept, const std::vector<MetState>& met);

  // The states that were met before the wave, in order, and again with each greater budget: for
  // whoever keeps them piece by piece.
  struct Log {
    std::uint64_t generation = 0;  // goes up when all of them are forgotten
    std::uint64_t before = 0;      // so many of this generation came earlier
    std::vector<MetState> met;
  };
  // From now on they are logged. So many are known to whoever keeps them: those that there are.
  void begin_log(std::uint64_t generation, std::uint64_t known) { log_ = {generation, known, {}}; }
  // Those that came since this was asked last. REQUIRES: they are logged.
  Log take_log();

 private:
  static constexpr std::uint32_t kScouts = 500;

  struct Task {
    StatePart part;
    std::uint32_t executions = 0;  // that the ticket still has
    bool dealt = false;            // somebody has the ticket
    StateMade before;              // what was made under it: `met` and `uses`
  };

  template <class Archive, class Frontier>
  static void fields_of(Archive& archive, Frontier& frontier);

  void begin_wave();
  void end_wave();
  void begin_round(std::uint32_t preemptions);
  void forget_states();
  bool next_round();
  bool split_one();
  void claim(Task& task);
  std::uint32_t preemptions_of_round(std::uint32_t round) const;

  const StateSearchOptions options_;
  const Size size_;

  StateSet seen_;                // before this wave
  std::vector<ObjectUse> uses_;  // likewise
  bool scouting_ = true;

  // Of this wave.
  std::deque<Task> out_;              // tickets that are not merged, in their order
  std::uint64_t first_out_ = 0;       // the number of the first of them
  StateSet claimed_;                  // by those that are
  std::vector<MetState> claims_;      // the same, in order
  std::vector<StatePart> rests_;      // of them
  std::vector<ObjectUse> wave_uses_;  // what they know
  std::uint64_t fresh_states_ = 0;    // of claimed_, that are not in seen_

  // Of this round.
  std::uint32_t most_preemptions_ = 0;
  std::deque<StatePart> waiting_;
  bool left_out_ = false;
  std::uint64_t executions_ = 0;
  std::uint64_t root_ = 0;  // the state before the first choice; 0: not known

  std::optional<Log> log_;  // if somebody wants it

  bool exhausted_ = false;
  std::uint32_t complete_below_ = 0;
  std::uint64_t repeated_ = 0;
  std::string_view cannot_;
};

}  // namespace mpglab::interleave
