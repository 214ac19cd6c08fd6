// Console: what a command says, and where. Results go to stdout, everything else to stderr.
#pragma once

#include <memory>
#include <string_view>

#include "cli/exit_code.h"
#include "view/style.h"

namespace spdlog {
class logger;
}

namespace mpglab::cli {

enum class ColorChoice { kAuto, kAlways, kNever };

class Console {
 public:
  Console();

  // kAuto: colour if stdout is a terminal and NO_COLOR is not set (no-color.org).
  void choose_color(ColorChoice choice);

  const view::Style& style() const { return style_; }
  bool progress_wanted() const { return progress_wanted_; }
  // How many columns a card may take: those of the terminal, within reason.
  std::size_t width() const { return width_; }

  void print(std::string_view text);
  // The text and a newline.
  void line(std::string_view text);
  // One line on stderr: "mpglab: " and the message.
  void complain(std::string_view message);

  // To be called last: everything must have reached stdout. The exit code, or kUsage if it has not.
  ExitCode finish(ExitCode code);

 private:
  std::shared_ptr<spdlog::logger> log_;  // stderr
  view::Style style_{false};
  bool progress_wanted_ = false;
  std::size_t width_ = 110;
};

}  // namespace mpglab::cli
