#include "cli/text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace mpglab::cli {

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    std::string_view paragraph = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), paragraph.size() + 1));
    std::string line;
    while (!paragraph.empty()) {
      const std::string_view word = paragraph.substr(0, paragraph.find(' '));
      paragraph.remove_prefix(std::min(paragraph.size(), word.size() + 1));
      if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) {
        out.append(indent).append(line).push_back('\n');
        line.clear();
      }
      if (!line.empty()) line.push_back(' ');
      line.append(word);
    }
    if (!line.empty()) out.append(indent).append(line);
    out.push_back('\n');
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.2f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3'600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 48 * 3'600) return fmt::format("{} h {} min", whole / 3'600, whole / 60 % 60);
  return fmt::format("{} days", grouped(whole / (24 * 3'600)));
}

}  // namespace mpglab::cli
