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
// which order it was written and which of the writes each read came after.
class ClassOfExecution final : public Observer {
 public:
  void begin() {
    made_.clear();
    objects_.clear();
  }
  void on_operation(const Step& step) override {
    const std::size_t number = made_[step.thread]++;
    Object& object = objects_[step.operation.object];
    if (step.wrote) {
      ++object.writes;
      object.reads.emplace_back();
      object.order += name_of(step.thread, number);
    } else {
      // A set: reads between two writes have no order.
      object.reads[object.writes].insert({step.thread, number});
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
    }
    return text;
  }

 private:
  struct Object {
    std::size_t writes = 0;
    std::string order;
    std::vector<std::set<std::pair<ThreadId, std::size_t>>> reads{1};
  };

  static std::string name_of(ThreadId thread, std::size_t number) {
    return std::to_string(thread) + "." + std::to_string(number) + " ";
  }

  std::map<ThreadId, std::size_t> made_;
  std::map<ObjectId, Object> objects_;
};

}  // namespace mpglab::interleave::test
