// What a hunt says of itself while it goes on.

#include "cli/progress.h"

#include <gtest/gtest.h>

#include "cli/classes_text.h"
#include "cli/tree_text.h"

namespace mpglab::cli {
namespace {

explore::HuntProgress at(std::uint64_t runs, double seconds) {
  return {.runs = runs, .findings = 0, .seconds = seconds, .classes = {}, .dfs = {}};
}

TEST(Progress, SaysHowLongItStillTakes) {
  // A fifth of them took 2 s.
  EXPECT_EQ(progress_text({.runs = 10'000}, at(2'000, 2)),
            "2,000 of 10,000 schedules, 1,000/s, 2.00 s, 8.00 s left");
}

TEST(Progress, SaysNothingOfTheFutureWithoutALimit) {
  EXPECT_EQ(progress_text({}, at(2'000, 2)), "2,000 schedules, 1,000/s, 2.00 s");
}

TEST(Progress, ExpectsTheLimitThatComesFirst) {
  EXPECT_EQ(seconds_left({.runs = 10'000, .seconds = 5}, at(2'000, 2)), 3);
  EXPECT_EQ(seconds_left({.runs = 3'000, .seconds = 5}, at(2'000, 2)), 1);
}

TEST(Progress, OfAResumedHuntHasItsOwnSpeed) {
  // 1,000 in the 2 s since it was resumed; 2,000 are to be run.
  const Course course{.runs = 10'000, .runs_before = 7'000, .seconds_before = 100};
  EXPECT_EQ(progress_text(course, at(8'000, 102)),
            "8,000 of 10,000 schedules, 500/s, 1 min 42 s, 4.00 s left");
}

TEST(Progress, SaysHowMuchIsUnseen) {
  explore::HuntProgress progress = at(2'000, 2);
  progress.findings = 1;
  progress.classes = interleave::ClassEstimate{
      .executions = 2'000, .classes = 900, .once = 400, .unseen = 0.2, .error = 0.0123};
  EXPECT_EQ(progress_text({}, progress),
            "2,000 schedules, 1,000/s, 2.00 s, 900 classes, 20% +/- 1% unseen, 1 finding");
}

// 90 of the 100 schedules within 1 deviation, of which there are 1,000 within 2, or so.
explore::HuntProgress dfs_at(double seconds) {
  explore::HuntProgress progress = at(91, seconds);
  explore::DfsCount& count = progress.dfs.emplace();
  count.round = 1;
  count.size_before = 1;
  count.size = 100;
  count.new_before = 1;
  count.runs = 90;
  count.children = 6'000;
  return progress;
}

TEST(Progress, OfDfsSaysHowLargeTheRoundIs) {
  // 10 at 91 in 10 s. Its leaves already have more children than was to be expected: 99 * 99 / 2.
  EXPECT_EQ(progress_text({}, dfs_at(10)),
            "1 deviation: 90 of 100 schedules, 9/s, 10 s, 1.10 s left, then about 6.1e+03");
}

TEST(Progress, OfDfsWithinABoundExpectsItsEnd) {
  // 10, and 6,100 within 2 deviations.
  EXPECT_NEAR(*seconds_left({.deviations = 2}, dfs_at(91)), 6'110, 1e-6);
}

// 2,000 schedules in 2 s, which are a fifth of the tree.
explore::HuntProgress dpor_at_a_fifth() {
  explore::HuntProgress progress = at(2'000, 2);
  progress.tree = interleave::TreeEstimate{.explored = 0.2, .executions = 10'000, .error = 3'000};
  return progress;
}

TEST(Progress, OfDporSaysHowMuchOfTheTreeIsExplored) {
  EXPECT_EQ(progress_text({}, dpor_at_a_fifth()),
            "2,000 schedules, 1,000/s, 2.00 s, 8.00 s left, about 20% of the tree");
}

TEST(Progress, OfDporExpectsTheLimitIfThatComesFirst) {
  EXPECT_EQ(seconds_left({.runs = 5'000}, dpor_at_a_fifth()), 3);
}

// 300 schedules in 2 s that came to their end, and 700 that came to a known state.
explore::HuntProgress states_at_a_thousand() {
  explore::HuntProgress progress = at(300, 2);
  progress.states = explore::StateCount{.states = 8'704, .preemptions_below = 2, .tried = 1'000};
  return progress;
}

TEST(Progress, OfStatesSaysHowManyAreMetAndWhatIsComplete) {
  EXPECT_EQ(progress_text({}, states_at_a_thousand()),
            "300 schedules, 150/s, 2.00 s, 8,704 states met, all within 1 preemption tried");
}

TEST(Progress, OfStatesSaysOfNoBoundBeforeOneIsComplete) {
  explore::HuntProgress progress = states_at_a_thousand();
  progress.states->preemptions_below = 0;
  EXPECT_EQ(progress_text({}, progress), "300 schedules, 150/s, 2.00 s, 8,704 states met");
}

TEST(Progress, OfStatesCountsForTheLimitWhatCameToAKnownState) {
  // A quarter of them took 2 s; those 300 say nothing of it.
  EXPECT_EQ(progress_text({.runs = 4'000}, states_at_a_thousand()),
            "300 schedules, 150/s, 2.00 s, 6.00 s left, 8,704 states met, all within 1 preemption "
            "tried");
}

TEST(Progress, OfResumedStatesHasItsOwnSpeed) {
  // 200 in the 2 s since it was resumed; 3,000 are to be tried.
  EXPECT_EQ(seconds_left({.runs = 4'000, .runs_before = 250, .tried_before = 800},
                         states_at_a_thousand()),
            30);
}

TEST(TreeText, SaysHowLargeTheTreeIsAndHowSureThatIs) {
  EXPECT_EQ(tree_text({.explored = 0.2, .executions = 10'000, .error = 3'000.4}),
            "about 20% of the tree as far as it is known, which has some 10,000 schedules then "
            "(+/- 3,000)");
}

TEST(TreeText, HasNoMoreDigitsThanItIsWorth) {
  EXPECT_EQ(
      tree_text({.explored = 0.000012345, .executions = 1.2345e9, .error = 1.2e6}),
      "about 0.0012% of the tree as far as it is known, which has some 1.2e+09 schedules then "
      "(+/- 1.2e+06)");
}

TEST(Course, OfAShardIsItsPartOfTheSchedules) {
  explore::HuntOptions options;
  options.runs = 1'000;
  options.shards = 4;
  EXPECT_EQ(course_of(options).runs, 250U);
}

TEST(ClassesText, HasAsManyDigitsAsTheErrorLeaves) {
  interleave::ClassEstimate estimate{
      .executions = 9, .classes = 1, .once = 1, .unseen = 0.41234, .error = 0.00321};
  EXPECT_EQ(
      classes_text(estimate),
      "1 class of equivalent schedules, 1 of them met once; the next schedule is of a new one "
      "with a probability of 41.2% +/- 0.3%");
  estimate.error = 0.05;
  EXPECT_EQ(classes_in_short(estimate), "1 class, 41% +/- 5% unseen");
}

TEST(ClassesText, SaysWhenItIsAnEstimate) {
  EXPECT_EQ(
      classes_in_short({.classes = 140'000, .exact = false, .unseen = 0.00012, .error = 0.000031}),
      "about 140,000 classes, 0.012% +/- 0.003% unseen");
}

}  // namespace
}  // namespace mpglab::cli
