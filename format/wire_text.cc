#include "format/wire_text.h"

#include <fmt/format.h>

#include "format/event.h"
#include "format/varint.h"
#include "format/version.h"

namespace mpglab::format {

namespace {

constexpr std::array<std::string_view, 4> kFrameFields = {"pc", "func", "file", "line"};

// Reads the events of a trace one after the other, whatever batch they are in.
class WireReader {
 public:
  // `from`: where the first batch begins.
  WireReader(std::span<const std::byte> bytes, std::size_t from, Version version)
      : begin_(bytes.data()),
        at_(bytes.data() + from),
        end_(bytes.data() + bytes.size()),
        version_(version) {}

  bool at_end() const { return at_ == end_; }

  // One event as text, or what is wrong with it.
  Result<std::string, WireError> next() {
    const auto start = static_cast<std::uint64_t>(at_ - begin_);
    const auto type = std::to_integer<std::size_t>(*at_++);
    if (!in_version(type, version_)) {
      return failure(WireError{start, fmt::format("invalid event type: {}", type)});
    }
    const EventSpec& spec = kEventSpecs[type];
    std::string text(spec.name);
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < spec.arg_count; ++i) {
      if (!number(last)) return cut(start, spec);
      fmt::format_to(std::back_inserter(text), " {}={}", spec.args[i], last);
    }
    if (spec.is_stack && !frames(last, text)) return cut(start, spec);
    if (spec.has_data && !data(text)) return cut(start, spec);
    return text;
  }

 private:
  bool number(std::uint64_t& value) { return read_varint(at_, end_, value); }

  bool frames(std::uint64_t count, std::string& text) {
    for (std::uint64_t frame = 0; frame < count; ++frame) {
      for (std::size_t field = 0; field < kFrameFields.size(); ++field) {
        std::uint64_t value = 0;
        if (!number(value)) return false;
        fmt::format_to(std::back_inserter(text), "{}{}={}", field == 0 ? "\n\t" : " ",
                       kFrameFields[field], value);
      }
    }
    return true;
  }

  bool data(std::string& text) {
    std::uint64_t size = 0;
    if (!number(size) || size > static_cast<std::uint64_t>(end_ - at_)) return false;
    // An empty string has no data line.
    if (size > 0) {
      const std::string_view bytes(reinterpret_cast<const char*>(at_), size);
      text += "\n\tdata=" + quoted(bytes);
    }
    at_ += size;
    return true;
  }

  static tl::unexpected<WireError> cut(std::uint64_t start, const EventSpec& spec) {
    return failure(WireError{start, fmt::format("the trace ends inside of {}", spec.name)});
  }

  const std::byte* begin_;
  const std::byte* at_;
  const std::byte* end_;
  Version version_;
};

}  // namespace

Result<void, WireError> wire_to_text(std::span<const std::byte> trace,
                                     const std::function<void(std::string_view)>& sink) {
  HeaderReader header_reader;
  HeaderReader::Step step = HeaderReader::Step::kMore;
  std::size_t size = 0;
  while (step == HeaderReader::Step::kMore && size < trace.size())
    step = header_reader.take(trace[size++]);
  if (step != HeaderReader::Step::kDone)
    return failure(WireError{0, "bad file format: not a Go execution trace?"});
  const HeaderContent header = header_reader.content();
  if (!header.version) {
    return failure(
        WireError{0, fmt::format("unknown or unsupported trace version go 1.{}", header.go_minor)});
  }
  sink(fmt::format("Trace Go1.{}", header.go_minor));
  for (WireReader reader(trace, size, *header.version); !reader.at_end();) {
    const Result<std::string, WireError> event = reader.next();
    if (!event) return failure(event.error());
    sink(*event);
  }
  return {};
}

}  // namespace mpglab::format
