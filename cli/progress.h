// Progress: one line on stderr that tells how far a hunt is; nothing if stderr is no terminal.
#pragma once

#include <cstdint>

#include "cli/console.h"

namespace mpglab::cli {

class Progress {
 public:
  // Limits of the hunt; 0: none.
  Progress(const Console& console, std::uint64_t runs, double seconds)
      : wanted_(console.progress_wanted()), runs_(runs), seconds_(seconds) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t runs, std::uint64_t findings, double seconds);
  void clear();

 private:
  bool wanted_;
  std::uint64_t runs_;
  double seconds_;
  bool shown_ = false;
};

}  // namespace mpglab::cli
