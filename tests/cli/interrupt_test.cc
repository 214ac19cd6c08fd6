// Ctrl-C.

#include "cli/interrupt.h"

#include <csignal>

#include <gtest/gtest.h>

namespace mpglab::cli {
namespace {

TEST(Interrupt, IsNoticed) {
  const Interrupt interrupt;
  std::raise(SIGINT);
  EXPECT_TRUE(interrupt.happened());
}

TEST(Interrupt, HasNotHappenedBefore) {
  const Interrupt interrupt;
  EXPECT_FALSE(interrupt.happened());
}

TEST(Interrupt, IsForgottenByTheNext) {
  {
    const Interrupt interrupt;
    std::raise(SIGINT);
  }
  const Interrupt next;
  EXPECT_FALSE(next.happened());
}

TEST(InterruptDeathTest, EndsTheProcessTheSecondTime) {
  EXPECT_EXIT(
      {
        const Interrupt interrupt;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace mpglab::cli
