// World: Go's runtime in miniature, running one program under the engine, schedule after schedule.
//
// Purpose: one World is made for a program and a set of options, and run() is called for each
// schedule; everything is reset between, nothing is allocated in steady state.
// Owner: whoever explores; one World (and its Engine) for each OS thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interleave/engine.h"
#include "interleave/strategy.h"
#include "sim/faults.h"
#include "sim/program.h"
#include "sim/trace_sink.h"
#include "sim/truth.h"

namespace mpglab::sim {

struct WorldOptions {
  Faults faults;
  interleave::EngineOptions engine;
  // Without the truth a trace cannot be judged, and a run may be as long as it likes.
  bool keep_truth = true;
  // Where the traces go, if not into the sessions, whose bytes stay empty then. Not owned.
  TraceSink* sink = nullptr;
};

// One event as the tracer wrote it. For explanations: hunting keeps none.
struct LoggedEvent {
  std::uint64_t step;  // of the engine, when it was written
  interleave::ThreadId thread;
  std::int64_t procid;  // whose batch it is in; -1: no thread's
  std::uint64_t gen;
  std::uint8_t type;  // the wire format's number of the event
  std::vector<std::uint64_t> args;
};

// How one schedule ended, before any trace is looked at.
struct Outcome {
  enum class Kind : std::uint8_t {
    kFinished,   // main returned
    kThrow,      // an invariant of the runtime failed; `message` says which
    kDeadlock,   // nobody can go on; see Engine's execution and World::describe_waiting
    kBudget,     // more steps than allowed
    kGivenUp,    // the strategy knows what may follow
    kDiverged,   // the strategy's tape does not fit
    kExhausted,  // the strategy had nothing more to try
  };
  Kind kind = Kind::kFinished;
  std::string message;
  const interleave::Execution* execution = nullptr;
};

class World {
 public:
  World(const Program& program, WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Runs one schedule. Everything that the accessors below return is about the last run.
  const Outcome& run(interleave::Strategy& strategy);

  // The traces that were started, in order. Those that were not stopped are not complete.
  std::span<const TraceSession> sessions() const;
  const TruthLog& truth() const;
  interleave::Engine& engine();

  // The state of the world but for what is in its words and what its threads know: everything that
  // decides what can happen and how it will be judged. For StateSearch; during a run.
  // REQUIRES: program.bodies_only.
  std::uint64_t fingerprint() const;

  // Whether the next runs keep the events that the tracer writes, and those of the last run.
  void log_events(bool on);
  std::span<const LoggedEvent> logged_events() const;

  // For a deadlock: one line for each thread and each parked goroutine: what it waits for.
  std::string describe_waiting() const;

  // What thread `thread` of the engine is in the model: "M0", "sysmon". Valid during and after a
  // run.
  std::string thread_label(interleave::ThreadId thread) const;
  // What the thread is about right now, for a column of the failure card: the innermost runtime
  // function that is being run ("retake", "entersyscall_gcwait") and the goroutine, if any.
  // Meant for an Observer during a run.
  std::string_view function_of(interleave::ThreadId thread) const;
  std::int64_t goroutine_of(interleave::ThreadId thread) const;  // -1: none

  // A word of the model as people read it: value_text(id of P0.status, 2) is "syscall".
  std::string value_text(interleave::ObjectId object, std::uint64_t value) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mpglab::sim
