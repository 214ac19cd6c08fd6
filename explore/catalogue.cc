#include "explore/catalogue.h"

#include <algorithm>
#include <array>

#include "base/near_name.h"

namespace mpglab::explore {

namespace {

constexpr auto kRaces = std::to_array<Race>({
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
        .command = "",
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
        .command = "",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::self_steal_update_order,
    },
    {
        .number = 2,
        .side = Side::kReader,
        .id = "thread-id-reuse",
        .title = "the reader takes two threads with one id for one",
        .story =
            "A thread of C calls into Go and gets a P, returns to C in a syscall, and ends. The P "
            "stays in the syscall until somebody retakes it, and nothing in the trace says that "
            "the thread is gone. The system gives its id to a new thread, which starts another P. "
            "The reader still has the first P on that thread, so the start waits for ever: a "
            "sound trace was called broken. Since the fix the end of the callback takes the P off "
            "the thread, and the reader adds the steal that the trace has not got yet.",
        .issue = "golang/go#64060",
        .commits = "6d7b3c8cd1",
        .versions = "readers before Go 1.22rc1",
        .scenario = "",
        .command = "check --bug thread-id-reuse",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::thread_id_reuse,
    },
    {
        .number = 3,
        .side = Side::kReader,
        .id = "create-syscall-with-proc",
        .title = "the reader lets a callback begin on a thread that has a P",
        .story =
            "For five days the reader answered the failures of thread-id-reuse by allowing a "
            "callback from C to begin on a thread that still has a P, as if the P of the last "
            "callback were there to be used again. It is not: whoever retook it may run on it. A "
            "GoSyscallEnd there says that the thread kept a P which it never had, and a runtime "
            "that writes that is wrong. So the lenient reader called a false trace sound, and hid "
            "the mistake of the runtime behind it.",
        .issue = "golang/go#64060",
        .commits = "6d7b3c8cd1",
        .versions = "readers between aae7734658 and 1.22rc1",
        .scenario = "",
        .command = "check --bug create-syscall-with-proc",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::create_syscall_with_proc,
    },
    {
        .number = 4,
        .side = Side::kReader,
        .id = "syscall-steal-ambiguity",
        .title = "the reader cannot tell which syscall a P was stolen from",
        .story =
            "A goroutine makes two syscalls. In the first it keeps its P; in the second sysmon "
            "takes the P away. The thief's clock is behind, so its event seems to lie in the "
            "first. Nothing said which syscall the steal belongs to, so the reader let it take "
            "the P in the first, and then the first GoSyscallEnd had no P: a sound trace was "
            "called broken. Since the fix GoSyscallBegin carries the P's next sequence number, "
            "and the steal has to wait for its turn.",
        .issue = "golang/go#64061",
        .commits = "c06beb9eff",
        .versions = "the first four days of v2, in Go 1.22 in development",
        .scenario = "",
        .command = "check --bug syscall-steal-ambiguity",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::syscall_steal_ambiguity,
    },
    {
        .number = 5,
        .side = Side::kReader,
        .id = "batch-order-by-time",
        .title = "the reader wants the batches of a thread in ascending time",
        .story =
            "Times within a buffer are made to increase by one where the clock stands still, so a "
            "burst of events runs ahead of a coarse clock, and the thread's next buffer begins "
            "again at the clock: earlier than the last one ended, and with an older buffer in "
            "hand even earlier than the last one began. That is no mistake: the order of the "
            "batches in the stream is what counts for one thread, times are a hint for the order "
            "between threads. The first reader refused such traces.",
        .issue = "golang/go#64061",
        .commits = "e8298c09b1",
        .versions = "the first four days of v2, in Go 1.22 in development",
        .scenario = "",
        .command = "check --bug batch-order-by-time",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::batch_order_by_time,
    },
    {
        .number = 6,
        .side = Side::kReader,
        .id = "broken-spilled-batch",
        .title = "a broken generation takes the whole one before it along",
        .story =
            "Up to Go 1.25 nothing ends a generation but the first batch of the next, so the "
            "reader is always one batch ahead. When a program dies, that batch is often cut in "
            "the middle. The reader then gave up at once, although the generation before was "
            "complete and in its hands: all its events, perhaps the only ones in the file, were "
            "lost to the user. Since the fix the complete generation is delivered first, and the "
            "error comes behind it.",
        .issue = "golang/go#55160",
        .commits = "4513f1a1c1",
        .versions = "readers up to Go 1.22",
        .scenario = "",
        .command = "check --bug broken-spilled-batch",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::broken_spilled_batch,
    },
    {
        .number = 7,
        .side = Side::kReader,
        .id = "final-sync-missing",
        .title = "the last sync is lost when the next generation is broken",
        .story =
            "A sync stands in front of every generation and one more at the end, so that whoever "
            "reads along knows that what came before is complete. When the reader learned to "
            "deliver the complete generation before a broken one, the sync between that and the "
            "error was lost, so a consumer that works from sync to sync threw the last complete "
            "generation away, or waited for its end. For some weeks it came with a wrong number, "
            "or after the error.",
        .issue = "golang/go#71615",
        .commits = "283296195b 887d9ef610 85f8e240fe",
        .versions = "readers of Go 1.25 in development",
        .scenario = "",
        .command = "check --bug final-sync-missing",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::final_sync_missing,
    },
    {
        .number = 8,
        .side = Side::kReader,
        .id = "nondeterministic-tie-order",
        .title = "equal times come in another order at each reading",
        .story =
            "Two threads have events at the same time that do not depend on each other. Either "
            "order is right, but the reader put the threads into its queue in the order of a "
            "map's iteration, which Go makes random on purpose. So two readings of one file gave "
            "two sequences, and tests and tools that compared them saw differences where there "
            "were none. Since the fix the thread whose first batch comes first goes first. Here "
            "the order is drawn from --seed.",
        .issue = "golang/go#68277",
        .commits = "1c4acea03d",
        .versions = "readers up to Go 1.23",
        .scenario = "",
        .command = "dump --events --seed 2 --bug nondeterministic-tie-order",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::nondeterministic_tie_order,
    },
    {
        .number = 9,
        .side = Side::kReader,
        .id = "late-generation-leniency",
        .title = "nobody asks whether a later generation introduces what it uses",
        .story =
            "Every generation has to say the status of each goroutine and P before it is used, so "
            "that a trace can be read from the middle. The reader asks for that in the first "
            "generation that it sees and never again: what an earlier one has introduced is "
            "known. So a tracer that forgets a status in a later generation goes unnoticed until "
            "somebody cuts the trace, or a flight recorder's snapshot begins there. Go's reader "
            "is so to this day; check --each-generation judges without that leniency, and this "
            "switch puts it back.",
        .issue = "golang/go#75665",
        .commits = "",
        .versions = "all readers to this day",
        .scenario = "",
        .command = "check --each-generation --bug late-generation-leniency",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::late_generation_leniency,
    },
    {
        .number = 10,
        .side = Side::kReader,
        .id = "mstate-written-without-advance",
        .title = "the reader remembers what an event that has to wait would have done",
        .story =
            "The reader tries the next event of each thread, and one that cannot happen yet must "
            "leave no mark. The record of the thread was written back in a deferred call, whether "
            "the event had happened or not. No handler that refused had changed the record "
            "before, so nothing came of it; but it took one line more for a ProcStart that waits "
            "for its P to leave the P on the thread, where the next try finds it and refuses for "
            "ever. This switch has that line.",
        .issue = "",
        .commits = "7348773640",
        .versions = "readers of Go 1.22, never with an effect",
        .scenario = "",
        .command = "check --bug mstate-written-without-advance",
        .sim_switch = nullptr,
        .reader_switch = &parser::ReaderFaults::mstate_written_without_advance,
    },
});

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
