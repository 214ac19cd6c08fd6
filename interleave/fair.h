// Fair: another strategy, kept from starving anybody. Musuvathi, Qadeer, "Fair Stateless Model
// Checking", PLDI 2008.
//
// The engine keeps a spinner from going on before somebody else has made a step, but two that spin
// by turns may keep a third from ever setting what they wait for. Here a thread that gives way and,
// since it did so the time before, has let somebody wait in vain is put below that one: it is not
// offered to the inner strategy while the other could go on, until the other has made a step. In
// vain has waited who could go on all the time, or was stopped by this very thread, and has not
// made a step. So in an execution without end in which everybody who runs gives way again and
// again, everybody who can go on does. A program that never gives way keeps all its schedules.
//
// Nobody is ever below itself in a circle: a thread that is put below others has made a step since
// the last question, so nobody is below it, and it is put below none that has made one too. So
// somebody is always left to be offered.
//
// A strategy is asked only where there are two alternatives, so a thread that could not go on for
// a moment between two questions counts as one that could. That is no loss of fairness: whenever
// somebody could go on and does not there is a question.
//
// While one thread runs and the same ones can go on, questions change nothing here but for the
// first of them, so where the inner strategy is calm this is calm as well, until somebody else can
// go on or cannot any more.
//
// Execution number n is what the inner strategy makes of n: nothing is kept from one to the next.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/check.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

class Fair final : public Strategy {
 public:
  // `inner` must outlive this. It must not want anything of the tape in end(), which has more
  // choices than it was asked for.
  explicit Fair(Strategy& inner) : inner_(inner) {}

  bool begin() override {
    known_ = could_ = 0;
    if (!inner_.begin()) return false;
    be_calm_among(0);
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (!decision.picks_thread()) return inner_.pick(decision);
    catch_up(decision);
    Decision narrowed = decision;
    narrowed.candidates = not_below_another(decision.candidates, 0);
    narrowed.bound = static_cast<std::uint16_t>(std::popcount(narrowed.candidates));
    if (narrowed.bound == 1) {
      be_calm_among(0);
      return decision.place(narrowed.thread_at(0));
    }
    // To the inner strategy a running thread that is not offered is one that has to wait.
    if (decision.kind == ChoiceKind::kPreempt && (narrowed.candidates & bit(decision.current)) == 0)
      narrowed.kind = ChoiceKind::kBlock;
    const std::uint32_t value = inner_.pick(narrowed);
    if (value >= kGiveUp) return value;
    const ThreadId taken = narrowed.thread_at(value);
    // The same must be offered when `taken` has made its step.
    const bool stays = not_below_another(decision.candidates, bit(taken)) == narrowed.candidates;
    be_calm_among(stays ? decision.candidates : 0);
    return decision.place(taken);
  }

  void end(const Tape& tape) override { inner_.end(tape); }

  // What is left of the inner strategy's.
  Calm& calm() override { return inner_.calm(); }

 private:
  // The paper's P, E, D and S of one thread. E, D and S are about the time since it gave way last.
  struct Thread {
    std::uint32_t visits = 0;
    std::uint32_t yields = 0;
    ThreadSet below = 0;       // it goes on only where none of these can
    ThreadSet always_can = 0;  // could go on at every question
    ThreadSet stopped = 0;     // could not go on any more after one of its steps
    ThreadSet ran = 0;         // have made a step
  };

  static constexpr ThreadSet bit(ThreadId thread) { return ThreadSet{1} << thread; }

  template <class Do>
  static void for_each(ThreadSet threads, Do act) {
    for (; threads != 0; threads &= threads - 1)
      act(static_cast<ThreadId>(std::countr_zero(threads)));
  }

  // What has happened since the last question.
  void catch_up(const Decision& decision) {
    // Who gives way is none of them, but has made a step, and so does not wait in vain.
    const ThreadSet can = decision.candidates;
    const ThreadSet met = can | bit(decision.current);
    for_each(met & ~known_, [&](ThreadId fresh) {
      // Whatever comes before it gives way for the first time is in nobody's disfavour.
      threads_[fresh] = {.ran = ~ThreadSet{0}};
    });
    known_ |= met;
    ThreadSet ran = 0;
    for_each(known_, [&](ThreadId thread) {
      if (threads_[thread].visits != decision.visits[thread]) ran |= bit(thread);
      threads_[thread].visits = decision.visits[thread];
    });
    const ThreadSet stopped = could_ & ~can;
    for_each(known_, [&](ThreadId id) {
      Thread& thread = threads_[id];
      thread.below &= ~ran;
      thread.always_can &= can;
      if ((ran & bit(id)) != 0) thread.stopped |= stopped;
      thread.ran |= ran;
      if (thread.yields == decision.yields[id]) return;
      thread.yields = decision.yields[id];
      thread.below |= (thread.always_can | thread.stopped) & ~thread.ran;
      thread.always_can = can;
      thread.stopped = thread.ran = 0;
    });
    could_ = can;
  }

  // If those in `ran` make a step first.
  ThreadSet not_below_another(ThreadSet candidates, ThreadSet ran) const {
    ThreadSet offered = 0;
    for_each(candidates, [&](ThreadId thread) {
      if ((threads_[thread].below & ~ran & candidates) == 0) offered |= bit(thread);
    });
    MPG_CHECK(offered != 0, "threads are below each other in a circle");
    return offered;
  }

  // Calm may last while exactly these can go on; for the empty set it is over.
  void be_calm_among(ThreadSet candidates) {
    Calm& calm = inner_.calm();
    calm.watched = ~ThreadSet{0};
    calm.expected = candidates;
  }

  Strategy& inner_;
  ThreadSet known_ = 0;  // threads that were met in this execution
  ThreadSet could_ = 0;  // who could go on at the last question
  std::array<Thread, kMaxThreads> threads_{};
};

}  // namespace mpglab::interleave
