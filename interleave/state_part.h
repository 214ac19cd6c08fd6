// What a search for states deals out to one of its workers, and what it gets back: a part of the
// tree of choices, and what was learnt there. Between StateFrontier, which deals and merges, and
// StateSearch, which explores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "interleave/access.h"
#include "interleave/state_set.h"
#include "interleave/tape.h"

namespace mpglab::interleave {

// How an object was used in all executions so far. What several workers have seen of it is put
// together in any order.
struct ObjectUse {
  bool by_several = false;
  std::uint8_t effects = 0;   // that operations have had, as bits; 0: nobody has touched it
  std::uint64_t toucher = 0;  // the name of the one thread that has touched it, if it is one

  static constexpr std::uint8_t bit(Effect effect) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(effect));
  }
  bool had(Effect effect) const { return (effects & bit(effect)) != 0; }

  // May the order of what its threads do to it matter?
  bool shared() const {
    return by_several && (had(Effect::kWrite) || (had(Effect::kAdd) && had(Effect::kRead)));
  }
  // Is it nothing new that a thread of that name has such an effect?
  bool knows(std::uint64_t name, Effect effect) const {
    return had(effect) && (by_several || toucher == name);
  }
  void add(const ObjectUse& other) {
    if (other.effects == 0) return;
    by_several = by_several || other.by_several || (effects != 0 && toucher != other.toucher);
    toucher = by_several ? 0 : other.toucher;
    effects |= other.effects;
  }

  friend bool operator==(const ObjectUse&, const ObjectUse&) = default;
};

// Adds what is known of each object, by its id.
inline void add_uses(std::vector<ObjectUse>& uses, const std::vector<ObjectUse>& others) {
  uses.resize(std::max(uses.size(), others.size()));
  for (std::size_t i = 0; i < others.size(); ++i) uses[i].add(others[i]);
}

// A tape, of choices that are some, and which of the values behind its own are still to be tried:
// those of each level from value + 1 to end - 1, with the levels above as they are.
struct StatePart {
  static constexpr std::uint32_t kUnbounded = ~std::uint32_t{0};

  struct Level {
    ChoiceKind kind = ChoiceKind::kPreempt;
    std::uint16_t bound = 0;  // as in Choice
    std::uint16_t value = 0;
    std::uint16_t end = 0;
    // The state in which the choice is made, if it was met under this ticket.
    std::optional<MetState> met = std::nullopt;

    bool preempts() const { return kind == ChoiceKind::kPreempt && value != 0; }
    bool open() const { return value + 1 < end; }
    void close() { end = static_cast<std::uint16_t>(value + 1); }
    // Does the next value need one preemption more than this one?
    bool next_costs() const { return kind == ChoiceKind::kPreempt && value == 0; }
  };

  std::vector<Level> levels{};
  bool fresh = false;  // the tape itself has not been tried

  // The first level with something to be tried within so many preemptions; nothing if there is none
  // and so the part is at its end. `left_out`: something was beyond the bound.
  std::optional<std::size_t> first_open(std::uint32_t preemptions, bool& left_out) const;
  // Goes to the next tape, depth first. `used`: preemptions in the tape. False: there is none.
  bool advance(std::uint32_t preemptions, std::uint32_t& used, bool& left_out);
  // Takes what is to be tried at that level out of this part, and makes it one of its own.
  StatePart split(std::size_t level);
};

struct StateTicket {
  std::uint64_t number = 0;
  std::uint32_t executions = 0;  // at most so many
  // Random executions, to get to know the program, and no part of it; or `part`.
  bool scouts = false;
  std::uint32_t scouted = 0;  // so many of them were made before
  StatePart part;
  std::uint32_t preemptions = 0;   // at most so many; or StatePart::kUnbounded
  const StateSet* seen = nullptr;  // not owned; nobody adds to it while a ticket is out
  std::vector<MetState> met;       // by what was made under this ticket before
  std::vector<ObjectUse> uses;     // likewise, and before this wave
  std::uint64_t root = 0;          // the state before the first choice; 0: not known
};

// What was made of a ticket.
struct StateMade {
  static constexpr std::string_view kNoRoom = "there are more states than there is room for";

  std::uint32_t executions = 0;
  std::uint64_t ended = 0;        // executions that came to an end of their own
  std::vector<MetState> met{};    // in order, without those that were known
  std::vector<ObjectUse> uses{};  // with those of the ticket
  std::uint64_t root = 0;
  std::optional<StatePart> rest =
      std::nullopt;           // nothing: the part is at its end, or not wanted any more
  bool over = false;          // the ticket is, however many executions it had
  bool left_out = false;      // something, for the bound's sake
  std::string_view cannot{};  // why the search cannot go on; empty: it can
};

}  // namespace mpglab::interleave
