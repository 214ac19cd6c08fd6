// A StateFrontier as numbers, and back; without the states that were met before the wave.

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "interleave/state_frontier.h"

namespace mpglab::interleave {

// ---- numbers: how one is kept, and back ----
//
// fields(archive, frontier) gives each number's place to an archive, which writes it or reads it.
// So a number is named once. For a writer all is const.

namespace {

class Writer {
 public:
  template <class Number>
  void number(const Number& number, std::uint64_t /*most*/ = ~std::uint64_t{0}) {
    numbers_.push_back(static_cast<std::uint64_t>(number));
  }
  template <class List, class Each>
  void list(const List& list, Each each) {
    number(list.size());
    for (const auto& one : list) each(one);
  }
  template <class Thing, class Each>
  void optional(const std::optional<Thing>& thing, Each each) {
    number(thing.has_value());
    if (thing) each(*thing);
  }

  std::vector<std::uint64_t> take() { return std::move(numbers_); }

 private:
  std::vector<std::uint64_t> numbers_;
};

// Throws nothing and trusts nothing: `ok` says whether all numbers were such as are written.
class Reader {
 public:
  explicit Reader(const std::vector<std::uint64_t>& numbers) : numbers_(numbers) {}

  // A number of at most `most`, and one that there is room for.
  template <class Number>
  void number(Number& number, std::uint64_t most = ~std::uint64_t{0}) {
    if (at_ == numbers_.size() || numbers_[at_] > most) return fail();
    number = static_cast<Number>(numbers_[at_]);
    if (static_cast<std::uint64_t>(number) != numbers_[at_++]) fail();
  }
  // Each is one number at least.
  template <class List, class Each>
  void list(List& list, Each each) {
    std::size_t size = 0;
    number(size, numbers_.size() - at_);
    list.clear();
    for (std::size_t i = 0; i < size && ok_; ++i) each(list.emplace_back());
  }
  template <class Thing, class Each>
  void optional(std::optional<Thing>& thing, Each each) {
    bool there = false;
    number(there);
    thing.reset();
    if (there) each(thing.emplace());
  }

  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == numbers_.size(); }

 private:
  const std::vector<std::uint64_t>& numbers_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// Is it a T, const or not?
template <class Thing, class T>
concept Is = std::is_same_v<std::remove_const_t<Thing>, T>;

template <class Archive>
void fields(Archive& archive, Is<MetState> auto& met) {
  archive.number(met.state);
  archive.number(met.budget);
}

template <class Archive>
void fields(Archive& archive, Is<ObjectUse> auto& use) {
  archive.number(use.by_several);
  archive.number(use.effects);
  archive.number(use.toucher);
}

template <class Archive>
void fields(Archive& archive, Is<StatePart::Level> auto& level) {
  archive.number(level.kind);
  archive.number(level.bound);
  archive.number(level.value);
  archive.number(level.end);
  archive.optional(level.met, [&](auto& met) { fields(archive, met); });
}

template <class Archive>
void fields(Archive& archive, Is<StatePart> auto& part) {
  archive.number(part.fresh);
  archive.list(part.levels, [&](auto& level) { fields(archive, level); });
}

bool is_right(const StatePart& part) {
  return std::all_of(part.levels.begin(), part.levels.end(), [](const StatePart::Level& level) {
    return level.bound >= 2 && level.value < level.end && level.end <= level.bound;
  });
}

}  // namespace

template <class Archive, class Frontier>
void StateFrontier::fields_of(Archive& archive, Frontier& frontier) {
  const auto field = [&](auto& one) { fields(archive, one); };
  archive.number(frontier.scouting_);
  archive.list(frontier.uses_, field);
  archive.number(frontier.first_out_);
  archive.list(frontier.out_, [&](auto& task) {
    fields(archive, task.part);
    archive.number(task.executions);
    archive.list(task.before.met, field);
    archive.list(task.before.uses, field);
  });
  archive.list(frontier.claims_, field);
  archive.list(frontier.rests_, field);
  archive.list(frontier.wave_uses_, field);
  archive.number(frontier.most_preemptions_);
  archive.list(frontier.waiting_, field);
  archive.number(frontier.left_out_);
  archive.number(frontier.executions_);
  archive.number(frontier.root_);
  archive.number(frontier.exhausted_);
  archive.number(frontier.complete_below_);
  archive.number(frontier.repeated_);
}

std::vector<std::uint64_t> StateFrontier::kept() const {
  Writer writer;
  fields_of(writer, *this);
  return writer.take();
}

bool StateFrontier::restore(const std::vector<std::uint64_t>& kept,
                            const std::vector<MetState>& met) {
  Reader reader(kept);
  fields_of(reader, *this);
  if (!reader.ok() || !reader.at_end()) return false;
  const auto is_task_right = [this](const Task& task) {
    const std::uint32_t most = scouting_ ? kScouts : size_.most_executions;
    return is_right(task.part) && task.executions > 0 && task.executions <= most;
  };
  const bool right = std::all_of(waiting_.begin(), waiting_.end(), is_right) &&
                     std::all_of(rests_.begin(), rests_.end(), is_right) &&
                     std::all_of(out_.begin(), out_.end(), is_task_right) &&
                     out_.empty() == exhausted_ && out_.size() <= size_.tickets;
  if (!right) return false;
  for (const MetState& one : met)
    if (seen_.meet(one.state, one.budget) == StateSet::Met::kNoRoom) return false;
  fresh_states_ = 0;
  for (const MetState& one : claims_) {
    if (!seen_.has(one.state, 0) && !claimed_.has(one.state, 0)) ++fresh_states_;
    if (claimed_.meet(one.state, one.budget) != StateSet::Met::kNever) return false;
  }
  return true;
}

}  // namespace mpglab::interleave
