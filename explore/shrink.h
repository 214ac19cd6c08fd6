// shrink: from a schedule with a finding to one with the same finding (the same signature) and only
// the deviations from the default schedule that matter.
//
// A schedule is taken apart in two forms, by turns: deviations, each anchored to a place in a
// thread's own course so that taking one away does not shift the others (interleave/anchored.h),
// minimised by halves (ddmin, Zeller and Hildebrandt 2002); and segments, who ran how far
// (segments.h). Because that ends where nothing more can be left out, and often far from the
// smallest there is, other schedules with the finding are drawn by chance and taken apart as well:
// hunted for anew, with threads held up (holds.h), and like the best so far (similar.h). Fewer
// preemptions count first, then fewer deviations. Of the result no single deviation can be left
// out; it need not be the smallest there is.
//
// Deterministic, and bounded by `max_runs`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "explore/finding.h"
#include "explore/lab.h"
#include "explore/replay.h"
#include "explore/token.h"

namespace mpglab::explore {

struct ShrinkOptions {
  std::uint64_t max_runs = 150'000;
};

struct ShrinkResult {
  Token token;  // its origin is that of the token that was shrunk
  Finding finding;
  std::uint64_t runs = 0;  // schedules tried
  std::size_t preemptions_before = 0;
  std::size_t preemptions_after = 0;
  std::size_t deviations_before = 0;
  std::size_t deviations_after = 0;
  std::uint64_t steps_before = 0;
  std::uint64_t steps_after = 0;
  bool minimal =
      false;  // leaving out any one deviation loses the finding; false: max_runs was spent
};

// REQUIRES: as replay(), and the token's schedule has a finding; a sound one is answered unchanged.
Result<ShrinkResult, Divergence> shrink(Lab& lab, const Token& token, ShrinkOptions options = {});

}  // namespace mpglab::explore
