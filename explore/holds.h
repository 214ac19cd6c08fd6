// Holds: a schedule as threads that are held up in certain places; the third form in which
// shrinking takes a schedule apart, and the only one that guesses.
//
// A race mostly wants one thing: a thread stops where it must not, and stays there while others get
// far. With deviations alone that takes one for each time that the others block and the default
// schedule would let it go on. A hold says it once. So from a schedule with many preemptions this
// draws ones with few: some of its places, and chance wherever somebody must be chosen.
//
// Apart from similar.h, which draws schedules like a given one too: that one stays near the default
// schedule and keeps who goes on, because the given schedule is nearly minimal already and only its
// program is another. This one is for schedules full of preemptions that do not matter, so it keeps
// nothing but places (places.h), lets chance choose everywhere else, and never needs a name.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "explore/places.h"
#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// Draws schedules that hold threads up: in some of the given places, and in some that chance picks
// among the first `length` choices. A thread that is held goes on when nobody else can.
class DrawHolds final : public interleave::Strategy {
 public:
  // REQUIRES: length >= 1.
  DrawHolds(std::vector<Place> places, std::uint32_t length, std::uint64_t seed)
      : places_(std::move(places)), length_(length), seed_(seed), random_(seed) {}

  bool begin() override {
    random_ = interleave::Random(seed_, execution_++);
    // Places of the given schedule find its race soonest and lead back to it most surely, so every
    // other draw does without.
    const std::uint32_t eighths = random_.below(2) == 0 ? 0 : random_.below(9);
    drawn_.clear();
    for (const Place& place : places_)
      if (random_.below(8) < eighths) drawn_.push_back(place);
    by_chance_.draw(random_, kMostByChance, length_);
    here_.reset();
    held_ = 0;
    return true;
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    using interleave::ChoiceKind;
    using interleave::ThreadSet;
    if (!decision.picks_thread()) return random_.below(decision.bound);
    const ThreadSet self = ThreadSet{1} << decision.current;
    bool hold = by_chance_.next();
    if (decision.kind == ChoiceKind::kPreempt) {
      const Place place = here_.here(decision);
      for (const Place& drawn : drawn_) hold |= drawn == place;
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

  std::vector<Place> places_;
  std::uint32_t length_;
  std::uint64_t seed_;
  std::uint64_t execution_ = 0;
  interleave::Random random_;
  std::vector<Place> drawn_;
  ChoicesByChance by_chance_;
  Places here_;
  interleave::ThreadSet held_ = 0;
};

}  // namespace mpglab::explore
