// How much of the tree of a search by classes is explored, for people and for scripts. What the
// numbers are worth: interleave/dpor_frontier.h.
#pragma once

#include <string>

#include "cli/json.h"
#include "interleave/dpor_frontier.h"

namespace mpglab::cli {

// "about 3.2% of the tree as far as it is known, which has some 15,625 schedules then (+/- 2,100)".
std::string tree_text(const interleave::TreeEstimate& estimate);

// "about 3.2% of the tree", for a line that is short.
std::string tree_in_short(const interleave::TreeEstimate& estimate);

Json json_of(const interleave::TreeEstimate& estimate);

}  // namespace mpglab::cli
