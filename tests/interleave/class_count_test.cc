// ClassCount: exact as long as it can be, a fair sample after that, and an honest guess of the
// unseen.

#include "interleave/class_count.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "interleave/random.h"

namespace mpglab::interleave {
namespace {

std::vector<std::uint64_t> some_hashes(std::size_t classes, std::uint64_t seed = 7) {
  Random random(seed);
  std::vector<std::uint64_t> hashes;
  while (hashes.size() < classes) hashes.push_back(random.next());
  return hashes;
}

TEST(ClassCount, KnowsNothingBeforeTheFirst) {
  EXPECT_EQ(ClassCount().estimate().unseen, 1.0);
}

TEST(ClassCount, TellsOnceFromTwiceAndMoreOften) {
  const auto hashes = some_hashes(4);
  ClassCount count;
  // The first four times, the second three times, the third twice, the last once.
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t times = 4 - i; times > 0; --times) count.add(hashes[i]);
  const ClassEstimate estimate = count.estimate();
  EXPECT_EQ(estimate.executions, 10U);
  EXPECT_EQ(estimate.classes, 4U);
  EXPECT_EQ(estimate.once, 1U);
  EXPECT_DOUBLE_EQ(estimate.unseen, 0.1);
}

TEST(ClassCount, IsExactAsLongAsThereIsRoom) {
  ClassCount count;
  for (const std::uint64_t hash : some_hashes(ClassCount::kCapacity)) count.add(hash);
  EXPECT_TRUE(count.estimate().exact);
  EXPECT_EQ(count.estimate().classes, ClassCount::kCapacity);
}

TEST(ClassCount, EstimatesAMillionToAboutOnePercent) {
  ClassCount count;
  for (const std::uint64_t hash : some_hashes(1'000'000)) count.add(hash);
  EXPECT_FALSE(count.estimate().exact);
  EXPECT_NEAR(static_cast<double>(count.estimate().classes), 1e6, 1e4);
}

TEST(ClassCount, DoesNotDependOnTheOrder) {
  auto hashes = some_hashes(200'000);
  hashes.insert(hashes.end(), hashes.begin(), hashes.begin() + 50'000);
  ClassCount forwards;
  ClassCount backwards;
  for (auto hash = hashes.begin(); hash != hashes.end(); ++hash) forwards.add(*hash);
  for (auto hash = hashes.rbegin(); hash != hashes.rend(); ++hash) backwards.add(*hash);
  EXPECT_EQ(forwards.kept(), backwards.kept());
}

TEST(ClassCount, GoesOnWhereItWasKept) {
  const auto hashes = some_hashes(200'000);
  ClassCount whole;
  ClassCount first;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    whole.add(hashes[i]);
    if (i < 90'000) first.add(hashes[i]);
  }
  ClassCount second;
  ASSERT_TRUE(second.restore(first.kept()));
  for (std::size_t i = 90'000; i < hashes.size(); ++i) second.add(hashes[i]);
  EXPECT_EQ(second.kept(), whole.kept());
}

TEST(ClassCount, RestoresNothingThatItCannotHaveKept) {
  ClassCount count;
  EXPECT_FALSE(count.restore({.executions = 1, .level = 0, .entries = {4}}));      // met 0 times
  EXPECT_FALSE(count.restore({.executions = 2, .level = 0, .entries = {5, 6}}));   // one hash twice
  EXPECT_FALSE(count.restore({.executions = 1, .level = 1, .entries = {~0ULL}}));  // not sampled
  EXPECT_FALSE(count.restore({.executions = 1, .level = 99, .entries = {}}));
}

// ---- the guess, where the truth is known ----

struct Draws {
  ClassEstimate estimate;
  double unseen = 0;  // in truth
};

// `draws` draws from classes of which number i is met with a probability proportional to 1 / (i+1).
Draws draw(std::size_t classes, std::size_t draws, std::uint64_t seed) {
  const auto hashes = some_hashes(classes, ~seed);
  std::vector<double> up_to;
  double sum = 0;
  for (std::size_t i = 0; i < classes; ++i)
    up_to.push_back(sum += 1.0 / static_cast<double>(i + 1));
  Random random(seed);
  ClassCount count;
  std::vector<bool> seen(classes);
  for (std::size_t i = 0; i < draws; ++i) {
    const double at = static_cast<double>(random.next() >> 11) * 0x1p-53 * sum;
    const auto drawn =
        static_cast<std::size_t>(std::lower_bound(up_to.begin(), up_to.end(), at) - up_to.begin());
    seen[drawn] = true;
    count.add(hashes[drawn]);
  }
  Draws result{count.estimate(), 0};
  for (std::size_t i = 0; i < classes; ++i)
    if (!seen[i]) result.unseen += 1.0 / static_cast<double>(i + 1) / sum;
  return result;
}

// How many of so many guesses were as near as they said.
int near_enough(std::size_t classes, std::size_t draws, std::uint64_t guesses = 200) {
  int near = 0;
  for (std::uint64_t seed = 0; seed < guesses; ++seed) {
    const Draws result = draw(classes, draws, seed);
    if (std::abs(result.estimate.unseen - result.unseen) <= result.estimate.error) ++near;
  }
  return near;
}

// 95 of 100, as far as the approximation goes: not under 90.
TEST(UnseenMass, IsAsNearAsItSaysWhenMostIsUnseen) {
  EXPECT_GE(near_enough(100'000, 300), 180);
}
TEST(UnseenMass, IsAsNearAsItSaysWhenHalfIsSeen) {
  EXPECT_GE(near_enough(1'000, 500), 180);
}
TEST(UnseenMass, IsAsNearAsItSaysWhenNearlyAllIsSeen) {
  EXPECT_GE(near_enough(50, 2'000), 180);
}
TEST(UnseenMass, IsAsNearAsItSaysFromASample) {
  ASSERT_FALSE(draw(400'000, 300'000, 1).estimate.exact);
  EXPECT_GE(near_enough(400'000, 300'000, 40), 36);
}
TEST(UnseenMass, IsNeverMoreThanTheBoundThatIsGuaranteed) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Draws result = draw(1'000, 500, seed);
    ASSERT_LE(result.unseen, result.estimate.at_most) << seed;
  }
}

}  // namespace
}  // namespace mpglab::interleave
