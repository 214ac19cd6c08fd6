// What a run queue tells observers of its operations.

#include "sim/run_queue.h"

#include <array>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/observer.h"
#include "interleave/round_robin.h"

namespace mpglab::sim {
namespace {

using interleave::Access;
using interleave::Step;

class TwoQueues : public testing::Test, protected interleave::Observer {
 protected:
  void SetUp() override {
    for (std::uint32_t i = 0; i < 4; ++i) gs_.push_back(std::make_unique<G>(engine_, i));
  }
  void TearDown() override { engine_.observe(nullptr); }

  void queued(std::size_t how_many) {
    for (std::size_t i = 0; i < how_many; ++i) victim_.preload(*gs_[i]);
  }

  // What the steps of this are.
  template <class Action>
  const std::vector<Step>& steps_of(Action action) {
    struct Call {
      TwoQueues* test;
      Action action;
    } call{this, action};
    engine_.observe(this);
    interleave::RoundRobin strategy;
    engine_.run(
        strategy, [](void* of) { static_cast<Call*>(of)->action(); }, &call);
    return steps_;
  }

  interleave::Engine engine_;
  RunQueue victim_{engine_, "victim"};
  RunQueue thief_{engine_, "thief"};
  bool at_once_ = false;  // the last operation was told to be perhaps not the only one

 private:
  void on_operation(const Step& step) override {
    steps_.push_back(step);
    at_once_ = engine_.at_once(step.thread);
  }
  void on_also(const Step& step) override { steps_.push_back(step); }
  void on_choice(std::size_t /*index*/, const interleave::Choice& /*choice*/,
                 interleave::ThreadId /*current*/, interleave::ThreadId /*taken*/) override {}

  std::vector<std::unique_ptr<G>> gs_;
  std::vector<Step> steps_;
};

// Half of four, rounded up: one for the thief's queue and one to run.
TEST_F(TwoQueues, AreBothChangedByAThiefThatTakesTwo) {
  queued(4);
  EXPECT_EQ(steps_of([this] { victim_.steal_half(thief_); }).size(), 2U);
}
TEST_F(TwoQueues, AreNotIfItTakesOne) {
  queued(1);
  EXPECT_EQ(steps_of([this] { victim_.steal_half(thief_); }).size(), 1U);
}
TEST_F(TwoQueues, OfWhichOneIsEmptyWasOnlyLookedInto) {
  EXPECT_FALSE(steps_of([this] { victim_.steal_half(thief_); }).at(0).wrote);
}
// In another order it might take something, and change the thief's queue as well (Engine::also).
TEST_F(TwoQueues, MayBothBeChangedByAThiefThatFindsNothing) {
  steps_of([this] { victim_.steal_half(thief_); });
  EXPECT_TRUE(at_once_);
}
TEST_F(TwoQueues, FromWhichOneIsTakenHasChanged) {
  queued(1);
  EXPECT_TRUE(steps_of([this] {
                bool inherit_time = false;
                victim_.get(inherit_time);
              })
                  .at(0)
                  .wrote);
}

}  // namespace
}  // namespace mpglab::sim
