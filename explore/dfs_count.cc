#include "explore/dfs_count.h"

#include <algorithm>

namespace mpglab::explore {

using interleave::ChoiceKind;

DfsSeen::DfsSeen(const interleave::Tape& tape, const interleave::BoundedDfs::Bounds& bounds) {
  std::uint32_t preemptions = 0;
  std::size_t behind = 0;
  for (std::size_t i = 0; i < tape.size(); ++i) {
    if (tape[i].value == 0) continue;
    ++deviations;
    if (tape[i].kind == ChoiceKind::kPreempt) ++preemptions;
    behind = i + 1;
  }
  const bool preempts = preemptions < bounds.preemptions;
  for (std::size_t i = behind; i < tape.size(); ++i) {
    if (preempts || tape[i].kind != ChoiceKind::kPreempt) {
      children += tape[i].bound - 1U;
    } else {
      left_out = true;
    }
  }
}

void DfsCount::add(const DfsSeen& seen) {
  ++runs;
  left_out = left_out || seen.left_out;
  // The children of others are in this round.
  if (seen.deviations == round) children += seen.children;
}

void DfsCount::add(const DfsCount& part) {
  runs += part.runs;
  children += part.children;
  left_out = left_out || part.left_out;
}

void DfsCount::begin_next_round() {
  DfsCount next;
  next.round = round + 1;
  next.before = before + runs;
  next.size_before = size;
  next.size = size + children;
  next.new_before = size - size_before;
  *this = next;
}

double DfsCount::expected_next() const {
  if (left() == 0) return static_cast<double>(size + children);
  if (new_before == 0) return static_cast<double>(size);
  const auto fresh = static_cast<double>(size - size_before);
  const double each = fresh / static_cast<double>(new_before) * round / (round + 1.0);
  return static_cast<double>(size) + std::max(fresh * each, static_cast<double>(children));
}

double DfsCount::expected_left(std::uint32_t deviations) const {
  auto all = static_cast<double>(left());
  double last = static_cast<double>(size_before);
  double now = static_cast<double>(size);
  double next = expected_next();
  for (std::uint32_t d = round; d < deviations && all < 1e18; ++d) {
    all += next;
    const double each = now > last ? (next - now) / (now - last) : 0;
    last = now;
    now = next;
    next = now + (now - last) * each * (d + 1.0) / (d + 2.0);
  }
  return all;
}

}  // namespace mpglab::explore
