// Quoted text, as Go quotes it.

#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "format/wire_text.h"

namespace mpglab::format {
namespace {

struct Quote {
  const char* text;
  const char* quoted;
};
void PrintTo(const Quote& quote, std::ostream* out) {
  *out << quote.quoted;
}

class Quotes : public testing::TestWithParam<Quote> {};

TEST_P(Quotes, AreGos) {
  EXPECT_EQ(quoted(GetParam().text), GetParam().quoted);
}

INSTANTIATE_TEST_SUITE_P(
    Quote, Quotes,
    testing::Values(Quote{"main.main", R"("main.main")"}, Quote{"\x01\n\"\\", R"("\x01\n\"\\")"},
                    Quote{"\xff", R"("\xff")"}, Quote{"caf\u00e9", "\"caf\u00e9\""},
                    Quote{"\u00a0", R"("\u00a0")"}, Quote{"\u0085", R"("\u0085")"},
                    Quote{"\u00ad", R"("\u00ad")"}, Quote{"\u200b", R"("\u200b")"},
                    Quote{"\u3000", R"("\u3000")"}, Quote{"\ue000", R"("\ue000")"},
                    Quote{"\U0010ffff", R"("\U0010ffff")"}, Quote{"\u4e16", "\"\u4e16\""},
                    Quote{"\U0001f600", "\"\U0001f600\""}));

}  // namespace
}  // namespace mpglab::format
