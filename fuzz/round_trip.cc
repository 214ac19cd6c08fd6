// Any bytes, shown as the text form of a trace; and the way back.

#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "format/wire_text.h"
#include "fuzz/harness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mpglab::format;
  const auto text_of = [](std::span<const std::byte> trace, std::string& text) {
    return wire_to_text(trace,
                        [&text](std::string_view line) { text.append(line).push_back('\n'); })
        .has_value();
  };
  std::string text;
  if (!text_of(std::as_bytes(std::span(data, size)), text)) return 0;
  const auto trace = wire_from_text(text);
  MPG_CHECK(trace.has_value(), "what is printed can be read");
  // Numbers may be padded in the bytes, and are not when they come back; then the sizes of batches,
  // which the text has as they were, are wrong.
  if (trace->size() != size) return 0;
  std::string again;
  MPG_CHECK(text_of(*trace, again), "what was read can be printed");
  MPG_CHECK(again == text, "the text of the text is the text");
  return 0;
}
