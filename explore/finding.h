// Finding: what a judge has against one schedule, told so that a person can act on it.
//
// Made only when something is wrong, so it may allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "explore/verdict.h"
#include "parser/error.h"
#include "sim/truth.h"

namespace mpglab::explore {

// One transition of a resource as the truth knows it or as the trace tells it.
struct Told {
  std::uint64_t step = 0;     // truth only: of the engine
  std::uint64_t event = 0;    // trace only: its number in the trace, from 0
  bool status = false;        // trace only: the trace begins to know the resource here
  sim::ResourceState from{};  // means nothing for a status
  sim::ResourceState to{};
  std::uint64_t thread = 0;  // OS thread id; for a status it means nothing
};

// A trace that parses and lies about a resource.
struct Lie {
  sim::ResourceKind kind{};
  std::uint64_t id = 0;
  sim::ResourceState at_start{};  // the truth when the trace started
  std::vector<Told> truth;        // all of the session, in order
  std::vector<Told> trace;        // likewise
  std::size_t truth_at = 0;       // the first place where they differ; may be the end
  std::size_t trace_at = 0;
};

struct Finding {
  Verdict verdict = Verdict::kInternal;
  std::string code;     // which rule, in kebab case: "inconsistent-status", "missing-transition"
  std::string message;  // one line
  // Two findings with one signature are the same fault as far as can be told: verdict, code, and
  // the kind of event or of waiting, but no number that depends on the schedule.
  std::string signature;

  std::size_t session = 0;             // which trace, from 0, for kBroken and kFalse
  std::optional<parser::Error> error;  // kBroken
  std::optional<Lie> lie;              // kFalse
  std::vector<std::string> waiting;    // kDeadlock: one line for each who waits
};

}  // namespace mpglab::explore
