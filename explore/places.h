// Places: where a thread is in its own course: "M2 before its second store to P0.status". The n-th
// time that it is about to do one thing; for counts of all choice points (interleave/anchored.h)
// shift as soon as any thread spins once more.
//
// Both strategies that draw schedules like a given one (holds.h, similar.h) tie what they keep of
// it to places, and add some choices by chance.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

struct Place {
  std::uint64_t site;    // kind of choice, thread, access and object
  std::uint32_t number;  // how often the thread has been there before

  friend bool operator==(const Place&, const Place&) = default;
};

// Tells the places of an execution, one after the other.
class Places {
 public:
  void reset() { counts_.clear(); }

  // Where the running thread is. REQUIRES: of each kind, called at every choice of the execution or
  // at none.
  Place here(const interleave::Decision& decision) {
    const std::uint64_t site =
        site_of(decision.kind, decision.current, decision.pending[decision.current]);
    return {site, counts_[site]++};
  }

  static std::uint64_t site_of(interleave::ChoiceKind kind, interleave::ThreadId thread,
                               interleave::Operation operation) {
    return static_cast<std::uint64_t>(kind) << 48 | std::uint64_t{thread} << 40 |
           static_cast<std::uint64_t>(operation.access) << 32 | operation.object;
  }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;  // never iterated
};

// Some choices of an execution that are drawn before it.
class ChoicesByChance {
 public:
  // At most `most` of the first `length` choices. REQUIRES: length >= 1.
  void draw(interleave::Random& random, std::uint32_t most, std::uint32_t length) {
    drawn_.resize(random.below(most + 1));
    for (std::uint32_t& choice : drawn_) choice = random.below(length);
    std::sort(drawn_.begin(), drawn_.end());
    next_ = choice_ = 0;
  }

  // Is the next choice one of them? REQUIRES: called once at each choice that counts.
  bool next() {
    bool drawn = false;
    for (; next_ < drawn_.size() && drawn_[next_] <= choice_; ++next_) drawn = true;
    ++choice_;
    return drawn;
  }

 private:
  std::vector<std::uint32_t> drawn_;  // in order
  std::size_t next_ = 0;
  std::uint32_t choice_ = 0;
};

}  // namespace mpglab::explore
