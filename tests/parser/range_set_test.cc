// Ranges that are open at a goroutine: few or many, the rules are the same.

#include "parser/range_set.h"

#include <gtest/gtest.h>

namespace mpglab::parser {
namespace {

using enum format::EventType;

// As many stops of the world as `count`, with the reasons 1, 2, ...
RangeSet stops(std::uint64_t count) {
  RangeSet set;
  for (std::uint64_t reason = 1; reason <= count; ++reason) set.add({kSTWBegin, reason});
  return set;
}

class Stops : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Stops, AreKnownByTheirReason) {
  const RangeSet set = stops(GetParam());
  EXPECT_TRUE(set.has({kSTWBegin, GetParam()}));
  EXPECT_FALSE(set.has({kSTWBegin, GetParam() + 1}));
}

// The oldest ends first, the newest takes its place in the list, and so is next.
TEST_P(Stops, EndAsInGosReader) {
  RangeSet set = stops(GetParam());
  std::uint64_t reason = 0;
  ASSERT_TRUE(set.end(kSTWBegin, reason));
  EXPECT_EQ(reason, 1U);
  ASSERT_TRUE(set.end(kSTWBegin, reason));
  EXPECT_EQ(reason, GetParam());
}

TEST_P(Stops, AreForgottenOnceTheyHaveEnded) {
  RangeSet set = stops(GetParam());
  std::uint64_t reason = 0;
  set.end(kSTWBegin, reason);
  EXPECT_FALSE(set.has({kSTWBegin, 1}));
}

TEST_P(Stops, AreNotMixedUpWithAnAssist) {
  RangeSet set = stops(GetParam());
  set.add({kGCMarkAssistBegin, 0});
  std::uint64_t reason = 7;
  ASSERT_TRUE(set.end(kGCMarkAssistBegin, reason));
  EXPECT_EQ(reason, 0U);
  EXPECT_FALSE(set.has({kGCMarkAssistBegin, 0}));
}

INSTANTIATE_TEST_SUITE_P(FewAndMany, Stops, testing::Values(2U, 3U, 16U, 17U, 1000U));

TEST(RangeSetTest, AStopBehindAnAssistIsFound) {
  RangeSet set;
  set.add({kGCMarkAssistBegin, 0});
  set.add({kSTWBegin, 5});
  std::uint64_t reason = 0;
  ASSERT_TRUE(set.end(kSTWBegin, reason));
  EXPECT_EQ(reason, 5U);
}

TEST(RangeSetTest, WhatIsNotOpenCannotEnd) {
  RangeSet set;
  set.add({kGCMarkAssistBegin, 0});
  std::uint64_t reason = 0;
  EXPECT_FALSE(set.end(kSTWBegin, reason));
}

}  // namespace
}  // namespace mpglab::parser
