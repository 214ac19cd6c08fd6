// Condition: what has to come about before an event can happen, exactly enough to be looked up.
//
// A condition names one state of one resource: a goroutine or P with a status and a sequence
// number of this generation, a thread without a P, a P that has left its syscall, the garbage
// collection at a number. An event waits for one, or for several one after the other.
#pragma once

#include <compare>
#include <cstdint>

namespace mpglab::parser {

struct Condition {
  enum class Kind : std::uint8_t { kGoroutine, kProc, kProcOutOfSyscall, kThreadWithoutProc, kGc };
  Kind kind = Kind::kGc;
  std::uint8_t status = 0;   // of a goroutine or P, as Order numbers them
  std::int64_t id = 0;       // of the goroutine, P or thread
  std::uint64_t number = 0;  // the last sequence number of the resource

  friend auto operator<=>(const Condition&, const Condition&) = default;
};

}  // namespace mpglab::parser
