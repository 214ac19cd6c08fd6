// G: a goroutine. Source: Go 1.22 type g (runtime2.go at 3d20a327a1).
//
// Invariant: a G is in exactly one place (`place`): nowhere, on a run queue, on an M, waiting, or
// in a syscall. Every door checks it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "interleave/coroutine.h"
#include "interleave/past.h"
#include "interleave/shared.h"
#include "sim/call_stack.h"
#include "sim/poll_desc.h"
#include "sim/status.h"
#include "sim/truth.h"
#include "tracer/traced.h"

namespace mpglab::sim {

struct M;

struct G : tracer::TracedG {
  enum class Place : std::uint8_t { kNowhere, kQueue, kOnM, kWaiting, kSyscall };
  static constexpr std::size_t kMaxRepeatDepth = 16;  // as scenario_body.h has it

  G(interleave::Engine& engine, std::uint32_t index_in_allgs)
      : tracer::TracedG(engine, "G" + std::to_string(index_in_allgs)),
        index(index_in_allgs),
        atomicstatus(engine, "G" + std::to_string(index_in_allgs) + ".atomicstatus", kGdead),
        stackguard0(engine, "G" + std::to_string(index_in_allgs) + ".stackguard0") {}

  const std::uint32_t index;  // in allgs; the goid changes when the record is used again
  interleave::Shared<std::uint32_t> atomicstatus;
  // Set: the next safe point of this goroutine goes into the scheduler. The two flags below are
  // written in the same step as this word.
  interleave::Shared<bool> stackguard0;
  bool preempt = false;
  bool preempt_stop = false;  // the preemption parks the goroutine instead of queueing it

  M* m = nullptr;
  G* schedlink = nullptr;
  WaitReason waitreason = WaitReason::kZero;
  Place place = Place::kNowhere;
  ResourceState truth = ResourceState::kNotExist;
  bool at_once = false;   // when it was left
  interleave::Past told;  // the truth's course so far

  // The stack it runs on, and what runs there.
  interleave::Coroutine coroutine;
  std::unique_ptr<interleave::Stack> stack;
  bool started = false;
  interleave::Past past;
  CallStack calls;

  // What it executes: a body of the program, or kTraceReaderBody.
  static constexpr std::uint32_t kTraceReaderBody = 0xffffffff;
  std::uint32_t body = 0;
  std::uint32_t pc = 0;
  std::array<std::uint32_t, kMaxRepeatDepth> repeat_left{};
  std::uint32_t repeat_depth = 0;
  bool system = false;  // not one of the scenario's

  std::unique_ptr<PollDesc> poll;  // of one that has read from the network
  G* netlink = nullptr;
};

}  // namespace mpglab::sim
