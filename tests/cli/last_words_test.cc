// The last words of a hunt that a fault of ours ends.

#include "cli/last_words.h"

#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/exit_code.h"

namespace mpglab::cli {
namespace {

class LastWordsDeathTest : public testing::Test {
 protected:
  [[noreturn]] void die() {
    const LastWords last_words(running_, "gcwait (seed 1)", "it is in d");
    std::raise(SIGSEGV);
    std::abort();
  }

  explore::RunningSchedules running_;
};

TEST_F(LastWordsDeathTest, NameTheScheduleOfTheThreadThatDies) {
  EXPECT_EXIT(
      {
        running_.set(0, 1, 41);
        running_.set(1, static_cast<std::uint64_t>(::gettid()), 42);
        die();
      },
      testing::ExitedWithCode(kInternal),
      "^mpglab: internal error: signal 11 in schedule 42 of gcwait \\(seed 1\\); it is in d\n$");
}

TEST_F(LastWordsDeathTest, NameNoneOutsideOfAny) {
  EXPECT_EXIT(die(), testing::ExitedWithCode(kInternal), "signal 11 of gcwait \\(seed 1\\); ");
}

TEST_F(LastWordsDeathTest, AreNotSaidAnyMoreWhenTheHuntIsOver) {
  EXPECT_EXIT(
      {
        { const LastWords last_words(running_, "gcwait", "it is in d"); }
        std::raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace mpglab::cli
