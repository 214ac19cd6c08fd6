// Text to wire format.

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "format/event.h"
#include "format/varint.h"
#include "format/version.h"
#include "format/wire_text.h"

namespace mpglab::format {

namespace {

std::optional<EventType> event_named(std::string_view name, Version version) {
  for (std::size_t type = 0; type < kEventTypes; ++type) {
    if (in_version(type, version) && kEventSpecs[type].name == name) {
      return static_cast<EventType>(type);
    }
  }
  return std::nullopt;
}

class Packer {
 public:
  explicit Packer(std::string_view text) : text_(text) {}

  Result<std::vector<std::byte>, WireTextError> pack() {
    if (!next_line() || !header()) return give_up();
    while (next_line()) {
      skip_spaces();
      if (at_ == line_.size() || line_[at_] == '#') continue;
      if (!event()) return give_up();
    }
    close_batch();
    return std::move(out_);
  }

 private:
  // ---- lines and words ----

  bool next_line() {
    if (next_ >= text_.size()) {
      expected("a line more: the text ends here");
      return false;
    }
    const std::size_t end = std::min(text_.find('\n', next_), text_.size());
    line_ = text_.substr(next_, end - next_);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    next_ = end + 1;
    ++number_;
    at_ = 0;
    return true;
  }
  void skip_spaces() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
  }
  std::string_view word() {
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '\t' && line_[at_] != '=')
      ++at_;
    return line_.substr(begin, at_ - begin);
  }
  bool nothing_more() {
    skip_spaces();
    return at_ == line_.size() || expected("the end of the line");
  }
  bool expected(std::string what) {
    // Lines count from 1, even where there is none.
    error_ = {std::max(number_, 1U), static_cast<std::uint32_t>(at_ + 1),
              "expected " + std::move(what)};
    return false;
  }
  tl::unexpected<WireTextError> give_up() const { return failure(error_); }

  // NAME=NUMBER
  bool assignment(std::string_view name, std::uint64_t& value) {
    skip_spaces();
    const std::size_t begin = at_;
    if (word() != name || at_ == line_.size() || line_[at_] != '=') {
      at_ = begin;
      return expected(fmt::format("{}=NUMBER", name));
    }
    ++at_;
    const char* first = line_.data() + at_;
    const char* last = line_.data() + line_.size();
    const std::from_chars_result parsed = std::from_chars(first, last, value);
    if (parsed.ec != std::errc{}) return expected("a number of at most 64 bits");
    at_ += static_cast<std::size_t>(parsed.ptr - first);
    if (at_ < line_.size() && line_[at_] != ' ' && line_[at_] != '\t') {
      return expected("a space or the end of the line");
    }
    return true;
  }

  // ---- events ----

  bool header() {
    if (word() != "Trace") return expected("\"Trace Go1.22\" or another version");
    skip_spaces();
    constexpr std::string_view kGo = "Go1.";
    std::uint32_t minor = 0;
    const std::size_t begin = at_;
    const std::string_view version = word();
    if (version.starts_with(kGo)) {
      std::from_chars(version.data() + kGo.size(), version.data() + version.size(), minor);
    }
    const std::optional<Version> known = version_of(minor);
    if (!known) {
      at_ = begin;
      return expected("Go1.22, Go1.23, Go1.25 or Go1.26");
    }
    version_ = *known;
    const Header bytes = header_of(version_);
    out_.assign(bytes.begin(), bytes.end());
    return nothing_more();
  }

