// A DporFrontier as numbers, and back.

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "interleave/dpor_frontier.h"
#include "interleave/dpor_frontier_nodes.h"

namespace mpglab::interleave {

// An event is one number: its thread, its operation, whether it has written. Nothing else of it
// matters once the race was looked at that it came from.
class DporFrontier::Writer {
 public:
  void number(std::uint64_t number) { numbers_.push_back(number); }
  void number(double real) { numbers_.push_back(std::bit_cast<std::uint64_t>(real)); }
  void event(const Event& event) {
    number(std::uint64_t{event.thread} |
           static_cast<std::uint64_t>(event.operation.access) << kAccessShift |
           std::uint64_t{event.wrote ? 1U : 0U} << kWroteShift |
           std::uint64_t{event.operation.object} << kObjectShift |
           std::uint64_t{event.at_once ? 1U : 0U} << kAtOnceShift |
           std::uint64_t{event.kept ? 1U : 0U} << kKeptShift |
           std::uint64_t{event.more != nullptr ? 1U : 0U} << kMoreShift);
    if (event.more != nullptr) footprint(*event.more);
  }
  void footprint(const Footprint& footprint) {
    number(std::uint64_t{footprint.open ? 1U : 0U});
    if (footprint.open) return;
    number(std::uint64_t{footprint.touches.size()});
    for (const Footprint::Touch& touch : footprint.touches)
      number(std::uint64_t{touch.object} << kEffectBits | static_cast<std::uint64_t>(touch.effect));
  }
  void events(const Events& events) {
    number(std::uint64_t{events.size()});
    for (const Event& one : events) event(one);
  }
  void part(const DporPart& part) {
    events(part.path);
    number(std::uint64_t{part.root});
    events(part.sleeping);
    number(std::uint64_t{part.levels.size()});
    for (const DporPart::Level& level : part.levels) {
      number(std::uint64_t{level.index});
      events(level.explored);
      number(level.executions);
      number(std::uint64_t{level.branches});
      number(std::uint64_t{level.wakeups.size()});
      for (const WakeupStep& step : level.wakeups) {
        event(step.step);
        number(std::uint64_t{step.branches});
        number(std::uint64_t{step.doubtful ? 1U : 0U});
      }
    }
  }
  void fresh(const DporPart& part) {
    events(part.path);
    number(std::uint64_t{part.is_new ? 1U : 0U});
    for (const Events& covered : part.covered) events(covered);
  }
  // What is a task of the child: none, one that nobody has begun, or the how-manieth of the begun.
  void task(const Child& child, const std::vector<const Task*>& begun) {
    if (child.node != nullptr) {
      number(kNode);
    } else if (child.task == nullptr) {
      number(kDone);
      number(child.executions);
    } else if (child.task->pending) {
      number(kPending);
      number(std::uint64_t{child.task->doubtful ? 1U : 0U});
    } else {
      number(kBegun);
      number(static_cast<std::uint64_t>(std::find(begun.begin(), begun.end(), child.task.get()) -
                                        begun.begin()));
    }
  }
  void node(const Node& node, const std::vector<const Task*>& begun) {
    number(std::uint64_t{node.free ? 1U : 0U} | std::uint64_t{node.bare ? 2U : 0U});
    events(node.inherited);
    number(std::uint64_t{node.closed});
    number(std::uint64_t{node.children.size()});
    for (const Child& child : node.children) {
      events({child.steps->begin() + static_cast<std::ptrdiff_t>(child.at), child.steps->end()});
      task(child, begun);
      if (child.node != nullptr) this->node(*child.node, begun);
    }
  }

  std::vector<std::uint64_t> take() { return std::move(numbers_); }

  static constexpr unsigned kAccessShift = 8;
  static constexpr unsigned kWroteShift = 16;
  static constexpr unsigned kObjectShift = 17;
  static constexpr unsigned kAtOnceShift = kObjectShift + 32;
  static constexpr unsigned kKeptShift = kAtOnceShift + 1;
  static constexpr unsigned kMoreShift = kKeptShift + 1;
  static constexpr unsigned kEffectBits = 2;
  static constexpr std::uint64_t kDone = 0;
  static constexpr std::uint64_t kPending = 1;
  static constexpr std::uint64_t kBegun = 2;
  static constexpr std::uint64_t kNode = 3;

