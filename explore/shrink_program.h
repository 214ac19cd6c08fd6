// shrink_program: from a schedule with a finding to a smaller program that has the same finding
// (the same signature) in some schedule.
//
// Left out are, by turns: goroutines, operations (by halves, as in shrink.h), turns of repeats, Ps.
// For each candidate a schedule with the finding is looked for: the old one, followed as far as it
// fits; then schedules like it (similar.h); then those that a hunt would try. What has the finding
// is shrunk. Preemptions count most: a smaller program whose schedule takes more of them than the
// old one is none to go on with.
//
// Of the result nothing can be left out alone so that the finding is met again within the budget of
// a candidate. It need not be the smallest there is.
//
// Every candidate is printed as a scenario and read again (sim/scenario_text.h), so the result is
// the program of its text, to the line. Deterministic, and bounded by `max_runs`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "explore/finding.h"
#include "explore/program_size.h"
#include "explore/replay.h"
#include "explore/shrink.h"
#include "explore/token.h"
#include "sim/program.h"

namespace mpglab::explore {

struct ShrinkProgramProgress {
  std::uint64_t runs;      // schedules tried
  std::uint64_t programs;  // candidates tried
  ProgramSize size;        // of the smallest so far
};

struct ShrinkProgramOptions {
  std::uint64_t max_runs = 2'000'000;  // at least 1
  // For each candidate, at most.
  std::uint64_t similar_runs = 10'000;
  std::uint64_t hunt_runs = 5'000;
  // Called now and then. Returning false ends it, with what is there.
  std::function<bool(const ShrinkProgramProgress&)> progress = {};
};

struct ShrinkProgramResult {
  std::string text;      // the scenario file
  sim::Program program;  // what is read from it
  // From the schedule that was given to that of the smaller program; `schedule.runs` counts the
  // last shrinking only.
  ShrinkResult schedule;
  ProgramSize before;
  ProgramSize after;
  std::uint64_t runs = 0;      // schedules tried, all in all
  std::uint64_t programs = 0;  // candidates tried
  bool minimal = false;        // nothing more can be left out; false: it was ended before
};

// `file` is how the smaller scenario will be called in stacks and messages; it gives the program
// its name.
// REQUIRES: check_fits(token, program), the token's schedule has a finding, and no other Lab or
// World of this OS thread is used from now on: candidates have one each.
Result<ShrinkProgramResult, Divergence> shrink_program(const sim::Program& program,
                                                       const Token& token, std::string file,
                                                       const ShrinkProgramOptions& options = {});

}  // namespace mpglab::explore
