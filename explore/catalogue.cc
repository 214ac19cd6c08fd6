#include "explore/catalogue.h"

#include <algorithm>
#include <array>

#include "base/near_name.h"

namespace mpglab::explore {

namespace {

constexpr std::array<Race, 2> kRaces = {{
    {
        .number = 0,
        .side = Side::kTracer,
        .id = "gcwait-stop-not-steal",
        .title = "a thread records that it stops a P which is another thread's by then",
        .story =
            "A thread enters a syscall and marks its P as being in one. Before it looks whether "
            "the world is being stopped, sysmon takes the P, another thread runs a goroutine on it "
            "and enters a syscall as well. Now the first thread sees the stop-the-world and wins "
            "the compare-and-swap on the mark, which is not its own any more. The P is stopped, "
            "which is right, and ProcStop is recorded, \"the P that this thread holds stops\", "
            "which is wrong: the reader knows that this thread holds none. The fix records "
            "ProcSteal always, naming the thread that had the P last.",
        .issue = "",
        .commits = "b6b72c775a",
        .versions = "Go 1.22 in development, fixed before 1.22rc1",
        .scenario = "gcwait",
        .sim_switch = &sim::Faults::gcwait_stop_not_steal,
        .reader_switch = nullptr,
    },
    {
        .number = 1,
        .side = Side::kReader,
        .id = "self-steal-update-order",
        .title = "the reader forgets that a thread has taken a P from itself",
        .story =
            "Since the fix of gcwait-stop-not-steal, a thread that gives up its P for a "
            "stop-the-world records a ProcSteal, mostly from itself. The reader of that day noted "
            "in the thread's record that the P was gone, and then, as after every event, wrote "
            "back what it had remembered of the thread before. So the thread had its P again, and "
            "the next ProcStart on it could never be accepted. A sound trace was called broken.",
        .issue = "",
        .commits = "b6b72c775a",
        .versions = "Go 1.22 in development, fixed before 1.22rc1",
        .scenario = "gcwait",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::self_steal_update_order,
    },
}};

constexpr bool numbers_are_places() {
  for (std::size_t i = 0; i < kRaces.size(); ++i)
    if (kRaces[i].number != i) return false;
  return kRaces.size() <= 64;
}
static_assert(numbers_are_places(), "a race's number is its place in the table, and below 64");

constexpr bool one_switch_each() {
  return std::all_of(kRaces.begin(), kRaces.end(), [](const Race& race) {
    return (race.sim_switch == nullptr) != (race.reader_switch == nullptr);
  });
}
static_assert(one_switch_each(), "a race has exactly one switch");

}  // namespace

std::span<const Race> catalogue() {
  return kRaces;
}

const Race* find_race(std::string_view id) {
  const auto* const found =
      std::find_if(kRaces.begin(), kRaces.end(), [&](const Race& race) { return race.id == id; });
  return found == kRaces.end() ? nullptr : found;
}

std::string_view nearest_race(std::string_view id) {
  std::array<std::string_view, kRaces.size()> ids;
  std::transform(kRaces.begin(), kRaces.end(), ids.begin(),
                 [](const Race& race) { return race.id; });
  return nearest_name(id, ids);
}

bool FaultSet::known() const {
  return kRaces.size() == 64 || (bits_ >> kRaces.size()) == 0;
}

sim::Faults FaultSet::sim_faults() const {
  sim::Faults faults;
  for (const Race& race : kRaces)
    if (has(race) && race.sim_switch != nullptr) faults.*race.sim_switch = true;
  return faults;
}

parser::ReaderFaults FaultSet::reader_faults() const {
  parser::ReaderFaults faults;
  for (const Race& race : kRaces)
    if (has(race) && race.reader_switch != nullptr) faults.*race.reader_switch = true;
  return faults;
}

}  // namespace mpglab::explore
