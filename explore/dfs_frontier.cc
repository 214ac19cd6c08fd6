#include "explore/dfs_frontier.h"

#include <utility>

#include "base/check.h"

namespace mpglab::explore {

DfsFrontier::DfsFrontier(const Bounds& bounds, const DfsPosition& from, const DfsCount& count)
    : bounds_(bounds) {
  begin_round(from.round);
  complete_below_ = from.complete_below;
  note(count);
  if (!from.node) return;
  nodes_.go_on_behind(*from.node);
  enter_node();
  take_leaves(from.leaves_dealt);
}

void DfsFrontier::begin_round(std::uint32_t round) {
  round_ = round;
  more_ = left_out_ = false;
  nodes_ = interleave::BoundedDfs({bounds_.preemptions, round == 0 ? 0 : round - 1});
  nodes_over_ = false;
  node_ = nullptr;
  first_ = index_ = 0;
  dealt_ = 0;
}

DfsFrontier::Next DfsFrontier::next(bool outstanding) {
  if (ended_) return Next::kNothing;
  if (index_ > first_) return Next::kLeaves;
  if (!nodes_over_) return Next::kNode;
  // The round is over, and if nothing in it has a child there is no other.
  if (!more_ && outstanding) return Next::kWait;
  complete_below_ = round_ + 1;
  if (!more_ || round_ == bounds_.deviations) {
    whole_ = !more_ && !left_out_;
    // There is nothing with more deviations either.
    if (!more_ && !whole_ && bounds_.deviations != interleave::BoundedDfs::kUnbounded)
      complete_below_ = bounds_.deviations + 1;
    ended_ = true;
    return Next::kNothing;
  }
  begin_round(round_ + 1);
  return Next::kNode;
}

void DfsFrontier::note(const DfsCount& part) {
  // Of a round that is over all that mattered was known.
  if (part.round != round_) return;
  more_ = more_ || part.children > 0;
  left_out_ = left_out_ || part.left_out;
}

void DfsFrontier::node_was_run() {
  enter_node();
}

void DfsFrontier::enter_node() {
  node_ = std::make_shared<const interleave::Tape>(nodes_.tape());
  dealt_ = 0;
  first_ = index_ = 0;
  if (nodes_.deviations() + 1 != round_) return;
  preempts_ = nodes_.preemptions() < bounds_.preemptions;
  for (std::size_t i = 0; i < node_->size(); ++i)
    if ((*node_)[i].value != 0) first_ = i + 1;
  index_ = node_->size();
  value_ = 1;
  skip_what_is_not_allowed();
}

void DfsFrontier::skip_what_is_not_allowed() {
  if (preempts_) return;
  while (index_ > first_ && (*node_)[index_ - 1].kind == interleave::ChoiceKind::kPreempt) --index_;
}

DfsFrontier::Leaves DfsFrontier::take_leaves(std::size_t most) {
  Leaves taken{node_, {}};
  for (; most > 0 && index_ > first_; --most) {
    taken.leaves.push_back({static_cast<std::uint32_t>(index_ - 1), value_});
    ++dealt_;
    if (++value_ < (*node_)[index_ - 1].bound) continue;
    --index_;
    value_ = 1;
    skip_what_is_not_allowed();
  }
  return taken;
}

DfsPosition DfsFrontier::position() const {
  DfsPosition position{round_, complete_below_, {}, dealt_};
  if (node_ != nullptr) position.node = *node_;
  return position;
}

}  // namespace mpglab::explore
