// Brute force, to check the search against: every order of a small program's steps, and which of
// them are equivalent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "interleave/bounded_dfs.h"
#include "interleave/engine.h"
#include "interleave/observer.h"
#include "interleave/strategy.h"

namespace mpglab::interleave::test {

// Every order, one after the other; that a thread starts is no choice.
class AllOrders final : public Strategy {
 public:
  bool begin() override { return dfs_.begin(); }
  std::uint32_t pick(const Decision& decision) override {
    for (unsigned place = 0; decision.picks_thread() && place < decision.bound; ++place) {
      if (decision.pending[decision.thread_at(place)].access == Access::kStart) return place;
    }
    return dfs_.pick(decision);
  }
  void end(const Tape& tape) override { dfs_.end(tape); }

 private:
  BoundedDfs dfs_{{}};
};

// What makes two executions the same: which operations each thread made, and, for each object, in
// which order it was written and which of the writes, and of the adds that do not look, each read
// came after. What a step of several operations leaves as it found it, if it stands alone, it has
// only read.
class ClassOfExecution final : public Observer {
 public:
  ClassOfExecution() = default;
  // For programs in which threads start threads: two of them may start theirs in either order, so
  // they are told apart by their names.
  explicit ClassOfExecution(const Engine& engine) : engine_(&engine) {}

  void begin() {
    made_.clear();
    objects_.clear();
    step_.clear();
  }
  void on_operation(const Step& operation) override {
    const bool goes_on = engine_ != nullptr && !step_.empty() &&
                         step_.back().thread == operation.thread &&
                         engine_->joins(operation.thread);
    if (!goes_on) {
      end_step();
      at_once_ = engine_ != nullptr && engine_->at_once(operation.thread);
    }
    step_.push_back(operation);
  }
  void on_choice(std::size_t /*index*/, const Choice& /*choice*/, ThreadId /*current*/,
                 ThreadId /*taken*/) override {}

  std::string name() {
    end_step();
    std::string text;
    for (const auto& [id, object] : objects_) {
      text += "|" + std::to_string(id) + ":" + object.order;
      for (const auto& reads : object.reads) {
        text += ";";
        for (const auto& [thread, number] : reads) text += name_of(thread, number);
      }
      for (const auto& adds : object.adds) {
        text += "+";
        for (const std::string& add : adds) text += add;
      }
    }
    return text;
  }

 private:
  struct Object {
    std::size_t writes = 0;
    std::string order;
    std::vector<std::set<std::pair<std::string, std::size_t>>> reads{1};
    std::vector<std::set<std::string>> adds{1};
  };

  void end_step() {
    for (const Step& operation : step_) count(operation, is_kept(operation.operation.object));
    step_.clear();
  }
  bool is_kept(ObjectId object) const {
    if (!at_once_ || !engine_->does_stand_alone(object)) return false;
    const auto on_it = [object](const Step& step) { return step.operation.object == object; };
    const auto first = std::find_if(step_.begin(), step_.end(), on_it);
    const auto last = std::find_if(step_.rbegin(), step_.rend(), on_it);
    return first->before == last->after;
  }
  void count(const Step& step, bool kept) {
    const std::string thread = name_of(step.thread);
    const std::size_t number = made_[thread]++;
    Object& object = objects_[step.operation.object];
    if (kept) {
      object.reads[object.writes].insert({reader(thread, object), number});
    } else if (step.operation.access == Access::kAdd || step.operation.access == Access::kRaise) {
      object.adds[object.writes].insert(name_of(thread, number));
    } else if (step.wrote) {
      ++object.writes;
      object.reads.emplace_back();
      object.adds.emplace_back();
      object.order += name_of(thread, number);
    } else {
      object.reads[object.writes].insert({reader(thread, object), number});
    }
  }
  // A set: reads between two writes have no order. Those of what was added do.
  static std::string reader(std::string thread, const Object& object) {
    for (const std::string& add : object.adds[object.writes]) thread += "+" + add;
    return thread;
  }
  std::string name_of(ThreadId thread) const {
    return engine_ == nullptr ? std::to_string(thread) : std::string(engine_->thread_name(thread));
  }
  static std::string name_of(const std::string& thread, std::size_t number) {
    return thread + "." + std::to_string(number) + " ";
  }

  const Engine* engine_ = nullptr;
  std::map<std::string, std::size_t> made_;
  std::map<ObjectId, Object> objects_;
  std::vector<Step> step_;  // that goes on, perhaps
  bool at_once_ = false;    // it may
};

}  // namespace mpglab::interleave::test
