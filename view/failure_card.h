// The failure card: one screen that says what went wrong in a schedule, and how it came to that.
//
// A column for each thread that takes part, the shared words beside them, what changed starred, the
// wrong event marked X, then what the reader expected, what had really happened, the preemptions,
// the nearest schedule that passes, and the command that replays it all.
#pragma once

#include <cstddef>
#include <string>

#include "explore/nearest_passing.h"
#include "explore/recording.h"
#include "view/style.h"

namespace mpglab::view {

struct CardOptions {
  Style style{false};
  std::size_t width = 110;    // columns that the card may take
  std::size_t max_rows = 44;  // of the story
  // What to show beside it; nullptr: nothing.
  const explore::NearestPassing* passing = nullptr;
};

// REQUIRES: the recording has a finding.
std::string failure_card(const explore::Recording& recording, const CardOptions& options = {});

}  // namespace mpglab::view
