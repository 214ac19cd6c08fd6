#include "format/version.h"

#include <string_view>

namespace mpglab::format {

namespace {

constexpr std::string_view kPrefix = "go 1.";
constexpr std::string_view kSuffix{" trace\0\0\0", 9};
static_assert(kPrefix.size() + 2 + kSuffix.size() == kHeaderSize);

bool matches(std::span<const std::byte> bytes, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::to_integer<char>(bytes[i]) != text[i]) return false;
  }
  return true;
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

std::optional<HeaderContent> read_header(std::span<const std::byte, kHeaderSize> bytes) {
  if (!matches(bytes, kPrefix) || !matches(bytes.subspan(kPrefix.size() + 2), kSuffix)) {
    return std::nullopt;
  }
  std::uint32_t minor = 0;
  for (const std::byte b : bytes.subspan(kPrefix.size(), 2)) {
    const auto digit = std::to_integer<std::uint32_t>(b) - '0';
    if (digit > 9) return std::nullopt;
    minor = minor * 10 + digit;
  }
  return HeaderContent{minor, version_of(minor)};
}

}  // namespace mpglab::format
