// Sites: the places in the runtime at which an event takes a stack, and the runtime's frames there,
// innermost first. The user's frame comes from the scenario.
//
// Function names are Go's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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
  kGc,
  kMarkAssist,
  kSweep,
  kNetpollBlock,
  kCount,
};

// The runtime's frames of each site, innermost first; unused places are empty.
inline constexpr std::size_t kMaxSiteFrames = 2;
using SiteFrames = std::array<std::string_view, kMaxSiteFrames>;
inline constexpr std::array<SiteFrames, static_cast<std::size_t>(Site::kCount)> kSiteFrames = {{
    {},                                                  // kNone
    {"runtime.StartTrace", "runtime/trace.Start"},       // kStartTrace
    {"runtime.StopTrace", "runtime/trace.Stop"},         // kStopTrace
    {"runtime.traceAdvance"},                            // kTraceAdvance
    {"runtime.stopTheWorld", "runtime.ReadMemStats"},    // kStopTheWorld
    {"runtime.startTheWorld", "runtime.ReadMemStats"},   // kStartTheWorld
    {},                                                  // kGoCreate
    {"runtime.Gosched"},                                 // kGosched
    {},                                                  // kPreempted
    {"runtime.chansend1"},                               // kChanSend
    {"runtime.chanrecv1"},                               // kChanRecv
    {"runtime.semacquire"},                              // kSemacquire
    {"syscall.Syscall"},                                 // kSyscall
    {"runtime.ReadTrace", "runtime/trace.Start.func1"},  // kTraceReader
    {},                                                  // kUser
    {"runtime.gcStart", "runtime.GC"},                   // kGc
    {"runtime.gcAssistAlloc", "runtime.mallocgc"},       // kMarkAssist
    {"runtime.deductSweepCredit", "runtime.mallocgc"},   // kSweep
    {"internal/poll.runtime_pollWait"},                  // kNetpollBlock
}};

}  // namespace mpglab::tracer
