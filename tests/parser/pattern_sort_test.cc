// Sorting by time as Go's reader does, equal times included.

#include "parser/pattern_sort.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mpglab::parser {
namespace {

struct Record {
  int time;
  std::size_t number;
};

std::vector<Record> records_with(std::size_t count, int (*time_of)(std::size_t)) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back({time_of(i), i});
  return records;
}

std::vector<Record> sorted(std::vector<Record> records) {
  sort_by_time(std::span(records));
  return records;
}

bool by_time(const Record& a, const Record& b) {
  return a.time < b.time;
}

// Each of these takes another way through the algorithm: insertion, repair of what is almost
// sorted, reversal, many equals, patterns that have to be broken.
int ascending(std::size_t i) {
  return static_cast<int>(i);
}
int descending(std::size_t i) {
  return -static_cast<int>(i);
}
int all_equal(std::size_t) {
  return 7;
}
int few_values(std::size_t i) {
  return static_cast<int>(i * 7 % 5);
}
int saw(std::size_t i) {
  return static_cast<int>(i % 16);
}
int scattered(std::size_t i) {
  return static_cast<int>(i * 2654435761U % 1009);
}
int one_out_of_place(std::size_t i) {
  return i == 60 ? 3 : static_cast<int>(i);
}

using TimeOf = int (*)(std::size_t);
class PatternSorts : public testing::TestWithParam<TimeOf> {};

TEST_P(PatternSorts, PutTimesInOrder) {
  for (const std::size_t count : {0U, 1U, 12U, 13U, 49U, 50U, 100U, 1000U}) {
    const std::vector<Record> result = sorted(records_with(count, GetParam()));
    EXPECT_TRUE(std::is_sorted(result.begin(), result.end(), by_time)) << count;
  }
}

TEST_P(PatternSorts, KeepEachRecord) {
  std::vector<Record> result = sorted(records_with(1000, GetParam()));
  std::sort(result.begin(), result.end(),
            [](const Record& a, const Record& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(result[i].number, i);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PatternSorts,
                         testing::Values(ascending, descending, all_equal, few_values, saw,
                                         scattered, one_out_of_place));

TEST(PatternSortTest, LeavesEqualTimesOfUpToTwelveRecordsInTheirOrder) {
  const std::vector<Record> result = sorted(records_with(12, all_equal));
  for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(result[i].number, i);
}

// What Go 1.24's slices.SortFunc makes of the same thirteen and twenty records, by their numbers.
std::string numbers_of(const std::vector<Record>& records) {
  std::string text;
  for (const Record& record : records) text += std::to_string(record.number) + " ";
  return text;
}

TEST(PatternSortTest, DealsWithEqualTimesOfThirteenAsGoDoes) {
  EXPECT_EQ(numbers_of(sorted(records_with(13, few_values))), "5 10 0 8 3 6 1 11 4 9 7 2 12 ");
}

TEST(PatternSortTest, DealsWithEqualTimesOfAHundredAsGoDoes) {
  EXPECT_EQ(numbers_of(sorted(records_with(100, saw))),
            "96 48 32 80 0 16 64 33 49 81 17 97 65 1 82 50 34 98 18 2 66 35 51 83 99 3 19 67 36 52 "
            "4 68 84 20 "
            "5 37 53 21 69 85 54 22 38 86 6 70 87 71 39 23 55 7 72 40 24 88 8 56 25 57 9 73 41 89 "
            "42 58 90 "
            "26 10 74 91 59 43 27 11 75 44 28 60 12 92 76 29 45 13 61 77 93 94 30 78 14 46 62 63 "
            "95 79 31 "
            "47 15 ");
}

}  // namespace
}  // namespace mpglab::parser
