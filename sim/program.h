// Program: what a scenario's goroutines do, as the simulator runs it.
//
// A scenario file (sim/scenario.h) is compiled to this once; a World runs it over and over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mpglab::sim {

// Operations bear Go's names. `argument` and `count` mean what is said here; elsewhere they are 0.
// The numbers are in tokens: a new one comes last.
enum class OpKind : std::uint8_t {
  kGo,               // start goroutine body `argument`, `count` times
  kSyscall,          // a syscall that the runtime does not know to block: entersyscall, exitsyscall
  kBlockingSyscall,  // one that it knows to block: entersyscallblock, exitsyscall
  kGosched,          // runtime.Gosched
  kWork,             // compute for `count` units; a preemption is noticed before each
  kSend,             // send on channel `argument`
  kRecv,             // receive from channel `argument`
  kStopTheWorld,     // stop the world and start it again, as runtime.ReadMemStats does
  kGeneration,       // advance the trace by one generation (traceAdvance)
  kTraceStart,       // runtime/trace.Start
  kTraceStop,        // runtime/trace.Stop
  kWait,             // park until every goroutine started by the scenario has ended; main only
  kRepeat,           // the operations up to the matching kEnd, `count` times
  kEnd,              // `argument` is the index of the matching kRepeat
  kGc,               // a garbage collection, as runtime.GC
  kAlloc,            // allocate: assist the collection that marks, sweep what is to be swept
  kNetRead,          // read from a network connection on which nothing has arrived yet
};

struct Op {
  OpKind kind;
  std::uint32_t argument = 0;
  std::uint32_t count = 0;
  std::uint32_t line = 0;  // in the scenario file, counted from 1

  friend bool operator==(const Op&, const Op&) = default;
};

struct GoroutineBody {
  std::string name;  // "main", "worker"
  std::vector<Op> ops;
};

struct Channel {
  std::string name;
  std::uint32_t capacity = 0;
};

// A number that the scenario leaves open, and what it is in this program.
struct ProgramSetting {
  std::string name;
  std::uint32_t value = 0;
  bool changed = false;  // it is not the scenario's default
};

// Invariants: body 0 is main; repeats nest and are closed; every index is in range; kWait occurs in
// main only; without kTraceStart anywhere, `trace_whole_run` is set, and main's body runs between
// StartTrace and StopTrace, with a kWait before the latter.
struct Program {
  std::string name;  // "gcwait": the file's name without folder and ending
  std::string file;  // as it appears in stacks: "scenarios/gcwait.toml"
  std::string title;
  std::string story;
  std::uint32_t gomaxprocs = 1;
  bool trace_whole_run = true;
  // For proofs, which cannot take everything: only what the bodies do is open. A trace of the whole
  // run starts and stops undisturbed and when all is quiet, and no time limit runs out while
  // anybody can go on, so that sysmon comes only when nobody else does anything.
  bool bodies_only = false;
  // The scheduler's own steps are made at once: whoever starts, parks, readies or looks for a
  // goroutine is not interrupted, unless it has to wait. What is open are syscalls, stops of the
  // world, preemptions and the tracer in them.
  bool scheduling_at_once = false;
  // Idle Ms are alike but for their names, so it does not matter which of several is woken: always
  // the first by number, whatever the order in which they came. For proofs, which then need not try
  // every order. (Go wakes the one that came last; each schedule of the one kind is one of the
  // other with the Ms' names exchanged.)
  bool idle_ms_alike = false;
  // If only the bodies are open: a look that only spares a compare-and-swap is no step
  // (Shared::look_and_cas). Not said in a scenario: switched off to measure what it spares.
  bool looks_spared = true;
  std::vector<GoroutineBody> bodies;
  std::vector<Channel> channels;
  std::vector<ProgramSetting> settings;  // in the order of the file; tokens have their numbers
};

// How many goroutines it has, with those that are started by those it starts, and with the readers
// of traces that it starts itself; if there are more than so many, one more.
inline constexpr std::uint64_t kMostGoroutines = 4096;
std::uint64_t goroutines_of(const Program& program);

}  // namespace mpglab::sim
