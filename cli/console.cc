#include "cli/console.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mpglab::cli {

// A logger of our own rather than one of spdlog's registry: nothing is process-wide.
Console::Console()
    : log_(std::make_shared<spdlog::logger>("mpglab",
                                            std::make_shared<spdlog::sinks::stderr_sink_st>())) {
  log_->set_pattern("%n: %v");
}

void Console::choose_color(ColorChoice choice) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = terminal && (no_color == nullptr || *no_color == '\0');
  style_ = view::Style(choice == ColorChoice::kAlways || (choice == ColorChoice::kAuto && wanted));
  progress_wanted_ = isatty(STDERR_FILENO) != 0;
  winsize size{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    width_ = std::clamp<std::size_t>(size.ws_col, 80, 160);
}

void Console::print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Console::line(std::string_view text) {
  print(text);
  print("\n");
}

void Console::complain(std::string_view message) {
  // In the order in which things happened, when both go to one place.
  std::fflush(stdout);
  log_->error("{}", message);
}

ExitCode Console::finish(ExitCode code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  complain(fmt::format("stdout: cannot be written: {}",
                       errno == 0 ? "an earlier write failed" : std::strerror(errno)));
  return kUsage;
}

}  // namespace mpglab::cli
