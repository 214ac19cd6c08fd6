#include "interleave/dpor_frontier.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "interleave/dpor_frontier_nodes.h"

namespace mpglab::interleave {

namespace {

// Those of `sleeping` that are still asleep behind `event`.
Events asleep_behind(const Events& sleeping, const Event& event) {
  Events left;
  for (const Event& asleep : sleeping)
    if (!is_woken(asleep, event)) left.push_back(asleep);
  return left;
}

// Those of `sleeping` that are still asleep behind the sequence; nothing: it goes through a step of
// one of them, and so is in vain.
std::optional<Events> asleep_behind(Events sleeping, const Events& sequence) {
  for (const Event& event : sequence) {
    for (const Event& asleep : sleeping)
      if (asleep.thread == event.thread) return std::nullopt;
    sleeping = asleep_behind(sleeping, event);
  }
  return sleeping;
}

}  // namespace

DporFrontier::DporFrontier(Size size) : size_(size) {
  auto everything = std::make_shared<Task>();
  everything->pending = false;
  everything->rest.emplace();
  waiting_.push_back(std::move(everything));
  fill_seats();
}

DporFrontier::~DporFrontier() = default;

std::size_t DporFrontier::pending() const {
  return root_ == nullptr ? 0 : root_->pending;
}

// ---- dealing ----

void DporFrontier::fill_seats() {
  while (out_.size() < size_.seats) {
    std::shared_ptr<Task> next;
    if (!waiting_.empty()) {
      next = std::move(waiting_.front());
      waiting_.pop_front();
    } else if (pending() > 0) {
      next = leftmost_pending();
      next->pending = false;
      for (Node* node = next->parent; node != nullptr; node = node->parent) --node->pending;
      next->fresh = part_of(*next);
    } else {
      return;
    }
    next->executions = size_.executions;
    next->dealt = false;
    out_.push_back(std::move(next));
  }
}

// In the order of the sequential search, so that what can be forgotten soon is.
std::shared_ptr<DporFrontier::Task> DporFrontier::leftmost_pending() const {
  const Node* node = root_.get();
  for (;;) {
    const auto child =
        std::find_if(node->children.begin() + static_cast<std::ptrdiff_t>(node->closed),
                     node->children.end(), [](const Child& one) {
                       return one.node != nullptr ? one.node->pending > 0
                                                  : one.task != nullptr && one.task->pending;
                     });
    MPG_CHECK(child != node->children.end(), "a leaf was counted that is not there");
    if (child->node == nullptr) return child->task;
    node = child->node.get();
  }
}

std::optional<DporFrontier::Ticket> DporFrontier::deal() {
  for (std::size_t i = 0; i < out_.size(); ++i) {
    Task& task = *out_[i];
    if (task.dealt) continue;
    task.dealt = true;
    Ticket ticket{first_out_ + i, task.executions, task.fresh ? *task.fresh : part_of(task)};
    ticket.part.threads = threads_;
    return ticket;
  }
  return std::nullopt;
}

void DporFrontier::deal_again() {
  out_.front()->dealt = false;
}

DporPart DporFrontier::part_of(const Task& task) const {
  DporPart part;
  if (task.rest) part = *task.rest;
  if (task.parent == nullptr) return part;
  std::vector<std::pair<const Node*, std::size_t>> above;  // from below, with the child below
  std::size_t index = task.index;
  for (const Node* node = task.parent; node != nullptr; node = node->parent) {
    above.emplace_back(node, index);
    index = node->index;
  }
  std::reverse(above.begin(), above.end());
  Events path;
  for (const auto& [node, child] : above) {
    part.covered.push_back(node->covered(child));
    path.push_back(node->children[child].head());
  }
  const Child& leaf = task.parent->children[task.index];
  for (std::size_t i = 1; i < leaf.length(); ++i) {
    part.covered.push_back(asleep_behind(part.covered.back(), path.back()));
    path.push_back((*leaf.steps)[leaf.at + i]);
  }
  if (!task.rest) {
    part.root = static_cast<EventLog::Index>(path.size());
    part.is_new = task.doubtful || std::any_of(path.begin(), path.end(), is_open);
    part.path = std::move(path);
  }
  return part;
}

// ---- merging ----

DporFrontier::Made DporFrontier::made_by(Dpor& dpor, std::uint32_t executions) {
  Made made{executions, dpor.take_reversals(), {}, dpor.threads(), dpor.take_arrival()};
  // With a program that is none for it nothing goes on.
  if (dpor.cannot().empty()) made.rest = dpor.rest();
  return made;
}

void DporFrontier::merge(Made made) {
  const std::shared_ptr<Task> task = out_.front();
  MPG_CHECK(task->dealt && made.executions <= task->executions,
            "what was made of a ticket is more than it was for");
  executions_ += made.executions;
  rename(made);
  if (made.arrival) arrive(*task, *made.arrival);
  for (DporReversal& reversal : made.reversals) reverse(*task, std::move(reversal));
  task->executions -= made.executions;
  task->fresh.reset();
  const bool done = !made.rest;
  const std::uint64_t all = task->made() + made.executions;
  task->rest = std::move(made.rest);
  if (!done) {
    task->rest->covered.clear();
    task->rest->threads.clear();
    if (task->executions > 0) {
      task->dealt = false;
      return;
    }
  }
  out_.pop_front();
  ++first_out_;
  if (done) {
    if (task->parent != nullptr) task->parent->children[task->index].executions = all;
    if (made.arrival && made.arrival->asleep && !made.arrival->in_vain) {
      open_leaf(*task);
    } else {
      end(*task);
    }
  } else if (pending() + waiting_.size() >= size_.seats || share(task) == Shared::kInPart) {
    waiting_.push_back(task);
  }
  prune();
  fill_seats();
  mark_estimate();
}

// Threads that were met behind this ticket have numbers of its own.
void DporFrontier::rename(Made& made) {
  const auto begin_alike = [](const std::vector<DporThread>& a, const std::vector<DporThread>& b) {
    return std::equal(a.begin(),
                      a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
                      b.begin());
  };
  if (begin_alike(made.threads, threads_)) {
    if (made.threads.size() > threads_.size()) threads_ = made.threads;
    return;
  }
  std::array<ThreadId, kMaxThreads> names{};
  for (std::size_t i = 0; i < made.threads.size(); ++i) {
    const DporThread thread{names[made.threads[i].parent], made.threads[i].ordinal};
    auto known = std::find(threads_.begin(), threads_.end(), thread);
    if (known == threads_.end()) known = threads_.insert(known, thread);
    names[i + 1] = static_cast<ThreadId>(known - threads_.begin() + 1);
    MPG_CHECK(names[i + 1] < kMaxThreads, "more threads than the search can tell apart");
  }
  const auto rename = [&names](Event& event) { event.thread = names[event.thread]; };
  const auto rename_all = [&rename](Events& events) {
    for (Event& event : events) rename(event);
  };
  for (DporReversal& reversal : made.reversals) rename_all(reversal.sequence);
  if (made.arrival) rename_all(made.arrival->path);
  if (!made.rest) return;
  rename_all(made.rest->path);
  rename_all(made.rest->sleeping);
  for (DporPart::Level& level : made.rest->levels) {
    rename_all(level.explored);
    for (WakeupStep& step : level.wakeups) rename(step.step);
  }
}

// Now it is known what the steps on the way to a leaf do, and so who sleeps behind them.
void DporFrontier::arrive(Task& task, const DporArrival& arrival) {
  MPG_CHECK(task.doubtful || !arrival.asleep || arrival.in_vain,
            "who asks for everything found somebody asleep");
  const auto step = [&arrival](EventLog::Index depth) {
    return arrival.path.begin() + static_cast<std::ptrdiff_t>(depth);
  };
  Child& leaf = task.parent->children[task.index];
  leaf.be(Events(step(task.parent->depth), arrival.path.end()));
  Node* uppermost = nullptr;  // behind an open step
  for (Node* node = task.parent; node->parent != nullptr; node = node->parent) {
    Child& child = node->parent->children[node->index];
    if (!is_open(child.head())) continue;
    child.be(Events(step(node->parent->depth), step(node->depth)));
    uppermost = node;
  }
  if (uppermost != nullptr) put_to_sleep(*uppermost, task);
  task.doubtful = false;
  if (!arrival.asleep) task.beyond.clear();
}

// What sleeps in the node, and in those behind it on the way to the task.
void DporFrontier::put_to_sleep(Node& uppermost, const Task& task) {
  std::vector<Node*> way;
  for (Node* node = task.parent; node != uppermost.parent; node = node->parent) way.push_back(node);
  for (auto node = way.rbegin(); node != way.rend(); ++node) find_sleepers(**node);
}

void DporFrontier::find_sleepers(Node& node) {
  node.inherited.clear();
  if (node.bare) return;
  const Child& before = node.parent->children[node.index];
  node.inherited = asleep_behind(node.parent->covered(node.index), before.head());
}

// A leaf where somebody sleeps: what was asked for behind it is all that is worth a try.
void DporFrontier::open_leaf(Task& task) {
  while (task.parent->children[task.index].length() > 1) open(*task.parent, task.index);
  end(task);
  Node& node = make_node(*task.parent, task.index);
  for (Events& sequence : task.beyond) {
    while (const auto last = insert(node, 0, sequence, /*doubtful=*/true)) sequence.back() = *last;
  }
}

// What the task did not know when it was dealt, its own branch included, may be known by now.
void DporFrontier::reverse(Task& task, DporReversal reversal) {
  MPG_CHECK(task.parent != nullptr, "nothing is above the whole");
  while (task.parent->depth < reversal.index) open(*task.parent, task.index);
  Node* node = task.parent;
  std::size_t index = task.index;
  for (; node->depth > reversal.index; node = node->parent) index = node->index;
  Events& sequence = reversal.sequence;
  for (;;) {
    bool doubtful = is_open(sequence.back());
    for (const Event& covered : node->covered(index)) {
      std::size_t place = 0;
      if (is_weak_initial(covered, sequence, place)) return;
      doubtful = doubtful || is_open(covered);
    }
    const std::optional<Event> last = insert(*node, index + 1, sequence, doubtful);
    if (!last) return;
    sequence.back() = *last;
  }
}

// Could the sequence begin with `first`? Then that is taken out of it, if it is there; otherwise it
// goes behind it.
DporFrontier::Begins DporFrontier::begin_with(const Event& first, Events& sequence,
                                              bool& doubtful) {
  std::size_t place = 0;
  if (!is_weak_initial(first, sequence, place)) {
    doubtful = doubtful || is_open(first);
    return Begins::kNot;
  }
  if (place == sequence.size()) return Begins::kWith;
  const auto same = sequence.begin() + static_cast<std::ptrdiff_t>(place);
  if (is_open(*same) && !is_open(first)) return Begins::kWithWhatIsKnown;
  sequence.erase(same);
  return Begins::kWith;
}

// Puts the sequence into the tree of the node, as WakeupForest does, beginning with the child. If
// it ends in an open step that the tree has as it was made, nothing is put anywhere, and the step
// is returned.
std::optional<Event> DporFrontier::insert(Node& node, std::size_t begin, Events sequence,
                                          bool doubtful) {
  Node* at = &node;
  for (;; begin = 0) {
    Begins begins = Begins::kNot;
    const auto match = std::find_if(at->children.begin() + static_cast<std::ptrdiff_t>(begin),
                                    at->children.end(), [&](const Child& child) {
                                      begins = begin_with(child.head(), sequence, doubtful);
                                      return begins != Begins::kNot;
                                    });
    if (match == at->children.end()) {
      append(*at, std::move(sequence), doubtful);
      return std::nullopt;
    }
    if (begins == Begins::kWithWhatIsKnown) return match->head();
    const auto index = static_cast<std::size_t>(match - at->children.begin());
    if (match->node != nullptr) {
      if (match->node->free || sequence.empty()) return std::nullopt;
      at = match->node.get();
      continue;
    }
    // Along the steps to the leaf.
    std::size_t same = 1;
    for (; same < match->length() && !sequence.empty(); ++same) {
      const Event& step = (*match->steps)[match->at + same];
      begins = begin_with(step, sequence, doubtful);
      if (begins == Begins::kWithWhatIsKnown) return step;
      if (begins == Begins::kNot) break;
    }
    if (sequence.empty()) return std::nullopt;
    if (same == match->length()) {
      go_beyond(*match, std::move(sequence));
      return std::nullopt;
    }
    at = &open(*at, index);
    for (; same > 1; --same) at = &open(*at, 0);
    append(*at, std::move(sequence), doubtful);
    return std::nullopt;
  }
}

// A leaf asks for everything, unless somebody may sleep there. Whether that is so is not known
// before it was explored for the first time.
void DporFrontier::go_beyond(Child& leaf, Events sequence) {
  if (leaf.task == nullptr || !leaf.task->doubtful) return;
  if (!leaf.task->pending) {
    leaf.task->beyond.push_back(std::move(sequence));
    return;
  }
  Events longer(leaf.steps->begin() + static_cast<std::ptrdiff_t>(leaf.at), leaf.steps->end());
  longer.insert(longer.end(), sequence.begin(), sequence.end());
  leaf.be(std::move(longer));
}

// A branch behind all others, if nobody sleeps through all of it.
void DporFrontier::append(Node& node, Events sequence, bool doubtful) {
  const auto sleeping = asleep_behind(node.covered(node.children.size()), sequence);
  if (!sleeping) return;
  if (!sleeping->empty()) {
    MPG_CHECK(doubtful, "a branch asks for what others have explored");
    return;
  }
  node.children.emplace_back(std::move(sequence));
  add_leaf(node, node.children.size() - 1, doubtful);
}

void DporFrontier::add_leaf(Node& node, std::size_t index, bool doubtful) {
  auto task = std::make_shared<Task>();
  task->doubtful = doubtful;
  task->parent = &node;
  task->index = index;
  node.children[index].task = std::move(task);
  for (Node* above = &node; above != nullptr; above = above->parent) {
    ++above->open;
    ++above->pending;
  }
}

// The state behind the first step of a child, with no branches.
DporFrontier::Node& DporFrontier::make_node(Node& parent, std::size_t index) {
  Child& child = parent.children[index];
  child.node = std::make_unique<Node>();
  child.node->parent = &parent;
  child.node->index = index;
  child.node->depth = parent.depth + 1;
  find_sleepers(*child.node);
  return *child.node;
}

// The same for a child with more steps than one: there the next one is the only branch.
DporFrontier::Node& DporFrontier::open(Node& parent, std::size_t index) {
  Child& child = parent.children[index];
  MPG_CHECK(child.node == nullptr && child.length() > 1, "a leaf has no branches");
  Node& node = make_node(parent, index);
  Child& next = node.children.emplace_back(child.steps, child.at + 1);
  next.task = std::move(child.task);
  next.executions = child.executions;
  child.task = nullptr;
  if (next.task == nullptr) return node;
  next.task->parent = &node;
  next.task->index = 0;
  node.open = 1;
  node.pending = next.task->pending ? 1 : 0;
  return node;
}

void DporFrontier::end(Task& task) {
  if (task.parent == nullptr) return;
  for (Node* node = task.parent; node != nullptr; node = node->parent) --node->open;
  task.parent->children[task.index].task = nullptr;
}

// Forgets the trees of branches that nothing can come to any more: all before them are done.
void DporFrontier::prune() {
  Node* node = root_.get();
  while (node != nullptr) {
    std::size_t& closed = node->closed;
    for (; closed < node->children.size(); ++closed) {
      Child& child = node->children[closed];
      if (child.task != nullptr || (child.node != nullptr && child.node->open > 0)) break;
      if (child.node != nullptr) child.executions = child.node->executions();
      child.node = nullptr;
      if (child.length() > 1) {
        const std::uint64_t executions = child.executions;
        child = Child(Events{child.head()});
        child.executions = executions;
      }
    }
    node = closed < node->children.size() ? node->children[closed].node.get() : nullptr;
  }
}

// ---- sharing ----

// Makes the state that the task begins with a node: the task is none of its parent's any more.
DporFrontier::Node& DporFrontier::share_root_of(Task& task) {
  if (task.parent == nullptr) {
    root_ = std::make_unique<Node>();
    root_->free = true;
    return *root_;
  }
  while (task.parent->children[task.index].length() > 1) open(*task.parent, task.index);
  end(task);
  Node& node = make_node(*task.parent, task.index);
  node.free = true;
  node.bare = task.rest->sleeping.empty();
  find_sleepers(node);
  return node;
}

// What was explored from the node before it was one. Which of it had how many executions is not
// known, and does not matter.
void DporFrontier::add_explored(Node& node, const DporPart::Level& level) {
  std::uint64_t left = level.executions;
  std::uint64_t count = level.explored.size();
  for (const Event& done : level.explored) {
    Child& child = node.children.emplace_back(Events{done});
    child.executions = left / count;
    left -= child.executions;
    --count;
  }
}

// Makes the uppermost state of the task from which there is something to be tried a shared one, if
// that leaves more than one of it.
DporFrontier::Shared DporFrontier::share(const std::shared_ptr<Task>& task) {
  DporPart& part = *task->rest;
  const auto level = std::find_if(part.levels.begin(), part.levels.end(),
                                  [](const DporPart::Level& one) { return one.branches > 0; });
  MPG_CHECK(level != part.levels.end(), "a rest without anything to be tried");
  const bool is_last = level->index == part.path.size();
  if (is_last && level->branches == 1) return Shared::kInPart;
  Node* node = &share_root_of(*task);
  auto at = part.levels.begin();
  for (EventLog::Index depth = part.root;; ++depth) {
    if (at != part.levels.end() && at->index == depth) {
      add_explored(*node, *at);
      if (at != level) ++at;
    }
    if (depth < part.path.size()) node->children.emplace_back(Events{part.path[depth]});
    if (depth == level->index) break;
    node = &make_node(*node, node->children.size() - 1);
    node->free = true;
  }
  if (!is_last) {
    task->parent = node;
    task->index = node->children.size() - 1;
    node->children.back().task = task;
    for (Node* above = node; above != nullptr; above = above->parent) ++above->open;
    part.root = level->index + 1;
    part.sleeping = asleep_behind(node->covered(task->index), node->children.back().head());
  }
  std::size_t step = 0;
  grow(*node, level->wakeups, step, level->branches);
  part.levels.erase(part.levels.begin(), level + 1);
  return is_last ? Shared::kWhole : Shared::kInPart;
}

// So many branches with all that is behind them.
void DporFrontier::skip(const std::vector<WakeupStep>& steps, std::size_t& at,
                        std::uint32_t count) {
  for (; count > 0; --count) {
    const std::uint32_t behind = steps[at++].branches;
    skip(steps, at, behind);
  }
}

// Puts the tree behind the node's children, but for what goes through a step of somebody who
// sleeps.
void DporFrontier::grow(Node& node, const std::vector<WakeupStep>& steps, std::size_t& at,
                        std::uint32_t count) {
  for (; count > 0; --count) {
    Events sequence;
    std::uint32_t behind = 0;
    bool doubtful = false;
    do {
      sequence.push_back(steps[at].step);
      doubtful = steps[at].doubtful;
      behind = steps[at++].branches;
    } while (behind == 1);
    if (!asleep_behind(node.covered(node.children.size()), sequence)) {
      skip(steps, at, behind);
      continue;
    }
    node.children.emplace_back(std::move(sequence));
    std::size_t index = node.children.size() - 1;
    if (behind == 0) {
      add_leaf(node, index, doubtful);
      continue;
    }
    Node* fork = &node;
    while (fork->children[index].length() > 1) {
      fork = &open(*fork, index);
      index = 0;
    }
    grow(make_node(*fork, index), steps, at, behind);
  }
}

// ---- how much there is ----

void DporFrontier::mark_estimate() {
  if (executions_ < 2 * mark_ || executions_ == 0) return;
  before_mark_ = at_mark_;
  at_mark_ = estimate().executions;
  mark_ = executions_;
}

TreeEstimate DporFrontier::estimate() const {
  TreeEstimate estimate;
  if (over()) {
    estimate.explored = 1;
    estimate.executions = static_cast<double>(executions_);
    return estimate;
  }
  estimate.executions = root_ != nullptr ? root_->expected() : out_.front()->expected();
  if (executions_ == 0) return estimate;
  estimate.explored = static_cast<double>(executions_) / estimate.executions;
  estimate.error = std::abs(estimate.executions - before_mark_);
  return estimate;
}

// Executions in all, of which there were some; 0: there were none.
double DporFrontier::Task::expected() const {
  double below = 0;
  if (!rest) return below;
  for (auto level = rest->levels.rbegin(); level != rest->levels.rend(); ++level) {
    const bool goes_on = level->index < rest->path.size();
    const double begun = static_cast<double>(level->explored.size()) + (goes_on ? 1 : 0);
    const double all = begun + static_cast<double>(level->branches);
    below = (static_cast<double>(level->executions) + below) * all / begun;
  }
  return below;
}

double DporFrontier::Node::expected() const {
  double sum = 0;
  double begun = 0;
  for (const Child& child : children) {
    const double behind = child.node != nullptr   ? child.node->expected()
                          : child.task != nullptr ? child.task->expected()
                                                  : static_cast<double>(child.executions);
    sum += behind;
    if (behind > 0) begun += 1;
  }
  return begun > 0 ? sum * static_cast<double>(children.size()) / begun : 0;
}

}  // namespace mpglab::interleave
