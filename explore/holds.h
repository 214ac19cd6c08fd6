// Holds: a schedule as threads that are held up in certain places; the third form in which
// shrinking takes a schedule apart, and the only one that guesses.
//
// A race mostly wants one thing: a thread stops where it must not, and stays there while others get
// far. With deviations alone that takes one for each time that the others block and the default
// schedule would let it go on. A hold says it once. So from a schedule with many preemptions this
// draws ones with few: some of its places, and chance wherever somebody must be chosen.
//
// A place is "M2 before its second store to P0.status": the n-th access of a thread to an object,
// for counts of all choice points (interleave/anchored.h) shift as soon as the thread spins once
// more.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

struct HoldPlace {
  std::uint64_t site;    // thread, access and object
  std::uint32_t number;  // how often the thread has been there before

  friend bool operator==(const HoldPlace&, const HoldPlace&) = default;
};

// Tells the places of an execution, one after the other.
class Places {
 public:
  void reset() { counts_.clear(); }

  // Where the running thread is. REQUIRES: called at every kPreempt choice of the execution.
  HoldPlace here(const interleave::Decision& decision) {
    const interleave::Operation pending = decision.pending[decision.current];
    const std::uint64_t site = std::uint64_t{decision.current} << 40 |
                               static_cast<std::uint64_t>(pending.access) << 32 | pending.object;
    return {site, counts_[site]++};
  }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;  // never iterated
};

// Draws schedules that hold threads up: in some of the given places, and in some that chance picks
// among the first `length` choices. A thread that is held goes on when nobody else can.
class DrawHolds final : public interleave::Strategy {
 public:
  // REQUIRES: length >= 1.
  DrawHolds(std::vector<HoldPlace> places, std::uint32_t length, std::uint64_t seed)
      : places_(std::move(places)), length_(length), seed_(seed), random_(seed) {}

  bool begin() override {
    random_ = interleave::Random(seed_, execution_++);
    // Places of the given schedule find its race soonest and lead back to it most surely, so every
    // other draw does without.
    const std::uint32_t eighths = random_.below(2) == 0 ? 0 : random_.below(9);
    drawn_.clear();
    for (const HoldPlace& place : places_)
      if (random_.below(8) < eighths) drawn_.push_back(place);
    chance_.resize(random_.below(kMostByChance + 1));
    for (std::uint32_t& choice : chance_) choice = random_.below(length_);
    std::sort(chance_.begin(), chance_.end());
    next_chance_ = choice_ = 0;
    here_.reset();
    held_ = 0;
    return true;
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    using interleave::ChoiceKind;
    using interleave::ThreadSet;
    if (!decision.picks_thread()) return random_.below(decision.bound);
    const ThreadSet self = ThreadSet{1} << decision.current;
    bool hold = false;
    for (; next_chance_ < chance_.size() && chance_[next_chance_] <= choice_; ++next_chance_)
      hold = true;
    ++choice_;
    if (decision.kind == ChoiceKind::kPreempt) {
      const HoldPlace place = here_.here(decision);
      for (const HoldPlace& drawn : drawn_) hold |= drawn == place;
      if (!hold) return 0;
      held_ |= self;
    }
    ThreadSet free = decision.candidates & ~held_;
    if (decision.kind == ChoiceKind::kYield && (free & ~self) != 0) free &= ~self;
    if (free == 0) free = decision.candidates & ~self;
    if (free == 0) free = decision.candidates;
    const auto count = static_cast<std::uint32_t>(std::popcount(free));
    const interleave::ThreadId next =
        interleave::nth_candidate(free, decision.current, random_.below(count));
    held_ &= ~(ThreadSet{1} << next);
    return decision.place(next);
  }

  void end(const interleave::Tape& /*tape*/) override {}

 private:
  static constexpr std::uint32_t kMostByChance = 12;

  std::vector<HoldPlace> places_;
  std::uint32_t length_;
  std::uint64_t seed_;
  std::uint64_t execution_ = 0;
  interleave::Random random_;
  std::vector<HoldPlace> drawn_;
  std::vector<std::uint32_t> chance_;  // choices, in order
  std::size_t next_chance_ = 0;
  std::uint32_t choice_ = 0;
  Places here_;
  interleave::ThreadSet held_ = 0;
};

}  // namespace mpglab::explore
