#include "cli/last_words.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "base/check.h"
#include "cli/exit_code.h"

namespace mpglab::cli {

namespace {

constexpr std::array kFatal = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

// What the handler says. Set before the handlers are, and never changed while they are.
struct Words {
  const explore::RunningSchedules* running = nullptr;
  std::string_view of;
  std::string_view kept;
  std::array<struct sigaction, kFatal.size()> before{};
  std::atomic_flag said = ATOMIC_FLAG_INIT;
};
Words words;

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void say(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), number);
  if (error == std::errc{}) say({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

extern "C" void say_last_words(int signal) {
  // Of several threads that die at once one speaks.
  if (!words.said.test_and_set()) {
    const std::uint64_t schedule = words.running->of(static_cast<std::uint64_t>(::gettid()));
    say("mpglab: internal error: signal ");
    say(static_cast<std::uint64_t>(signal));
    if (schedule != 0) {
      say(" in schedule ");
      say(schedule);
    }
    say(" of ");
    say(words.of);
    say("; ");
    say(words.kept);
    say("\n");
    std::_Exit(kInternal);
  }
  for (;;) ::pause();
}

}  // namespace

LastWords::LastWords(const explore::RunningSchedules& running, std::string of, std::string kept)
    : of_(std::move(of)), kept_(std::move(kept)) {
  MPG_CHECK(words.running == nullptr, "two hunts in one process");
  words.running = &running;
  words.of = of_;
  words.kept = kept_;
  struct sigaction action {};
  action.sa_handler = say_last_words;
  for (std::size_t i = 0; i < kFatal.size(); ++i) ::sigaction(kFatal[i], &action, &words.before[i]);
}

LastWords::~LastWords() {
  for (std::size_t i = 0; i < kFatal.size(); ++i) ::sigaction(kFatal[i], &words.before[i], nullptr);
  words.running = nullptr;
}

}  // namespace mpglab::cli
