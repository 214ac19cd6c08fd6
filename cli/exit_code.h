// What the command's exit code says.
#pragma once

namespace mpglab::cli {

enum ExitCode : int {
  kNothingFound = 0,  // and the work is complete
  kFound = 1,         // a broken, false or deadlocked schedule, or a broken trace
  kUsage = 2,  // a mistake in the command, or an input or output that cannot be read or written
  kInconclusive = 3,  // the budget was spent before the answer was there
  kInternal = 4,      // our own fault
};

}  // namespace mpglab::cli
