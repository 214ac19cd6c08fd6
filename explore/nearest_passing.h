// nearest_passing: beside a schedule with a finding, the one most like it that ends well: the same
// preemptions, but one of them a step later or sooner. What lies between the two is the step that
// makes the difference.
//
// Deterministic, and bounded by `max_runs`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "explore/lab.h"
#include "explore/token.h"

namespace mpglab::explore {

struct NearestPassing {
  enum class How : std::uint8_t {
    kLater,    // the thread makes `steps` more before it is held
    kSooner,   // it makes `steps` fewer
    kWithout,  // the default is taken where the failing schedule deviates from it
  };

  How how = How::kLater;
  std::uint64_t steps = 0;  // kLater and kSooner; at least 1
  // The deviation, as the failing schedule has it.
  bool preempts = true;       // always, but for kWithout
  std::string thread;         // who decides: for a preemption, who is held
  std::string function;       // where it is; may be empty
  std::string next;           // who goes on; for a choice of the program `thread`
  std::string default_next;   // kWithout: who goes on in the schedule that passes
  std::uint64_t at_step = 0;  // the first step after it
  // kLater and kSooner: the step of `thread` that one schedule has before the other thread goes on
  // and the other after it.
  std::string access;         // "cas"
  std::string object;         // "P1.status"; empty: the step touches nothing
  std::string step_function;  // "entersyscall_gcwait"; may be empty
  Token token;                // of the schedule that passes
};

struct NearestPassingOptions {
  std::uint32_t farthest = 64;  // how many choice points a preemption is moved at most
  std::uint64_t max_runs = 2'000;
};

// Nearer ones come first; of equally near ones later before sooner, and the last preemption before
// the first. Only where no preemption can be moved one deviation is left out. Nothing: no such
// schedule passes, or `token` has no finding or does not fit.
// REQUIRES: as replay().
std::optional<NearestPassing> nearest_passing(Lab& lab, const Token& token,
                                              NearestPassingOptions options = {});

}  // namespace mpglab::explore
