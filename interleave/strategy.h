// Strategy: decides, at each choice point, what comes next.
//
// A strategy sees threads as numbers and operations as announcements; it never sees a fiber. It is
// called in this order, over and over: begin, then pick for each choice of one execution, then end.
#pragma once

#include <bit>
#include <cstdint>

#include "base/check.h"
#include "interleave/access.h"
#include "interleave/tape.h"

namespace mpglab::interleave {

// The thread at place `index` of `candidates`, counted round from `current` (place 0 is `current`
// itself if it is a candidate). REQUIRES: index < popcount(candidates).
constexpr ThreadId nth_candidate(ThreadSet candidates, ThreadId current, unsigned index) {
  ThreadSet turned = std::rotr(candidates, current);
  // Which one was drawn cannot be foreseen, so the first few are left out without a branch.
  for (unsigned left_out = 0; left_out < 4; ++left_out)
    turned &= turned - ThreadSet{index > left_out};
  for (; index > 4; --index) turned &= turned - 1;
  return static_cast<ThreadId>((current + static_cast<unsigned>(std::countr_zero(turned))) %
                               kMaxThreads);
}

// The place of `thread` among the candidates: the inverse of nth_candidate.
constexpr unsigned place_of(ThreadSet candidates, ThreadId current, ThreadId thread) {
  const ThreadSet turned = std::rotr(candidates, current);
  const unsigned distance = (thread + kMaxThreads - current) % kMaxThreads;
  return static_cast<unsigned>(std::popcount(turned & ((ThreadSet{1} << distance) - 1)));
}

// One question to a strategy. The answer is a number below `bound`; see tape.h for what 0 means.
struct Decision {
  ChoiceKind kind;
  std::uint16_t bound;   // always at least 2
  ThreadId current;      // who runs now, or ran last
  ThreadSet candidates;  // threads that can make a step; empty for choices of the program
  // What each candidate will do next, by thread id. Only the candidates' entries mean anything.
  const Operation* pending;
  // How often each thread has been at a choice point, by thread id: an anchor that survives changes
  // elsewhere in the schedule.
  const std::uint32_t* visits;
  // How often each thread has given way, by thread id.
  const std::uint32_t* yields;

  bool picks_thread() const { return kind < ChoiceKind::kProgram; }
  ThreadId thread_at(unsigned index) const { return nth_candidate(candidates, current, index); }
  unsigned place(ThreadId thread) const { return place_of(candidates, current, thread); }
};

// For how long a strategy will not interrupt whoever runs, as far as it knows: nearly all choices
// of a schedule are such, and need not be asked about. It holds for the next `left` questions of
// kind kPreempt, while those of `watched` who are candidates are exactly those of `expected`: the
// answer is 0 then, and counting `left` down is the same as asking. Whoever watches nobody is calm
// whatever happens; whoever watches somebody has the next question asked after the turn has passed
// without one (turn_passed).
struct Calm {
  std::uint32_t left = 0;
  ThreadSet watched = 0;
  ThreadSet expected = 0;

  bool holds(ThreadSet candidates) const {
    return left != 0 && ((candidates ^ expected) & watched) == 0;
  }
  // Nobody was asked about who goes on, since there was only one; or nobody is asked for a while.
  void turn_passed() {
    // There is no question without candidates, so this holds for none.
    if (watched != 0) *this = {.left = left, .watched = ~ThreadSet{0}, .expected = 0};
  }
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  // A new execution starts. Returns false when the strategy has nothing more to try; the execution
  // does not take place then, and neither does end().
  virtual bool begin() = 0;

  // Chooses. The answer must be below decision.bound, or kDiverged to end the execution because
  // what this strategy follows does not fit the program, or kGiveUp.
  static constexpr std::uint32_t kDiverged = 0xffffffff;
  // As an answer: whatever may follow has been seen, so the execution is given up here.
  static constexpr std::uint32_t kGiveUp = 0xfffffffe;
  virtual std::uint32_t pick(const Decision& decision) = 0;

  // The execution has ended; `tape` holds every choice of it.
  virtual void end(const Tape& tape) = 0;

  // May change with each answer of pick() and in begin(). A strategy must also answer what it is
  // asked in spite of it: whoever observes an execution has every question asked.
  virtual Calm& calm() { return calm_; }

 protected:
  Calm calm_;
};

}  // namespace mpglab::interleave
