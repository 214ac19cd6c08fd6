// Style: colour on a terminal that wants it, and plain text everywhere else.
#pragma once

#include <string>
#include <string_view>

namespace mpglab::view {

enum class Ink { kPlain, kBold, kFaint, kRed, kGreen, kYellow, kCyan };

class Style {
 public:
  explicit Style(bool color) : color_(color) {}

  bool color() const { return color_; }
  std::string operator()(Ink ink, std::string_view text) const;

 private:
  bool color_;
};

}  // namespace mpglab::view
