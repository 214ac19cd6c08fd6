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
  const auto c = std::to_integer<char>(byte);
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
