#include "format/version.h"

#include <string_view>

namespace mpglab::format {

namespace {

constexpr std::string_view kPrefix = "go 1.";
constexpr std::string_view kSuffix{" trace\0\0\0", 9};
static_assert(kPrefix.size() + 2 + kSuffix.size() == kHeaderSize);

// What a header consists of. A blank stands for one blank or more, 'd' for digits and '?' for
// blanks that may be there.
constexpr std::string_view kPattern{"go 1.?d trace\0\0\0", 16};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

// The spaces that take more than one byte, all of two or three.
bool is_wide_blank(std::uint32_t rune) {
  switch (rune) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return true;
    default:
      return rune >= 0x2000 && rune <= 0x200a;
  }
}

}  // namespace

std::optional<Version> version_of(std::uint32_t go_minor) {
  switch (go_minor) {
    case 22:
      return Version::kGo122;
    case 23:
      return Version::kGo123;
    case 25:
      return Version::kGo125;
    case 26:
      return Version::kGo126;
    default:
      return std::nullopt;
  }
}

Header header_of(Version version) {
  Header header{};
  std::size_t at = 0;
  const auto put = [&](char c) { header[at++] = static_cast<std::byte>(c); };
  for (const char c : kPrefix) put(c);
  const auto minor = static_cast<unsigned>(version);
  put(static_cast<char>('0' + minor / 10));
  put(static_cast<char>('0' + minor % 10));
  for (const char c : kSuffix) put(c);
  return header;
}

HeaderReader::Step HeaderReader::take(std::byte byte) {
  const auto value = std::to_integer<std::uint8_t>(byte);
  if (rune_left_ != 0) return take_rest_of_rune(value);
  if (value < 0x80) return take_character(static_cast<char>(value));
  // The beginning of a character of two or three bytes; nothing of four is a space.
  if (value >= 0xc2 && value < 0xe0) {
    rune_ = value & 0x1fU;
    rune_left_ = 1;
    return Step::kMore;
  }
  if (value >= 0xe0 && value < 0xf0) {
    rune_ = value & 0x0fU;
    rune_left_ = 2;
    return Step::kMore;
  }
  return Step::kBad;
}

HeaderReader::Step HeaderReader::take_rest_of_rune(std::uint8_t byte) {
  if ((byte & 0xc0) != 0x80) return Step::kBad;
  rune_ = rune_ << 6 | (byte & 0x3fU);
  // Of three bytes the first two say that there are too many for so small a number.
  if (--rune_left_ == 1 && rune_ < 0x20) return Step::kBad;
  if (rune_left_ != 0) return Step::kMore;
  return is_wide_blank(rune_) ? take_character(' ') : Step::kBad;
}

HeaderReader::Step HeaderReader::take_character(char c) {
  const auto next = [this] {
    ++at_;
    some_ = false;
  };
  for (;;) {
    switch (kPattern[at_]) {
      case '?':
        if (is_blank(c)) return Step::kMore;
        next();
        continue;
      case ' ':
        if (is_blank(c)) {
          some_ = true;
          return Step::kMore;
        }
        if (!some_) return Step::kBad;
        next();
        continue;
      case 'd':
        if (c >= '0' && c <= '9') {
          some_ = true;
          minor_ = minor_ * 10 + static_cast<std::uint64_t>(c - '0');
          return minor_ <= 0xffffffff ? Step::kMore : Step::kBad;
        }
        if (!some_) return Step::kBad;
        next();
        continue;
      default:
        if (c != kPattern[at_]) return Step::kBad;
        next();
        return at_ == kPattern.size() ? Step::kDone : Step::kMore;
    }
  }
}

HeaderContent HeaderReader::content() const {
  const auto minor = static_cast<std::uint32_t>(minor_);
  return {minor, version_of(minor)};
}

}  // namespace mpglab::format
