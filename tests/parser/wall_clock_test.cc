// The wall clock of a sync event, in the text of the event: dates that Go's own reader shows, also
// where no calendar of ours goes.

#include <cstdint>
#include <ostream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"

namespace mpglab::parser {
namespace {

struct Clock {
  std::uint64_t seconds;  // as in a trace, where they have no sign
  std::uint64_t nanoseconds;
  const char* shown;
};
void PrintTo(const Clock& clock, std::ostream* out) {
  *out << clock.shown;
}

class WallClock : public testing::TestWithParam<Clock> {};

TEST_P(WallClock, IsShownAsGoShowsIt) {
  const auto trace =
      format::wire_from_text(fmt::format("Trace Go1.25\n"
                                         "EventBatch gen=1 m=18446744073709551615 time=0\n"
                                         "Sync\n"
                                         "Frequency freq=1000000000\n"
                                         "ClockSnapshot dt=1 mono=5 sec={} nsec={}\n",
                                         GetParam().seconds, GetParam().nanoseconds));
  ASSERT_TRUE(trace.has_value());
  Reader reader;
  reader.reset(*trace);
  ASSERT_EQ(reader.next(), Next::kEvent);
  std::string text;
  append_text(text, reader.event());
  const std::size_t at = text.find("Wall=");
  EXPECT_EQ(text.substr(at, text.find('\n', at) - at), std::string("Wall=") + GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Sync, WallClock,
    testing::Values(Clock{0, 0, "1970-01-01T00:00:00Z"},
                    Clock{0, 1'500'000'000, "1970-01-01T00:00:01.5Z"},
                    Clock{951'782'400, 1, "2000-02-29T00:00:00.000000001Z"},
                    Clock{253'402'300'800, 0, "10000-01-01T00:00:00Z"},
                    // The second before the year 0000 began, and half of the next one.
                    Clock{static_cast<std::uint64_t>(-62'167'219'201), 1'500'000'000,
                          "0000-01-01T00:00:00.5Z"},
                    // The last number, and the one after it, which is the first: it comes round.
                    Clock{0x7fffffffffffffff, 0, "292277026596-12-04T15:30:07Z"},
                    Clock{0x8000000000000000U, 0, "292277026596-12-04T15:30:08Z"},
                    Clock{9'223'372'045'000'000'000U, 0, "-292277022399-03-08T18:46:24Z"}));

}  // namespace
}  // namespace mpglab::parser
