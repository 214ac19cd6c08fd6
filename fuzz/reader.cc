// Any bytes, read as a trace.
//
// The last byte of the input says how: its low half which fault of a reader is on, the two bits
// above it whether each generation is judged on its own, and whether the reader has no patience. So
// a trace with one more byte is an input.

#include "parser/reader.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "base/check.h"
#include "doctor/diagnosis.h"
#include "fuzz/harness.h"
#include "parser/events_text.h"

namespace mpglab::fuzz {
namespace {

using parser::Event;
using parser::Next;
using parser::Reader;

// The bytes some at a time, as a pipe may give them.
class ChunkSource final : public parser::ByteSource {
 public:
  explicit ChunkSource(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::optional<std::size_t> read(std::byte* out, std::size_t size) override {
    const std::size_t got = std::min({size, bytes_.size(), 1 + chunk_});
    chunk_ = (chunk_ + 1) % 7;
    std::copy_n(bytes_.begin(), got, out);
    bytes_ = bytes_.subspan(got);
    return got;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t chunk_ = 0;
};

parser::ReaderOptions options_of(std::uint8_t how) {
  using Faults = parser::ReaderFaults;
  static constexpr std::array kSwitches = {
      &Faults::self_steal_update_order,  &Faults::thread_id_reuse,
      &Faults::create_syscall_with_proc, &Faults::syscall_steal_ambiguity,
      &Faults::batch_order_by_time,      &Faults::broken_spilled_batch,
      &Faults::final_sync_missing,       &Faults::nondeterministic_tie_order,
      &Faults::late_generation_leniency, &Faults::mstate_written_without_advance};
  parser::ReaderOptions options;
  const std::size_t fault = how & 0x0f;
  if (fault > 0 && fault <= kSwitches.size()) options.faults.*kSwitches[fault - 1] = true;
  options.each_generation = (how & 0x10) != 0;
  if ((how & 0x20) != 0) options.patience = 0;
  return options;
}

struct Reading {
  std::uint64_t events = 0;
  std::size_t text_hash = 0;
  std::string errors;

  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading read(Reader& reader, bool each_generation) {
  Reading reading;
  std::string text;
  std::optional<parser::Time> last;
  std::uint64_t generations = 0;
  for (;;) {
    const Next next = reader.next();
    if (next == Next::kEvent) {
      const Event& event = reader.event();
      // Times are made to increase, until there is no larger number.
      MPG_CHECK(!last || event.time > *last || *last == std::numeric_limits<parser::Time>::max(),
                "times increase");
      last = event.time;
      text.clear();
      parser::append_text(text, event);  // asks for all that an event has
      reading.text_hash = reading.text_hash * 31 + std::hash<std::string>{}(text);
      ++reading.events;
      MPG_CHECK(reading.events == reader.events(), "the reader counts what it delivers");
      continue;
    }
    MPG_CHECK(reader.next() == next, "an end is an end");
    if (next == Next::kEnd) {
      MPG_CHECK(!reader.failed(), "an end is no error");
      break;
    }
    MPG_CHECK(reader.failed(), "an error is one");
    const parser::Error& error = reader.error();
    MPG_CHECK(error.events == reading.events, "an error says what came before it");
    MPG_CHECK(!error.message.empty(), "an error says what it is");
    static_cast<void>(doctor::diagnose(error));
    reading.errors += error.message + "\n";
    if (!each_generation || !reader.skip_generation()) break;
    MPG_CHECK(++generations < 1'000'000, "skipping comes to an end");
  }
  return reading;
}

}  // namespace
}  // namespace mpglab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mpglab::fuzz;
  if (size == 0) return 0;
  const mpglab::parser::ReaderOptions options = options_of(data[size - 1]);
  const auto trace = std::as_bytes(std::span(data, size - 1));

  Reader reader(options);
  reader.reset(trace);
  const Reading first = read(reader, options.each_generation);
  // A reader that has been used before reads the same, and so does one that gets the bytes
  // otherwise.
  ChunkSource source(trace);
  reader.reset(source);
  MPG_CHECK(read(reader, options.each_generation) == first, "the same bytes are the same events");
  return 0;
}
