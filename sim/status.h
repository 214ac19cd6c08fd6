// The states of goroutines and Ps. Names and meaning are Go's (runtime2.go at 3d20a327a1).
#pragma once

#include <cstdint>
#include <string_view>

namespace mpglab::sim {

// A goroutine's status word: one of these, with kGscan added while somebody else holds the
// goroutine still.
enum GStatus : std::uint32_t {
  kGidle = 0,
  kGrunnable = 1,
  kGrunning = 2,
  kGsyscall = 3,
  kGwaiting = 4,
  kGdead = 6,
  kGpreempted = 9,
  kGscan = 0x1000,
};

enum class PStatus : std::uint8_t {
  kPidle = 0,
  kPrunning,
  kPsyscall,
  kPgcstop,
  kPdead,
};

constexpr std::string_view name_of(PStatus status) {
  switch (status) {
    case PStatus::kPidle:
      return "idle";
    case PStatus::kPrunning:
      return "running";
    case PStatus::kPsyscall:
      return "syscall";
    case PStatus::kPgcstop:
      return "gcstop";
    case PStatus::kPdead:
      return "dead";
  }
  return "?";
}

constexpr std::string_view name_of_g_status(std::uint32_t status) {
  switch (status & ~static_cast<std::uint32_t>(kGscan)) {
    case kGidle:
      return "idle";
    case kGrunnable:
      return "runnable";
    case kGrunning:
      return "running";
    case kGsyscall:
      return "syscall";
    case kGwaiting:
      return "waiting";
    case kGdead:
      return "dead";
    case kGpreempted:
      return "preempted";
    default:
      return "?";
  }
}

// Why a goroutine waits, as far as somebody asks. The reasons for which a goroutine only pretends
// to wait, so that others may look at it while it runs on, come last.
enum class WaitReason : std::uint8_t {
  kZero,
  kChanReceive,
  kChanSend,
  kSemacquire,
  kTraceReaderBlocked,
  kPreempted,
  kIoWait,
  kStoppingTheWorld,
  kTraceGoroutineStatus,
  kTraceProcStatus,
  kGarbageCollection,
};

constexpr std::string_view name_of(WaitReason reason) {
  switch (reason) {
    case WaitReason::kZero:
      return "";
    case WaitReason::kChanReceive:
      return "chan receive";
    case WaitReason::kChanSend:
      return "chan send";
    case WaitReason::kSemacquire:
      return "semacquire";
    case WaitReason::kTraceReaderBlocked:
      return "trace reader (blocked)";
    case WaitReason::kPreempted:
      return "preempted";
    case WaitReason::kIoWait:
      return "IO wait";
    case WaitReason::kStoppingTheWorld:
      return "stopping the world";
    case WaitReason::kTraceGoroutineStatus:
      return "trace goroutine status";
    case WaitReason::kTraceProcStatus:
      return "trace proc status";
    case WaitReason::kGarbageCollection:
      return "garbage collection";
  }
  return "?";
}

// Such a goroutine is running, whatever its status word says: the tracer must show it so
// (isWaitingForGC in Go d6a3d093c3, with the tracer's own two reasons).
constexpr bool only_pretends_to_wait(WaitReason reason) {
  return reason >= WaitReason::kStoppingTheWorld;
}

}  // namespace mpglab::sim
