#include "cli/progress.h"

#include <cstdio>

#include <fmt/format.h>

#include "cli/text.h"

namespace mpglab::cli {

void Progress::show(std::uint64_t runs, std::uint64_t findings, double seconds) {
  if (!wanted_) return;
  const double rate = seconds > 0 ? static_cast<double>(runs) / seconds : 0.0;
  std::string text = grouped(runs);
  if (runs_ != 0) text += fmt::format(" of {}", grouped(runs_));
  text += fmt::format(" schedules, {}/s, {}", grouped(static_cast<std::uint64_t>(rate)),
                      duration_text(seconds));
  if (seconds_ > 0) text += fmt::format(" of {}", duration_text(seconds_));
  if (findings > 0) text += fmt::format(", {}", counted(findings, "finding"));
  // Back to the beginning of the line, and clear what is left of the one before.
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace mpglab::cli
