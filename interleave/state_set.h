// StateSet: the states that a search has met, as fingerprints of 64 bits, each with how much of a
// budget was left when it was met. Grows by doubling, up to a limit. Open addressing; owner: one
// StateFrontier, or one StateSearch for what it meets by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace mpglab::interleave {

// A state, and how much was left when it was met.
struct MetState {
  using Budget = std::uint8_t;
  static constexpr Budget kMostBudget = std::numeric_limits<Budget>::max();

  std::uint64_t state = 0;
  Budget budget = 0;

  friend bool operator==(const MetState&, const MetState&) = default;
};

class StateSet {
 public:
  using Budget = MetState::Budget;
  static constexpr Budget kMostBudget = MetState::kMostBudget;

  // At most so many states, a power of two; 9 bytes for each.
  explicit StateSet(std::size_t limit) : limit_(limit) { clear(); }

  enum class Met : std::uint8_t {
    kNever,   // or with a smaller budget only: now it is met with this one
    kBefore,  // with at least this budget
    kNoRoom,
  };
  Met meet(std::uint64_t state, Budget budget) {
    if (state == kNothing) state = 1;
    std::size_t slot = find(state);
    if (states_[slot] == state) {
      if (budgets_[slot] >= budget) return Met::kBefore;
      budgets_[slot] = budget;
      return Met::kNever;
    }
    if (count_ >= states_.size() / 4 * 3) {
      if (states_.size() >= limit_) return Met::kNoRoom;
      grow();
      slot = find(state);
    }
    states_[slot] = state;
    budgets_[slot] = budget;
    ++count_;
    return Met::kNever;
  }

  // Has it been met, with at least this budget? By several threads at once, while nobody meets
  // anything.
  bool has(std::uint64_t state, Budget budget) const {
    if (state == kNothing) state = 1;
    const std::size_t slot = find(state);
    return states_[slot] == state && budgets_[slot] >= budget;
  }

  std::size_t size() const { return count_; }

  void clear() {
    states_.assign(kSmallest, kNothing);
    budgets_.assign(kSmallest, 0);
    count_ = 0;
  }

 private:
  static constexpr std::uint64_t kNothing = 0;
  static constexpr std::size_t kSmallest = 1024;

  // Fingerprints are spread already.
  std::size_t find(std::uint64_t state) const {
    std::size_t slot = state & (states_.size() - 1);
    while (states_[slot] != kNothing && states_[slot] != state)
      slot = (slot + 1) & (states_.size() - 1);
    return slot;
  }

  void grow() {
    std::vector<std::uint64_t> states(2 * states_.size(), kNothing);
    std::vector<Budget> budgets(states.size(), 0);
    states.swap(states_);
    budgets.swap(budgets_);
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (states[i] == kNothing) continue;
      const std::size_t slot = find(states[i]);
      states_[slot] = states[i];
      budgets_[slot] = budgets[i];
    }
  }

  std::size_t limit_;
  std::vector<std::uint64_t> states_;
  std::vector<Budget> budgets_;
  std::size_t count_ = 0;
};

}  // namespace mpglab::interleave
