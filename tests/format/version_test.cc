#include "format/version.h"

#include <gtest/gtest.h>

#include "format/event.h"

namespace mpglab::format {
namespace {

TEST(Version, EveryHeaderIsReadAsTheVersionItWasWrittenFor) {
  for (const Version version :
       {Version::kGo122, Version::kGo123, Version::kGo125, Version::kGo126}) {
    const Header header = header_of(version);
    const auto content = read_header(header);
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(content->version, version);
  }
}

TEST(Version, GoWithoutAFormatOfItsOwnHasNone) {
  EXPECT_FALSE(version_of(24).has_value());  // Go 1.24 writes 1.23
}

TEST(Events, GoSwitchCameWith123) {
  EXPECT_FALSE(in_version(static_cast<std::size_t>(EventType::kGoSwitch), Version::kGo122));
  EXPECT_TRUE(in_version(static_cast<std::size_t>(EventType::kGoSwitch), Version::kGo123));
}

TEST(Events, ProcStealNamesPSequenceAndThread) {
  const EventSpec& spec = spec_of(EventType::kProcSteal);
  ASSERT_EQ(spec.arg_count, 4);
  EXPECT_EQ(spec.args[3], "m");
}

TEST(Events, ANumberWithoutAnEventHasNoName) {
  EXPECT_TRUE(spec_of(static_cast<EventType>(100)).name.empty());
}

}  // namespace
}  // namespace mpglab::format
