#include "format/wire_text.h"

#include <string>

#include <gtest/gtest.h>

#include "support/test_data.h"

namespace mpglab::format {
namespace {

using test::bytes_of;

std::string text_of(std::span<const std::byte> trace) {
  std::string text;
  const auto done =
      wire_to_text(trace, [&](std::string_view line) { text.append(line).push_back('\n'); });
  if (!done) text += "error at byte " + std::to_string(done.error().offset);
  return text;
}

std::string packed(std::string_view text) {
  const auto trace = wire_from_text(text);
  EXPECT_TRUE(trace.has_value()) << trace.error().line << ":" << trace.error().column << ": "
                                 << trace.error().message;
  if (!trace) return {};
  return {reinterpret_cast<const char*>(trace->data()), trace->size()};
}

// "3:7: what was expected" for a text with a mistake.
std::string mistake_in(std::string_view text) {
  const auto trace = wire_from_text(text);
  if (trace) return "no mistake";
  return std::to_string(trace.error().line) + ":" + std::to_string(trace.error().column) + ": " +
         trace.error().message;
}

class RecordedTraces : public testing::TestWithParam<test::RecordedVerdict> {
 protected:
  std::string trace() const {
    return test::read_text(test::data_path(GetParam().trace + ".trace"));
  }
  std::string wire() const {
    return test::read_text(test::data_path(GetParam().trace + ".wire.txt"));
  }
};

TEST_P(RecordedTraces, AreShownAsTheReferenceShowsThem) {
  EXPECT_TRUE(text_of(bytes_of(trace())) == wire());
}

// Not to the byte: Go pads the sizes of batches, and we do not.
TEST_P(RecordedTraces, ComeBackFromTheirTextAsTheyWere) {
  EXPECT_TRUE(text_of(bytes_of(packed(wire()))) == wire());
}

INSTANTIATE_TEST_SUITE_P(Recorded, RecordedTraces, testing::ValuesIn(test::recorded_verdicts()),
                         test::case_name);

TEST(WireText, ABatchWhoseSizeIsLeftOutGetsTheSizeThatItHas) {
  const std::string text =
      "Trace Go1.22\n"
      "EventBatch gen=1 m=7 time=100\n"
      "ProcStatus dt=1 p=300 pstatus=1\n";
  // ProcStatus: type, dt and pstatus are a byte each, 300 takes two.
  EXPECT_NE(text_of(bytes_of(packed(text))).find("time=100 size=5\n"), std::string::npos);
}

TEST(WireText, AStringMayHoldAnyByte) {
  const std::string text =
      "Trace Go1.22\n"
      "EventBatch gen=1 m=18446744073709551615 time=0 size=9\n"
      "Strings\n"
      "String id=1\n"
      "\tdata=\"\\x00\\n\\\"\\\\\\xff\"\n";
  EXPECT_EQ(text_of(bytes_of(packed(text))), text);
}

TEST(WireText, AnUnknownEventIsAnsweredWithItsPlace) {
  EXPECT_EQ(mistake_in("Trace Go1.22\nEventBatch gen=1 m=1 time=0\nProcStrat dt=1\n").substr(0, 4),
            "3:1:");
}

TEST(WireText, AMissingArgumentIsAnsweredWithItsName) {
  const std::string mistake =
      mistake_in("Trace Go1.22\nEventBatch gen=1 m=1 time=0\nProcStart dt=1 p=2\n");
  EXPECT_NE(mistake.find("p_seq"), std::string::npos) << mistake;
}

TEST(WireText, ANumberThatIsTooLargeIsAnsweredWithItsPlace) {
  EXPECT_EQ(
      mistake_in("Trace Go1.22\nEventBatch gen=99999999999999999999 m=1 time=0\n").substr(0, 5),
      "2:16:");
}

TEST(WireText, ATextWithoutAHeaderIsNone) {
  EXPECT_EQ(mistake_in("EventBatch gen=1 m=1 time=0\n").substr(0, 2), "1:");
}

TEST(WireText, AnEmptyTextIsAnsweredWithItsFirstLine) {
  EXPECT_EQ(wire_from_text("").error().line, 1U);
}

TEST(WireText, EveryCutOfATraceIsShownAsFarAsItGoes) {
  const std::string trace = test::read_text(test::data_path("go122-broken-thread-id.trace"));
  const std::string whole = text_of(bytes_of(trace));
  for (std::size_t size = 16; size < trace.size(); ++size) {
    std::string text = text_of(bytes_of(trace.substr(0, size)));
    const std::size_t error = text.find("error at byte");
    if (error != std::string::npos) text.resize(error);
    ASSERT_TRUE(whole.starts_with(text)) << "cut after " << size << " bytes";
  }
}

}  // namespace
}  // namespace mpglab::format
