#include "interleave/class_count.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mpglab::interleave {

std::uint64_t& ClassCount::slot_of(std::uint64_t hash) {
  for (std::size_t at = (hash >> 2) % kSlots;; at = (at + 1) % kSlots) {
    std::uint64_t& slot = slots_[at];
    if (slot == 0 || ((slot ^ hash) & ~kCountMask) == 0) return slot;
  }
}

void ClassCount::add(std::uint64_t hash) {
  ++executions_;
  if (!in_sample(hash)) return;
  if (slots_.empty()) slots_.resize(kSlots);
  std::uint64_t& slot = slot_of(hash);
  const std::uint64_t count = slot & kCountMask;
  if (slot == 0) {
    put((hash & ~kCountMask) | 1);
    while (size_ > kCapacity) thin_out();
  } else if (count == 1) {
    ++slot;
    --once_;
    ++twice_;
  } else if (count == 2) {
    ++slot;
    --twice_;
  }
}

void ClassCount::put(std::uint64_t entry) {
  slot_of(entry) = entry;
  ++size_;
  once_ += (entry & kCountMask) == 1 ? 1U : 0U;
  twice_ += (entry & kCountMask) == 2 ? 1U : 0U;
}

// Half of the sample goes, more or less.
void ClassCount::thin_out() {
  ++level_;
  const std::vector<std::uint64_t> before =
      std::exchange(slots_, std::vector<std::uint64_t>(kSlots));
  size_ = 0;
  once_ = twice_ = 0;
  for (const std::uint64_t entry : before)
    if (entry != 0 && in_sample(entry)) put(entry);
}

ClassEstimate ClassCount::estimate() const {
  ClassEstimate result;
  result.executions = executions_;
  result.classes = std::uint64_t{size_} << level_;
  result.exact = level_ == 0;
  result.once = once_ << level_;
  if (executions_ == 0) return result;
  const auto n = static_cast<double>(executions_);
  const double scale = std::ldexp(1.0, static_cast<int>(level_));
  const double once = static_cast<double>(once_) * scale;
  const double twice = static_cast<double>(twice_) * scale;
  // A sample may be a little too rich.
  result.unseen = std::min(1.0, once / n);
  // Esty's variance, and that of having seen only a sample of the classes.
  const double variance = once * (1 - result.unseen) + 2 * twice + once * (scale - 1);
  constexpr double kTwoSided95 = 1.96;
  result.error = std::min(1.0, std::max(kTwoSided95 * std::sqrt(variance), 3.0) / n);
  constexpr double kDelta = 0.05;
  const double factor = 2 * std::sqrt(2.0) + std::sqrt(3.0);
  result.at_most = std::min(1.0, result.unseen + factor * std::sqrt(std::log(3 / kDelta) / n));
  return result;
}

ClassCount::Kept ClassCount::kept() const {
  Kept kept{executions_, level_, {}};
  std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(kept.entries),
               [](std::uint64_t entry) { return entry != 0; });
  std::sort(kept.entries.begin(), kept.entries.end());
  return kept;
}

bool ClassCount::restore(const Kept& kept) {
  constexpr unsigned kHighestLevel = 60;
  if (kept.level > kHighestLevel || kept.entries.size() > kCapacity) return false;
  ClassCount other;
  other.level_ = kept.level;
  other.executions_ = kept.executions;
  if (!kept.entries.empty()) other.slots_.resize(kSlots);
  for (const std::uint64_t entry : kept.entries) {
    if ((entry & kCountMask) == 0 || !other.in_sample(entry) || other.slot_of(entry) != 0)
      return false;
    other.put(entry);
  }
  *this = std::move(other);
  return true;
}

}  // namespace mpglab::interleave
