#include "interleave/state_part.h"

#include <utility>

namespace mpglab::interleave {

std::optional<std::size_t> StatePart::first_open(std::uint32_t preemptions, bool& left_out) const {
  std::uint32_t used = 0;
  bool beyond = false;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Level& level = levels[i];
    if (level.open()) {
      if (!level.next_costs() || used < preemptions) return i;
      beyond = true;
    }
    if (level.preempts()) ++used;
  }
  left_out = left_out || beyond;
  return std::nullopt;
}

bool StatePart::advance(std::uint32_t preemptions, std::uint32_t& used, bool& left_out) {
  while (!levels.empty()) {
    Level& last = levels.back();
    const bool possible = !last.next_costs() || used < preemptions;
    if (last.open() && !possible) left_out = true;
    if (last.open() && possible) {
      if (last.next_costs()) ++used;
      ++last.value;
      return true;
    }
    if (last.preempts()) --used;
    levels.pop_back();
  }
  return false;
}

StatePart StatePart::split(std::size_t level) {
  StatePart upper;
  upper.levels.assign(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(level) + 1);
  for (std::size_t i = 0; i < level; ++i) upper.levels[i].close();
  levels[level].close();
  return upper;
}

}  // namespace mpglab::interleave
