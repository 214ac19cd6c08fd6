// Verdict: what is said of a schedule, of a hunt and of a replay. The list is closed.
//
// Only a search that has been through every schedule may say "verified"; it is no verdict about one
// schedule, so it has no place here.
#pragma once

#include <cstdint>
#include <string_view>

namespace mpglab::explore {

enum class Verdict : std::uint8_t {
  kSound,      // the trace parses and tells the truth, and the runtime kept its invariants
  kBroken,     // the trace does not parse
  kFalse,      // the trace parses and does not tell what happened
  kDeadlock,   // nobody could go on
  kInvariant,  // the runtime caught itself in a state that must not be
  kBudget,     // the schedule took more steps than allowed: nothing can be said
  kInternal,   // mpglab itself is at fault
};

constexpr std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSound:
      return "sound";
    case Verdict::kBroken:
      return "broken";
    case Verdict::kFalse:
      return "false";
    case Verdict::kDeadlock:
      return "deadlock";
    case Verdict::kInvariant:
      return "invariant";
    case Verdict::kBudget:
      return "budget";
    case Verdict::kInternal:
      return "internal";
  }
  return "?";
}

// Does it show a fault of the program under test? A spent budget shows nothing.
constexpr bool is_finding(Verdict verdict) {
  return verdict == Verdict::kBroken || verdict == Verdict::kFalse ||
         verdict == Verdict::kDeadlock || verdict == Verdict::kInvariant;
}

}  // namespace mpglab::explore