  bool event() {
    const std::size_t begin = at_;
    const std::optional<EventType> type = event_named(word(), version_);
    if (!type) {
      at_ = begin;
      return expected(fmt::format("the name of an event of Go 1.{}", static_cast<int>(version_)));
    }
    const EventSpec& spec = spec_of(*type);
    const bool batch = *type == EventType::kEventBatch;
    if (batch || *type == EventType::kExperimentalBatch || *type == EventType::kEndOfGeneration) {
      close_batch();
    }
    out_.push_back(static_cast<std::byte>(*type));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < spec.arg_count; ++i) {
      skip_spaces();
      if (batch && spec.args[i] == "size" && at_ == line_.size()) {
        open_batch_ = out_.size();
        return true;
      }
      if (!assignment(spec.args[i], value)) return false;
      append_varint(out_, value);
    }
    if (!nothing_more()) return false;
    if (spec.is_stack) return frames(value);
    return !spec.has_data || data();
  }

  bool frames(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!next_line()) return false;
      for (const std::string_view field : {"pc", "func", "file", "line"}) {
        std::uint64_t value = 0;
        if (!assignment(field, value)) return false;
        append_varint(out_, value);
      }
      if (!nothing_more()) return false;
    }
    return true;
  }

  // The line data="...", which an empty string does not have.
  bool data() {
    const std::size_t before = next_;
    std::string bytes;
    if (next_ < text_.size() && next_line()) {
      if (word() == "data") {
        if (!quoted_bytes(bytes) || !nothing_more()) return false;
      } else {
        next_ = before;
        --number_;
      }
    }
    append_varint(out_, bytes.size());
    for (const char c : bytes) out_.push_back(static_cast<std::byte>(c));
    return true;
  }

  bool quoted_bytes(std::string& bytes) {
    if (line_.substr(at_, 2) != "=\"") return expected("=\"...\"");
    at_ += 2;
    while (at_ < line_.size() && line_[at_] != '"') {
      if (line_[at_] != '\\') {
        bytes += line_[at_++];
      } else if (!escape(bytes)) {
        return false;
      }
    }
    if (at_ == line_.size()) return expected("a closing quote");
    ++at_;
    return true;
  }

  bool escape(std::string& bytes) {
    constexpr std::string_view kLetters = "abfnrtv\\\"";
    constexpr std::string_view kMeaning = "\a\b\f\n\r\t\v\\\"";
    const char letter = at_ + 1 < line_.size() ? line_[at_ + 1] : '\0';
    if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos) {
      bytes += kMeaning[known];
      at_ += 2;
      return true;
    }
    const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    std::uint32_t point = 0;
    const std::string_view number = line_.substr(std::min(at_ + 2, line_.size()), digits);
    const std::from_chars_result parsed =
        std::from_chars(number.data(), number.data() + number.size(), point, 16);
    if (digits == 0 || number.size() != digits || parsed.ec != std::errc{} ||
        parsed.ptr != number.data() + digits || point > 0x10ffff) {
      return expected("an escape of Go: \\n, \\x1b, \\u00e9");
    }
    at_ += 2 + digits;
    if (digits == 2) {
      bytes += static_cast<char>(point);
    } else {
      append_utf8(bytes, point);
    }
    return true;
  }

  static void append_utf8(std::string& bytes, std::uint32_t point) {
    const auto put = [&bytes](std::uint32_t value) { bytes += static_cast<char>(value); };
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xc0 | point >> 6);
      put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      put(0xe0 | point >> 12);
      put(0x80 | (point >> 6 & 0x3f));
      put(0x80 | (point & 0x3f));
    } else {
      put(0xf0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3f));
      put(0x80 | (point >> 6 & 0x3f));
      put(0x80 | (point & 0x3f));
    }
  }

  // Puts the size of the batch that was left open in front of its content.
  void close_batch() {
    if (!open_batch_) return;
    std::vector<std::byte> size;
    append_varint(size, out_.size() - *open_batch_);
    out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(*open_batch_), size.begin(), size.end());
    open_batch_.reset();
  }

  std::string_view text_;
  std::size_t next_ = 0;  // where the next line begins
  std::string_view line_;
  std::size_t at_ = 0;
  std::uint32_t number_ = 0;
  Version version_ = Version::kGo122;
  std::vector<std::byte> out_;
  std::optional<std::size_t> open_batch_;
  WireTextError error_{};
};

}  // namespace

Result<std::vector<std::byte>, WireTextError> wire_from_text(std::string_view text) {
  return Packer(text).pack();
}

}  // namespace mpglab::format
