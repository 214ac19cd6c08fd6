// How many classes of equivalent schedules a hunt has met and how much is unseen, for people and
// for scripts.
#pragma once

#include <string>

#include "cli/json.h"
#include "interleave/class_count.h"

namespace mpglab::cli {

// "9,123 classes of equivalent schedules, 4,012 of them met once; the next schedule is of a new one
// with a probability of 41.2% +/- 0.3%".
std::string classes_text(const interleave::ClassEstimate& estimate);

// "9,123 classes, 41.2% +/- 0.3% unseen", for a line that is short.
std::string classes_in_short(const interleave::ClassEstimate& estimate);

Json json_of(const interleave::ClassEstimate& estimate);

}  // namespace mpglab::cli
