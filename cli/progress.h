// Progress: one line on stderr that tells how far a hunt is and how long it may still take; nothing
// if stderr is no terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/console.h"
#include "explore/hunt.h"

namespace mpglab::cli {

// How far a hunt must go: its limits, and where it started from.
struct Course {
  std::uint64_t runs = 0;  // of this shard; 0: no limit
  double seconds = 0;      // of this part of the hunt; 0: no limit
  std::uint64_t runs_before = 0;
  std::uint64_t tried_before = 0;  // of a search for states
  double seconds_before = 0;
  std::uint32_t deviations = interleave::BoundedDfs::kUnbounded;  // of DFS
};
Course course_of(const explore::HuntOptions& options);

// How long it takes until the first limit, at the speed so far; nothing if there is no limit, or no
// speed yet. For DFS within a bound the end of the search is a limit, and without one the end of
// its round; for DPOR its end is one, as far as its tree is known. Of a search for states those
// schedules count for the limit as well that came to a known state.
std::optional<double> seconds_left(const Course& course, const explore::HuntProgress& at);

// "12,345 of 100,000 schedules, 31,250/s, 0.40 s, 2.80 s left, 2 findings", and of DFS
// "2 deviations: 41,000 of 603,411 schedules, 31,250/s, 1.31 s, 18 s left, then about 2.2e+08", and
// of DPOR "12,345 schedules, 31,250/s, 0.40 s, 12 s left, about 3.2% of the tree".
std::string progress_text(const Course& course, const explore::HuntProgress& at);

class Progress {
 public:
  Progress(const Console& console, const explore::HuntOptions& options)
      : wanted_(console.progress_wanted()), course_(course_of(options)) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const explore::HuntProgress& at);
  void clear();

 private:
  bool wanted_;
  Course course_;
  bool shown_ = false;
};

}  // namespace mpglab::cli
