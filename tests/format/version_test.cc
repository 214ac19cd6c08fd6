#include "format/version.h"

#include <optional>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "format/event.h"

namespace mpglab::format {
namespace {

// Nothing if it is no header.
std::optional<HeaderContent> content_of(std::span<const std::byte> bytes) {
  HeaderReader reader;
  HeaderReader::Step step = HeaderReader::Step::kMore;
  for (const std::byte byte : bytes)
    if (step == HeaderReader::Step::kMore) step = reader.take(byte);
  if (step != HeaderReader::Step::kDone) return std::nullopt;
  return reader.content();
}
std::optional<HeaderContent> content_of(const std::string& text) {
  return content_of(std::as_bytes(std::span(text)));
}
std::string ended(std::string text) {
  return text.append(3, '\0');
}

TEST(Version, EveryHeaderIsReadAsTheVersionItWasWrittenFor) {
  for (const Version version :
       {Version::kGo122, Version::kGo123, Version::kGo125, Version::kGo126}) {
    const auto content = content_of(header_of(version));
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(content->version, version);
  }
}

class LooseHeaders : public testing::TestWithParam<const char*> {};

// Go's reader reads them with fmt.Fscanf.
TEST_P(LooseHeaders, AreReadAsGosReaderDoes) {
  const auto content = content_of(ended(GetParam()));
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->version, Version::kGo126);
}
INSTANTIATE_TEST_SUITE_P(Version, LooseHeaders,
                         testing::Values("go  1.26 trace", "go 1.26   trace", "go 1. 26 trace",
                                         "go 1.26\ttrace", "go 1.026 trace",
                                         "go\u00a01.26\u2003trace", "go 1.\u008526 \u3000trace"));

class BadHeaders : public testing::TestWithParam<const char*> {};

TEST_P(BadHeaders, AreNone) {
  EXPECT_FALSE(content_of(ended(GetParam())).has_value());
}
INSTANTIATE_TEST_SUITE_P(Version, BadHeaders,
                         testing::Values("go1.26 trace", "go 1.26trace", "go 1. trace",
                                         "go 1.26\ntrace", "go 1.99999999999 trace",
                                         "Go 1.26 trace", " go 1.26 trace", "go 1 .26 trace",
                                         "go\u200b1.26 trace", "go\xa0 1.26 trace",
                                         // A space in more bytes than it takes.
                                         "go\xe0\x82\xa0 1.26 trace"));

TEST(Version, AVersionWithMoreOrFewerDigitsIsUnknown) {
  EXPECT_FALSE(content_of(ended("go 1.100 trace"))->version.has_value());
  EXPECT_EQ(content_of(ended("go 1.5 trace"))->go_minor, 5U);
}

TEST(Version, GoWithoutAFormatOfItsOwnHasNone) {
  EXPECT_FALSE(version_of(24).has_value());  // Go 1.24 writes 1.23
}

TEST(Events, GoSwitchCameWith123) {
  EXPECT_FALSE(in_version(static_cast<std::size_t>(EventType::kGoSwitch), Version::kGo122));
  EXPECT_TRUE(in_version(static_cast<std::size_t>(EventType::kGoSwitch), Version::kGo123));
}

TEST(Events, ALaterOneHasNoNameInAnEarlierVersion) {
  EXPECT_EQ(name_in(EventType::kGoSwitch, Version::kGo122), "Invalid(45)");
  EXPECT_EQ(name_in(EventType::kGoSwitch, Version::kGo123), "GoSwitch");
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
