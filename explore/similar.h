// Similar: schedules like a given one, for a program that is like the one it was made for.
//
// When something is left out of a program, the race that it has is mostly still there, but no place
// of its schedule has the number that it had: a loop has fewer turns, a thread is in a function
// less often. So a deviation is tied to what the thread is about to do, by the object's name ("M2
// before its second store to P0.status"), and chance decides how much of the schedule is kept:
// which deviations, how often the thread has been there before, who goes on, and whether the one
// that is held stays held for as long as others can go on (holds.h tells why that is worth a try).
// Elsewhere the default is taken, but for a few places (places.h).
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "explore/places.h"
#include "interleave/engine.h"
#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// A deviation from the default schedule, and what the thread was about.
struct PlacedDeviation {
  interleave::ChoiceKind kind{};
  interleave::ThreadId thread{};
  interleave::Access access{};
  std::string object;        // empty: none
  std::uint32_t number = 0;  // how often the thread has been there before
  std::uint16_t target = 0;  // a thread id, or the value of a choice of the program
};

// Lets another strategy choose and notes its deviations.
class NotePlaces final : public interleave::Strategy {
 public:
  NotePlaces(interleave::Strategy& inner, const interleave::Engine& engine)
      : inner_(inner), engine_(engine) {}

  bool begin() override {
    deviations_.clear();
    places_.reset();
    return inner_.begin();
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    const std::uint32_t value = inner_.pick(decision);
    const Place place = places_.here(decision);
    if (value == 0 || value >= decision.bound) return value;
    const interleave::Operation pending = decision.pending[decision.current];
    deviations_.push_back({.kind = decision.kind,
                           .thread = decision.current,
                           .access = pending.access,
                           .object = pending.object == interleave::kNoObject
                                         ? std::string()
                                         : std::string(engine_.object_name(pending.object)),
                           .number = place.number,
                           .target = static_cast<std::uint16_t>(
                               decision.picks_thread() ? decision.thread_at(value) : value)});
    return value;
  }

  void end(const interleave::Tape& tape) override { inner_.end(tape); }

  const std::vector<PlacedDeviation>& deviations() const { return deviations_; }

 private:
  interleave::Strategy& inner_;
  const interleave::Engine& engine_;
  std::vector<PlacedDeviation> deviations_;
  Places places_;
};

class DrawSimilar final : public interleave::Strategy {
 public:
  // `engine` is that of the program that is run; deviations at objects that it does not have are
  // left out. `length`: choices in a usual schedule, at least 1.
  DrawSimilar(const std::vector<PlacedDeviation>& deviations, const interleave::Engine& engine,
              std::uint32_t length, std::uint64_t seed)
      : length_(length), seed_(seed), random_(seed) {
    std::unordered_map<std::string_view, interleave::ObjectId> objects;  // never iterated
    for (interleave::ObjectId i = 0; i < engine.object_count(); ++i)
      objects.emplace(engine.object_name(i), i);
    for (const PlacedDeviation& one : deviations) {
      const auto object = objects.find(one.object);
      if (!one.object.empty() && object == objects.end()) continue;
      const interleave::Operation operation{
          one.object.empty() ? interleave::kNoObject : object->second, one.access};
      known_.push_back(
          {Places::site_of(one.kind, one.thread, operation), one.number, one.target, false, false});
    }
  }

  bool begin() override {
    random_ = interleave::Random(seed_, execution_++);
    drawn_.clear();
    // Every other schedule has all of the deviations.
    const bool all = random_.below(2) == 0;
    for (Drawn one : known_) {
      if (!all && random_.below(4) == 0) continue;
      if (random_.below(2) == 0) one.number = random_.below(one.number + 1);
      one.any_target = random_.below(4) == 0;
      one.stays_held = random_.below(2) == 0;
      drawn_.push_back(one);
    }
    by_chance_.draw(random_, kMostByChance, length_);
    held_ = 0;
    places_.reset();
    return true;
  }

  std::uint32_t pick(const interleave::Decision& decision) override {
    const Place place = places_.here(decision);
    const bool chance = by_chance_.next();
    for (const Drawn& one : drawn_)
      if (one.site == place.site && one.number == place.number) return deviate(decision, one);
    if (chance) {
      const bool stays_held = random_.below(2) == 0;
      return deviate(decision, {place.site, place.number, 0, true, stays_held});
    }
    return by_default(decision);
  }

  void end(const interleave::Tape& /*tape*/) override {}

 private:
  static constexpr std::uint32_t kMostByChance = 3;

  struct Drawn {
    std::uint64_t site;
    std::uint32_t number;
    std::uint16_t target;
    bool any_target;
    bool stays_held;  // while others can go on
  };

  static interleave::ThreadSet bit(interleave::ThreadId thread) {
    return interleave::ThreadSet{1} << thread;
  }

  std::uint32_t deviate(const interleave::Decision& decision, const Drawn& wanted) {
    if (!decision.picks_thread()) {
      if (wanted.any_target) return random_.below(decision.bound);
      return wanted.target < decision.bound ? wanted.target : 0U;
    }
    const interleave::ThreadSet others = decision.candidates & ~bit(decision.current);
    if (others == 0) return 0;
    auto target = static_cast<interleave::ThreadId>(wanted.target);
    if (wanted.any_target || (others >> target & 1) == 0)
      target = interleave::nth_candidate(
          others, decision.current,
          random_.below(static_cast<std::uint32_t>(std::popcount(others))));
    if (wanted.stays_held && decision.kind == interleave::ChoiceKind::kPreempt)
      held_ |= bit(decision.current);
    return go_on(decision, target);
  }

  std::uint32_t by_default(const interleave::Decision& decision) {
    if (!decision.picks_thread() || decision.kind == interleave::ChoiceKind::kPreempt) return 0;
    const interleave::ThreadSet free = decision.candidates & ~held_;
    return go_on(decision, interleave::nth_candidate(free != 0 ? free : decision.candidates,
                                                     decision.current, 0));
  }

  std::uint32_t go_on(const interleave::Decision& decision, interleave::ThreadId thread) {
    held_ &= ~bit(thread);
    return decision.place(thread);
  }

  std::vector<Drawn> known_;
  std::uint32_t length_;
  std::uint64_t seed_;
  std::uint64_t execution_ = 0;
  interleave::Random random_;
  std::vector<Drawn> drawn_;
  ChoicesByChance by_chance_;
  Places places_;
  interleave::ThreadSet held_ = 0;
};

}  // namespace mpglab::explore
