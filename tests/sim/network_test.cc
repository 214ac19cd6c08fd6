// The network poller as traces show it: who finds out that bytes have arrived.

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>

#include "sim/world_fixture.h"

namespace mpglab::sim {
namespace {

using enum format::EventType;

class NetworkTest : public WorldTest {
 protected:
  // Was a goroutine made runnable by an event for which `holds`?
  template <class Predicate>
  bool woken_by(Predicate holds) const {
    const auto logged = world_->logged_events();
    return std::any_of(logged.begin(), logged.end(), [&](const LoggedEvent& event) {
      return event.type == static_cast<std::uint8_t>(kGoUnblock) && holds(event);
    });
  }
  bool is_sysmon(const LoggedEvent& event) const {
    return world_->thread_label(event.thread) == "sysmon";
  }
};

TEST_F(NetworkTest, AReaderWaitsAndIsWoken) {
  scenario("netread", "work 1", 1);
  run_default();
  const std::vector<ResourceState> main = history(ResourceKind::kGoroutine, 1);
  const auto waits = std::find(main.begin(), main.end(), ResourceState::kWaiting);
  ASSERT_NE(waits, main.end());
  EXPECT_EQ(*(waits + 1), ResourceState::kRunnable);
}

TEST_F(NetworkTest, SysmonPollsWhenNobodyHasForLongInSomeSchedule) {
  scenario("go worker\nwork 20", "netread", 1);
  world_->log_events(true);
  const unsigned by_sysmon = count_random(
      500, [this] { return woken_by([this](const auto& event) { return is_sysmon(event); }); });
  EXPECT_GT(by_sysmon, 0U);
}

TEST_F(NetworkTest, EveryScheduleEndsWithAllReadersServed) {
  scenario("go worker\ngo worker\ngo worker\nnetread", "netread\nnetread", 2);
  unsigned finished = 0;
  for (unsigned i = 0; i < 500; ++i)
    if (run_random(i).kind == Outcome::Kind::kFinished) ++finished;
  EXPECT_EQ(finished, 500U);
}

}  // namespace
}  // namespace mpglab::sim
