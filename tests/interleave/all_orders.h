// Brute force, to check the search against: every order of a small program's steps, and which of
// them are equivalent.
#pragma once

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
// came after.
class ClassOfExecution final : public Observer {
 public:
  ClassOfExecution() = default;
  // For programs in which threads start threads: two of them may start theirs in either order, so
  // they are told apart by their names.
  explicit ClassOfExecution(const Engine& engine) : engine_(&engine) {}

  void begin() {
    made_.clear();
    objects_.clear();
  }
  void on_operation(const Step& step) override {
    const std::string thread = name_of(step.thread);
    const std::size_t number = made_[thread]++;
    Object& object = objects_[step.operation.object];
    if (step.operation.access == Access::kAdd) {
      object.adds[object.writes].insert(name_of(thread, number));
    } else if (step.wrote) {
      ++object.writes;
      object.reads.emplace_back();
      object.adds.emplace_back();
      object.order += name_of(thread, number);
    } else {
      // A set: reads between two writes have no order. Those of what was added do.
      std::string reader = thread;
      for (const std::string& add : object.adds[object.writes]) reader += "+" + add;
      object.reads[object.writes].insert({reader, number});
    }
  }
  void on_choice(std::size_t /*index*/, const Choice& /*choice*/, ThreadId /*current*/,
                 ThreadId /*taken*/) override {}

  std::string name() const {
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

  std::string name_of(ThreadId thread) const {
    return engine_ == nullptr ? std::to_string(thread) : std::string(engine_->thread_name(thread));
  }
  static std::string name_of(const std::string& thread, std::size_t number) {
    return thread + "." + std::to_string(number) + " ";
  }

  const Engine* engine_ = nullptr;
  std::map<std::string, std::size_t> made_;
  std::map<ObjectId, Object> objects_;
};

}  // namespace mpglab::interleave::test
