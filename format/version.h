// The versions of the v2 trace format, and the header that names them.
//
// Source: the headers of real traces; "go 1.22 trace" and three zero bytes, 16 bytes in all.
// Go 1.24 writes version 1.23.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mpglab::format {

// The number is the minor version of Go.
enum class Version : std::uint8_t { kGo122 = 22, kGo123 = 23, kGo125 = 25, kGo126 = 26 };

inline constexpr std::size_t kHeaderSize = 16;
using Header = std::array<std::byte, kHeaderSize>;

Header header_of(Version version);

// What a header says. Go wrote other versions before 1.22 (v1 of the format), and will write
// others.
struct HeaderContent {
  std::uint32_t go_minor;
  std::optional<Version> version;  // nothing: not one of ours
};

// Reads a header, a byte at a time. Like Go's own reader it takes more spaces than one where the
// header has one, spaces in front of the number, and zeros in front of it; and whatever Unicode
// calls a space for one.
class HeaderReader {
 public:
  enum class Step : std::uint8_t { kMore, kDone, kBad };
  Step take(std::byte byte);
  // REQUIRES: take() has answered kDone.
  HeaderContent content() const;

 private:
  Step take_rest_of_rune(std::uint8_t byte);
  Step take_character(char c);

  std::uint32_t rune_ = 0;  // what is there of a character of several bytes
  unsigned rune_left_ = 0;  // how many bytes are missing
  std::size_t at_ = 0;      // in what a header consists of
  bool some_ = false;       // of what may come several times there
  std::uint64_t minor_ = 0;
};

std::optional<Version> version_of(std::uint32_t go_minor);

}  // namespace mpglab::format
