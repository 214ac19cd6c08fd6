// Sites: the places in the runtime at which an event takes a stack, and the runtime's frames there,
// innermost first. The user's frame comes from the scenario.
//
// Function names are Go's.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace mpglab::tracer {

enum class Site : std::uint8_t {
  kNone,  // no stack: the event is written by the scheduler or by sysmon
  kStartTrace,
  kStopTrace,
  kTraceAdvance,
  kStopTheWorld,
  kStartTheWorld,
  kGoCreate,
  kGosched,
  kPreempted,
  kChanSend,
  kChanRecv,
  kSemacquire,
  kSyscall,
  kTraceReader,
  kUser,  // the user's frame alone
  kCount,
};

// The runtime's frames of a site, innermost first.
constexpr std::span<const std::string_view> frames_of(Site site) {
  using Names = std::string_view;
  static constexpr std::array<Names, 2> kStartTraceFrames = {"runtime.StartTrace",
                                                             "runtime/trace.Start"};
  static constexpr std::array<Names, 2> kStopTraceFrames = {"runtime.StopTrace",
                                                            "runtime/trace.Stop"};
  static constexpr std::array<Names, 1> kTraceAdvanceFrames = {"runtime.traceAdvance"};
  static constexpr std::array<Names, 2> kStopTheWorldFrames = {"runtime.stopTheWorld",
                                                               "runtime.ReadMemStats"};
  static constexpr std::array<Names, 2> kStartTheWorldFrames = {"runtime.startTheWorld",
                                                                "runtime.ReadMemStats"};
  static constexpr std::array<Names, 1> kGoschedFrames = {"runtime.Gosched"};
  static constexpr std::array<Names, 1> kChanSendFrames = {"runtime.chansend1"};
  static constexpr std::array<Names, 1> kChanRecvFrames = {"runtime.chanrecv1"};
  static constexpr std::array<Names, 1> kSemacquireFrames = {"runtime.semacquire"};
  static constexpr std::array<Names, 1> kSyscallFrames = {"syscall.Syscall"};
  static constexpr std::array<Names, 2> kTraceReaderFrames = {"runtime.ReadTrace",
                                                              "runtime/trace.Start.func1"};
  switch (site) {
    case Site::kStartTrace: return kStartTraceFrames;
    case Site::kStopTrace: return kStopTraceFrames;
    case Site::kTraceAdvance: return kTraceAdvanceFrames;
    case Site::kStopTheWorld: return kStopTheWorldFrames;
    case Site::kStartTheWorld: return kStartTheWorldFrames;
    case Site::kGosched: return kGoschedFrames;
    case Site::kChanSend: return kChanSendFrames;
    case Site::kChanRecv: return kChanRecvFrames;
    case Site::kSemacquire: return kSemacquireFrames;
    case Site::kSyscall: return kSyscallFrames;
    case Site::kTraceReader: return kTraceReaderFrames;
    case Site::kNone:
    case Site::kGoCreate:
    case Site::kPreempted:
    case Site::kUser:
    case Site::kCount: return {};
  }
  return {};
}

}  // namespace mpglab::tracer
