#include "tracer/resource_state.h"

#include <functional>

#include <gtest/gtest.h>

#include "tests/tracer/fake_runtime.h"

namespace mpglab::tracer {
namespace {

class ResourceStateTest : public testing::Test {
 protected:
  // Runs `body` as the only thread of an execution.
  void alone(const std::function<void()>& body) { run_alone(engine_, body); }

  interleave::Engine engine_;
  SchedResourceState state_{engine_, "P0"};
};

TEST_F(ResourceStateTest, OnlyOneCallerMayWriteTheStatusOfAGeneration) {
  bool first = false;
  bool second = true;
  alone([&] {
    first = state_.acquire_status(1);
    second = state_.acquire_status(1);
  });
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
}

TEST_F(ResourceStateTest, WhoWritesTheStatusMakesTheNextGenerationReady) {
  bool traced_in_4 = true;
  alone([&] {
    state_.set_status_traced(1);  // slot 1, which generation 4 uses again
    state_.acquire_status(3);
    traced_in_4 = state_.status_was_traced(4);
  });
  EXPECT_FALSE(traced_in_4);
}

// The defect behind golang/go 65318 and 76572: a P that nobody made ready for generation 4 looks
// traced there because it was in generation 1.
TEST_F(ResourceStateTest, ASlotThatNobodyMadeReadyStillSpeaksOfThreeGenerationsAgo) {
  bool traced_in_4 = false;
  alone([&] {
    state_.acquire_status(1);
    traced_in_4 = state_.status_was_traced(4);
  });
  EXPECT_TRUE(traced_in_4);
}

TEST_F(ResourceStateTest, SequenceNumbersCountFromOneInEachGeneration) {
  std::uint64_t second_of_1 = 0;
  std::uint64_t first_of_2 = 0;
  alone([&] {
    state_.acquire_status(1);
    state_.next_seq(1);
    second_of_1 = state_.next_seq(1);
    first_of_2 = state_.next_seq(2);
  });
  EXPECT_EQ(second_of_1, 2U);
  EXPECT_EQ(first_of_2, 1U);
}

}  // namespace
}  // namespace mpglab::tracer
