// Why a goroutine stops or blocks and why the world is stopped, with the texts that traces carry.
//
// Source: Go 1.22 traceBlockReason, traceGoStopReason (trace2runtime.go) and stwReason (proc.go) at
// 3d20a327a1.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mpglab::tracer {

enum class BlockReason : std::uint8_t {
  kGeneric,
  kForever,
  kNet,
  kSelect,
  kCondWait,
  kSync,
  kChanSend,
  kChanRecv,
  kGcMarkAssist,
  kGcSweep,
  kSystemGoroutine,
  kPreempted,
  kDebugCall,
  kUntilGcEnds,
  kSleep,
};
inline constexpr std::array<std::string_view, 15> kBlockReasonTexts = {
    "unspecified",
    "forever",
    "network",
    "select",
    "sync.(*Cond).Wait",
    "sync",
    "chan send",
    "chan receive",
    "GC mark assist wait for work",
    "GC background sweeper wait",
    "system goroutine wait",
    "preempted",
    "wait for debug call",
    "wait until GC ends",
    "sleep",
};

enum class StopReason : std::uint8_t { kGeneric, kGosched, kPreempted };
inline constexpr std::array<std::string_view, 3> kStopReasonTexts = {
    "unspecified", "runtime.Gosched", "preempted"};

enum class StwReason : std::uint8_t { kReadMemStats, kStartTrace, kGcMarkTerm, kGcSweepTerm };
inline constexpr std::array<std::string_view, 4> kStwReasonTexts = {
    "read mem stats", "start trace", "GC mark termination", "GC sweep termination"};

}  // namespace mpglab::tracer
