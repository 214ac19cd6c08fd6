#include "cli/text.h"

#include <gtest/gtest.h>

namespace mpglab::cli {
namespace {

TEST(Text, ThousandsAreGrouped) {
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(grouped(999), "999");
}

TEST(Text, OneIsNotPlural) {
  EXPECT_EQ(counted(1, "event"), "1 event");
  EXPECT_EQ(counted(2, "event"), "2 events");
}

TEST(Text, LinesAreBrokenBetweenWords) {
  EXPECT_EQ(wrapped("one two three", 8, " "), " one two\n three\n");
}

TEST(Text, BlankLinesStay) {
  EXPECT_EQ(wrapped("one\n\ntwo", 80, ""), "one\n\ntwo\n");
}

TEST(Text, DurationsAreShort) {
  EXPECT_EQ(duration_text(0.4321), "0.43 s");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(5 * 3'600 + 7 * 60 + 59), "5 h 7 min");
  EXPECT_EQ(duration_text(100 * 24 * 3'600), "100 days");
}

}  // namespace
}  // namespace mpglab::cli
