// Recording: everything about one schedule that a person may want to see, from one more run with an
// observer. Hunting records nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "explore/finding.h"
#include "explore/lab.h"
#include "explore/replay.h"
#include "explore/token.h"
#include "interleave/access.h"
#include "interleave/tape.h"
#include "sim/truth.h"
#include "sim/world.h"

namespace mpglab::explore {

struct RecordedStep {
  std::uint64_t number = 0;  // of the engine, from 1; choices that touch nothing have no entry
  interleave::ThreadId thread = interleave::kNoThread;
  interleave::Operation operation;
  std::uint64_t before = 0;  // the object's word
  std::uint64_t after = 0;
  std::string before_text;  // as people read it
  std::string after_text;
  std::string function;         // the runtime function that made it
  std::int64_t goroutine = -1;  // -1: none

  bool changed() const { return before != after; }
};

struct RecordedChoice {
  std::size_t index = 0;  // in the tape
  interleave::Choice choice{};
  interleave::ThreadId current = interleave::kNoThread;
  interleave::ThreadId taken = interleave::kNoThread;
  std::size_t before_step = 0;  // index into steps of the first step made after it
  std::string function;         // what `current` was about

  // The schedule goes another way than the default one.
  bool deviates() const { return choice.value != 0; }
  // A thread that could have gone on was held up.
  bool preempts() const {
    return choice.kind == interleave::ChoiceKind::kPreempt && choice.value != 0;
  }
};

struct RecordedObject {
  std::string name;
  bool changes = false;  // some step of this schedule changes it
};

struct Recording {
  Token token;
  Verdict verdict = Verdict::kSound;
  std::optional<Finding> finding;
  std::vector<std::string> threads;     // labels, by thread id
  std::vector<RecordedObject> objects;  // by object id
  std::vector<RecordedStep> steps;
  std::vector<RecordedChoice> choices;
  std::vector<sim::LoggedEvent> events;  // of all traces, as the tracer wrote them
  std::vector<sim::TruthRecord> truth;
  std::vector<sim::TraceSession> sessions;
  std::uint64_t total_steps = 0;
  std::uint64_t switches = 0;
};

// REQUIRES: as replay().
Result<Recording, Divergence> record(Lab& lab, const Token& token);

}  // namespace mpglab::explore
