// The garbage collector as traces show it.

#include <vector>

#include <gtest/gtest.h>

#include "sim/world_fixture.h"

namespace mpglab::sim {
namespace {

using enum format::EventType;

using CollectorTest = WorldTest;

// The first stop is that of trace.Start, of which the trace shows the end.
TEST_F(CollectorTest, StopsTheWorldTwiceForACollection) {
  scenario("gc", "work 1", 1);
  world_->log_events(true);
  run_default();
  const std::vector<format::EventType> expected = {kSTWBegin, kSTWEnd,   kGCBegin, kSTWBegin,
                                                   kSTWEnd,   kSTWBegin, kGCEnd,   kSTWEnd};
  EXPECT_EQ(events({kGCBegin, kGCEnd, kSTWBegin, kSTWEnd}), expected);
}

TEST_F(CollectorTest, MarksBetweenTheTwoStopsAndSweepsBehindThem) {
  scenario("gc", "work 1", 1);
  world_->log_events(true);
  run_default();
  const std::vector<format::EventType> expected = {kGCBegin, kGCMarkAssistBegin, kGCMarkAssistEnd,
                                                   kGCEnd,   kGCSweepBegin,      kGCSweepEnd};
  EXPECT_EQ(
      events({kGCBegin, kGCMarkAssistBegin, kGCMarkAssistEnd, kGCEnd, kGCSweepBegin, kGCSweepEnd}),
      expected);
}

// One P has one span to sweep.
TEST_F(CollectorTest, SweepsNothingTwice) {
  scenario("gc\nalloc\nalloc", "work 1", 1);
  world_->log_events(true);
  run_default();
  EXPECT_EQ(events({kGCSweepBegin}).size(), 1U);
}

TEST_F(CollectorTest, SaysHowLargeTheHeapIsAtEachAllocation) {
  scenario("alloc\nalloc", "work 1", 1);
  world_->log_events(true);
  run_default();
  EXPECT_EQ(events({kHeapAlloc}).size(), 2U);
}

TEST_F(CollectorTest, MakesThoseWhoAllocateMeanwhileAssistInSomeSchedule) {
  scenario("go worker\ngc", "alloc\nalloc\nalloc", 2);
  world_->log_events(true);
  const unsigned assisted =
      count_random(300, [this] { return events({kGCMarkAssistBegin}).size() > 1; });
  EXPECT_GT(assisted, 0U);
}

TEST_F(CollectorTest, ShowsAnAssistThatLastsOverAGenerationInSomeSchedule) {
  scenario("go worker\ngeneration", "gc\ngc", 2);
  world_->log_events(true);
  const unsigned shown =
      count_random(2000, [this] { return !events({kGCMarkAssistActive}).empty(); });
  EXPECT_GT(shown, 0U);
}

TEST_F(CollectorTest, ShowsACollectionThatWasThereBeforeTheTraceInSomeSchedule) {
  scenario("go worker\ntrace-start\nwait\ntrace-stop", "gc\ngc", 2);
  world_->log_events(true);
  const unsigned shown = count_random(2000, [this] { return !events({kGCActive}).empty(); });
  EXPECT_GT(shown, 0U);
}

}  // namespace
}  // namespace mpglab::sim
