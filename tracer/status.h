// The statuses of goroutines and Ps as a trace writes them, with the numbers of the wire format.
//
// Source: Go 1.22 traceGoStatus and traceProcStatus (trace2status.go at 3d20a327a1).
#pragma once

#include <cstdint>

namespace mpglab::tracer {

enum class GoStatus : std::uint8_t { kBad = 0, kRunnable, kRunning, kSyscall, kWaiting };

enum class ProcStatus : std::uint8_t {
  kBad = 0,
  kRunning,
  kIdle,
  kSyscall,
  // A P that was in a syscall and is being taken away: only its taker may say so.
  kSyscallAbandoned,
};

}  // namespace mpglab::tracer
