// Any text, read as the text form of a trace; and the way back.

#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "format/wire_text.h"
#include "fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto trace = mpglab::format::wire_from_text(text);
  if (!trace) {
    MPG_CHECK(trace.error().line >= 1 && trace.error().column >= 1, "a mistake has a place");
    MPG_CHECK(!trace.error().message.empty(), "a mistake is said");
    return 0;
  }
  // What was made of a text can be shown as one, which makes the same again.
  std::string back;
  const auto shown = mpglab::format::wire_to_text(
      *trace, [&back](std::string_view line) { back.append(line).push_back('\n'); });
  // A size that the text gives may be wrong, and then what follows is not understood.
  if (!shown) return 0;
  const auto again = mpglab::format::wire_from_text(back);
  MPG_CHECK(again.has_value(), "what is printed can be read");
  MPG_CHECK(*again == *trace, "text and bytes are the same trace");
  return 0;
}