 private:
  std::vector<std::uint64_t> numbers_;
};

std::vector<std::uint64_t> DporFrontier::kept() const {
  Writer writer;
  writer.number(first_out_);
  writer.number(executions_);
  writer.number(mark_);
  writer.number(at_mark_);
  writer.number(before_mark_);
  writer.number(std::uint64_t{threads_.size()});
  for (const DporThread& thread : threads_) {
    writer.number(std::uint64_t{thread.parent});
    writer.number(std::uint64_t{thread.ordinal});
  }
  std::vector<const Task*> begun;
  for (const auto* tasks : {&out_, &waiting_}) {
    writer.number(std::uint64_t{tasks->size()});
    for (const std::shared_ptr<Task>& task : *tasks) {
      begun.push_back(task.get());
      writer.number(std::uint64_t{task->executions});
      writer.number(std::uint64_t{task->rest ? 1U : 0U});
      if (task->rest) writer.part(*task->rest);
      writer.number(std::uint64_t{task->fresh ? 1U : 0U});
      if (task->fresh) writer.fresh(*task->fresh);
      writer.number(std::uint64_t{task->doubtful ? 1U : 0U});
      writer.number(std::uint64_t{task->beyond.size()});
      for (const Events& sequence : task->beyond) writer.events(sequence);
    }
  }
  writer.number(std::uint64_t{root_ == nullptr ? 0U : 1U});
  if (root_ != nullptr) writer.node(*root_, begun);
  return writer.take();
}

// Throws nothing and trusts nothing: `ok` says whether all numbers were such as are written.
class DporFrontier::Reader {
 public:
  Reader(const std::vector<std::uint64_t>& numbers, std::shared_ptr<Footprints> footprints)
      : numbers_(numbers), footprints_(std::move(footprints)) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == numbers_.size(); }

  // A number of at most `most`.
  std::uint64_t number(std::uint64_t most = ~std::uint64_t{0}) {
    const std::uint64_t number = at_ < numbers_.size() ? numbers_[at_] : most + 1;
    if (at_ == numbers_.size() || number > most) return fail();
    ++at_;
    return number;
  }
  double real() { return std::bit_cast<double>(number()); }
  // How many of something follow, each of which is one number at least.
  std::size_t count() { return number(numbers_.size() - at_); }
  std::uint64_t fail() {
    ok_ = false;
    return 0;
  }

  Event event(std::size_t threads) {
    const std::uint64_t all = number();
    Event event;
    event.thread = static_cast<ThreadId>(all & 0xff);
    event.operation.access = static_cast<Access>(all >> Writer::kAccessShift & 0xff);
    event.operation.object = static_cast<ObjectId>(all >> Writer::kObjectShift);
    event.wrote = (all >> Writer::kWroteShift & 1) != 0;
    event.at_once = (all >> Writer::kAtOnceShift & 1) != 0;
    event.kept = (all >> Writer::kKeptShift & 1) != 0;
    if (event.thread > threads || event.operation.access > Access::kEnd ||
        all >> (Writer::kMoreShift + 1) != 0)
      fail();
    if ((all >> Writer::kMoreShift & 1) != 0) event.more = footprint();
    return event;
  }
  const Footprint* footprint() {
    if (number(1) == 1) return &kOpenFootprint;
    std::vector<Footprint::Touch>& touches = footprints_.start();
    touches.resize(count());
    for (Footprint::Touch& touch : touches) {
      const std::uint64_t all = number(std::uint64_t{kNoObject} << Writer::kEffectBits);
      const std::uint64_t effect = all & ((1U << Writer::kEffectBits) - 1);
      if (effect > static_cast<std::uint64_t>(Effect::kWrite)) fail();
      touch = {static_cast<ObjectId>(all >> Writer::kEffectBits), static_cast<Effect>(effect)};
    }
    return footprints_.intern();
  }
  Events events(std::size_t threads) {
    Events events(count());
    for (Event& one : events) one = event(threads);
    return events;
  }
  // Of one event at least.
  Events sequence(std::size_t threads) {
    Events steps = events(threads);
    if (steps.empty()) fail();
    return steps;
  }
  DporPart part(std::size_t threads) {
    DporPart part;
    part.path = events(threads);
    part.root = static_cast<EventLog::Index>(number(part.path.size()));
    part.sleeping = events(threads);
    const std::size_t levels = count();
    for (std::size_t i = 0; i < levels && ok_; ++i) part.levels.push_back(level(part, threads));
    if (!part.levels.empty() &&
        (part.levels.back().index != part.path.size() || part.levels.back().branches == 0))
      fail();
    return part;
  }
  DporPart fresh(std::size_t threads) {
    DporPart part;
    part.path = sequence(threads);
    part.root = static_cast<EventLog::Index>(part.path.size());
    part.is_new = number(1) == 1;
    part.covered.resize(part.path.size());
    for (Events& covered : part.covered) covered = events(threads);
    return part;
  }
  void node(Node& node, std::size_t threads, const std::vector<std::shared_ptr<Task>>& begun) {
    const std::uint64_t how = number(3);
    node.free = (how & 1) != 0;
    node.bare = (how & 2) != 0;
    node.inherited = events(threads);
    node.closed = number();
    const std::size_t children = count();
    if (children < node.closed) fail();
    for (std::size_t i = 0; i < children && ok_; ++i) {
      Events steps = sequence(threads);
      if (!ok_) return;
      node.children.emplace_back(std::move(steps));
      child(node, threads, begun);
    }
  }

