// ProgramSize: how large a program is when it runs.
#pragma once

#include <cstdint>

#include "sim/program.h"

namespace mpglab::explore {

struct ProgramSize {
  // As many as that are as good as endless: a goroutine that starts itself has no end.
  static constexpr std::uint64_t kMost = 1'000'000'000'000;

  std::uint64_t goroutines = 0;  // that are started, main too
  std::uint64_t operations = 0;  // of all of them, each turn of a repeat counted
  std::uint32_t procs = 0;       // Ps

  friend bool operator==(const ProgramSize&, const ProgramSize&) = default;
};

ProgramSize size_of(const sim::Program& program);

}  // namespace mpglab::explore
