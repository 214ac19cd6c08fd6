// What is said of the schedule nearest to a failing one that passes.
#pragma once

#include <string>

#include "explore/nearest_passing.h"

namespace mpglab::view {

// A clause: "if M2, held before step 444 for M0, makes one more step first: the load of
// sched.gcwaiting in reentersyscall".
std::string passing_words(const explore::NearestPassing& passing);

}  // namespace mpglab::view