 private:
  DporPart::Level level(const DporPart& part, std::size_t threads) {
    DporPart::Level level;
    level.index = static_cast<EventLog::Index>(number(part.path.size()));
    const EventLog::Index least = part.levels.empty() ? part.root : part.levels.back().index + 1;
    level.explored = events(threads);
    level.executions = number();
    level.branches = static_cast<std::uint32_t>(count());
    if (level.index < least || level.explored.size() + level.branches == 0) fail();
    const std::size_t steps = count();
    std::uint64_t behind = level.branches;  // steps that are still to come
    for (std::size_t i = 0; i < steps && ok_; ++i) {
      const Event step = event(threads);
      const auto branches = static_cast<std::uint32_t>(count());
      level.wakeups.push_back({step, branches, number(1) == 1});
      if (behind == 0) fail();
      behind += level.wakeups.back().branches;
      --behind;
    }
    if (behind != 0) fail();
    return level;
  }
  void child(Node& parent, std::size_t threads, const std::vector<std::shared_ptr<Task>>& begun) {
    const std::size_t index = parent.children.size() - 1;
    switch (number(Writer::kNode)) {
      case Writer::kPending:
        add_leaf(parent, index, number(1) == 1);
        break;
      case Writer::kBegun: {
        const std::uint64_t which = number();
        if (which >= begun.size() || begun[which]->parent != nullptr) {
          fail();
          return;
        }
        const std::shared_ptr<Task>& task = begun[which];
        task->parent = &parent;
        task->index = index;
        parent.children[index].task = task;
        const std::size_t path = parent.depth + parent.children[index].length();
        if (task->rest && task->rest->root != path) fail();
        if (task->fresh && task->fresh->root != path) fail();
        for (Node* above = &parent; above != nullptr; above = above->parent) ++above->open;
        break;
      }
      case Writer::kNode:
        node(make_node(parent, index), threads, begun);
        break;
      default:
        parent.children[index].executions = number();
        break;
    }
  }

  const std::vector<std::uint64_t>& numbers_;
  KnownFootprints footprints_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

bool DporFrontier::restore(const std::vector<std::uint64_t>& kept) {
  Reader reader(kept, footprints_);
  first_out_ = reader.number();
  executions_ = reader.number();
  mark_ = reader.number(executions_);
  at_mark_ = reader.real();
  before_mark_ = reader.real();
  threads_.resize(reader.number(kMaxThreads - 1));
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    threads_[i].parent = static_cast<ThreadId>(reader.number(i));
    threads_[i].ordinal = static_cast<std::uint32_t>(reader.number(i));
  }
  std::vector<std::shared_ptr<Task>> begun;
  for (auto* tasks : {&out_, &waiting_}) {
    tasks->clear();
    const std::size_t size = reader.count();
    for (std::size_t i = 0; i < size && reader.ok(); ++i) {
      const std::shared_ptr<Task>& task = tasks->emplace_back(std::make_shared<Task>());
      begun.push_back(task);
      task->pending = false;
      task->executions = static_cast<std::uint32_t>(reader.number(size_.executions));
      if (reader.number(1) == 1) task->rest = reader.part(threads_.size());
      if (reader.number(1) == 1) task->fresh = reader.fresh(threads_.size());
      task->doubtful = reader.number(1) == 1;
      task->beyond.resize(reader.count());
      for (Events& sequence : task->beyond) sequence = reader.sequence(threads_.size());
    }
  }
  root_ = nullptr;
  if (reader.number(1) == 1) {
    root_ = std::make_unique<Node>();
    reader.node(*root_, threads_.size(), begun);
  }
  if (!reader.ok() || !reader.at_end() || out_.size() > size_.seats) return false;
  // Each has its place in the tree, or is all there is.
  const auto placed = [&](const std::shared_ptr<Task>& task) {
    return task->parent != nullptr || (root_ == nullptr && task->rest && task->rest->root == 0);
  };
  return std::all_of(begun.begin(), begun.end(), placed) && (root_ != nullptr || begun.size() <= 1);
}

}  // namespace mpglab::interleave
