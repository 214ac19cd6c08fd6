#include "doctor/diagnosis.h"

#include <algorithm>
#include <array>
#include <string>

namespace mpglab::doctor {

namespace {

using parser::ErrorCode;
using parser::Lack;

// What a race leaves behind. Empty texts and kNothing match whatever there is.
struct Signature {
  ErrorCode code;
  std::string_view event;    // the wire event's name
  std::string_view message;  // part of the reader's message
  Lack lack;                 // of some thread that waits, with that event
  KnownRace race;
};

// Rows with the same signature stand in the order of how likely they are.
constexpr auto kSignatures = std::to_array<Signature>({
    {ErrorCode::kFailedToAdvance,
     "ProcStart",
     "",
     Lack::kIntroduction,
     {"dead-p-stale-on-stop", "golang/go#65318", "Go 1.22",
      "the process has traced before, and GOMAXPROCS was raised in this trace after having been "
      "lowered in an earlier one"}},
    {ErrorCode::kFailedToAdvance,
     "ProcStart",
     "",
     Lack::kReintroduction,
     {"gomaxprocs-vs-p-state-clearing", "golang/go#76572", "Go 1.23 to 1.25",
      "GOMAXPROCS was lowered while a generation changed, and raised in a later one"}},
    {ErrorCode::kFailedToAdvance,
     "ProcStart",
     "",
     Lack::kReintroduction,
     {"dead-p-stale-on-stop", "golang/go#65318", "Go 1.22",
      "Go 1.22, and GOMAXPROCS was lowered before the generation changed"}},
    {ErrorCode::kFailedToAdvance,
     "GoSyscallEndBlocked",
     "",
     Lack::kSteal,
     {"steal-outside-trace-lock", "golang/go#65181", "Go 1.22 before 1.22.0",
      "the missing ProcSteal would be the last event of its P in the generation, or is in the "
      "next"}},
    {ErrorCode::kFailedToAdvance,
     "ProcStart",
     "",
     Lack::kFreeThread,
     {"steal-outside-trace-lock", "golang/go#65181", "Go 1.22 before 1.22.0",
      "the thread has left a syscall without its P, and no ProcSteal says who took it"}},
    {ErrorCode::kFailedToAdvance,
     "ProcStart",
     "",
     Lack::kState,
     {"acquire-p-under-trace-lock", "43ffe2a892", "none shipped",
      "the ProcStop that the start waits for is in the next generation"}},
    {ErrorCode::kInconsistentThread,
     "GoStatus",
     "",
     Lack::kNothing,
     {"status-mid-not-procid", "golang/go#65196", "Go 1.22 before 1.22rc2",
      "in an earlier generation the same goroutine's GoStatus named a small number for its thread: "
      "the runtime's index in place of the thread's id"}},
    {ErrorCode::kUnknownResource,
     "ProcStop",
     "",
     Lack::kNothing,
     {"gcwait-stop-not-steal", "b6b72c775a", "Go 1.22 in development",
      "a stop-the-world is under way, and another thread has the P in a syscall"}},
    {ErrorCode::kInconsistentStatus,
     "ProcStatus",
     "old Syscall vs. new Running",
     Lack::kNothing,
     {"proc-status-safepoint-window", "golang/go#64318", "Go 1.22 in development",
      "the GoSyscallBegin before it is the last event of the generation on its thread"}},
    {ErrorCode::kInconsistentStatus,
     "ProcStatus",
     "old Idle vs. new Running",
     Lack::kNothing,
     {"nested-acquire-generation-skew", "CL 708397", "Go 1.24 and 1.25",
      "an event of the tracer's own callees (stack growth, allocation) is the first of the "
      "generation on this thread"}},
    {ErrorCode::kInconsistentStatus,
     "GoStatus",
     "old Runnable vs. new Waiting",
     Lack::kNothing,
     {"injectglist-event-before-cas", "golang/go#70883", "Go 1.22 and 1.23",
      "the goroutine was unblocked by a thread without a P, two generations ago"}},
    {ErrorCode::kInconsistentStatus,
     "GoStatus",
     "old Waiting vs. new Running",
     Lack::kNothing,
     {"nested-acquire-generation-skew", "CL 708397", "Go 1.24 and 1.25",
      "the GoBlock before it and this status are of the same thread"}},
    {ErrorCode::kInconsistentStatus,
     "GoStatus",
     "old Running vs. new Waiting",
     Lack::kNothing,
     {"waiting-for-gc-shown-waiting", "d6a3d093c3", "Go 1.22",
      "a garbage collection or another traceAdvance is under way"}},
    {ErrorCode::kInconsistentStatus,
     "GoStatus",
     "old Syscall vs. new Runnable",
     Lack::kNothing,
     {"start-without-syscall-drain", "43ffe2a892", "none shipped",
      "the goroutine was in its syscall when the trace began"}},
    {ErrorCode::kBadContext,
     "GoBlock",
     "expected a goroutine",
     Lack::kNothing,
     {"preempt-park-dropg-first", "golang/go#75665", "Go 1.22 to 1.25",
      "the block's reason is \"preempted\", and the trace begins with this generation"}},
    {ErrorCode::kBadContext,
     "GoSwitchDestroy",
     "expected a goroutine",
     Lack::kNothing,
     {"coro-destroy-missing-status", "no issue is known", "Go 1.23 and later",
      "an iterator's goroutine ends as its first event of the generation, and the trace begins "
      "with "
      "it"}},
    {ErrorCode::kBadContext,
     "GoDestroy",
     "expected a goroutine",
     Lack::kNothing,
     {"coro-destroy-missing-status", "no issue is known", "Go 1.23 and later",
      "the goroutine belongs to an iterator (iter.Pull)"}},
    {ErrorCode::kBadSteal,
     "ProcSteal",
     "but got proc",
     Lack::kNothing,
     {"thread-id-reuse", "golang/go#64060", "readers before Go 1.22rc1",
      "the thread has run a callback from C, or its id has been another's before"}},
    {ErrorCode::kBadSequence,
     "GoSyscallBegin",
     "",
     Lack::kNothing,
     {"syscall-steal-ambiguity", "golang/go#64061", "Go 1.22 in development",
      "every GoSyscallBegin of the trace has the number 0"}},
});

std::string_view name_of_event(std::string_view event) {
  return event.substr(0, event.find(' '));
}

bool fits(const Signature& signature, const parser::Error& error) {
  if (signature.code != error.code) return false;
  if (error.message.find(signature.message) == std::string::npos) return false;
  if (error.code != ErrorCode::kFailedToAdvance)
    return name_of_event(error.event) == signature.event;
  return std::any_of(error.waiting.begin(), error.waiting.end(), [&](const auto& waiting) {
    return waiting.lack == signature.lack && name_of_event(waiting.event) == signature.event;
  });
}

// Nobody ever writes the event that has the next number of its resource, and later ones are there:
// no tracer leaves a gap, so what had them is lost.
bool misses_events(const parser::Error& error) {
  return std::any_of(error.waiting.begin(), error.waiting.end(), [](const auto& waiting) {
    return waiting.nowhere && waiting.lack == Lack::kNumber;
  });
}

Trouble trouble_of(const parser::Error& error) {
  switch (error.code) {
    case ErrorCode::kUnreadable:
    case ErrorCode::kEmpty:
    case ErrorCode::kNotATrace:
      return Trouble::kNotATrace;
    case ErrorCode::kTooOld:
    case ErrorCode::kUnknownVersion:
      return Trouble::kTooOld;
    case ErrorCode::kTruncated:
      return Trouble::kTruncated;
    case ErrorCode::kBadBatch:
    case ErrorCode::kBadTable:
    case ErrorCode::kBadEvent:
    case ErrorCode::kBadId:
    case ErrorCode::kInvalidStatus:
      return Trouble::kCorrupt;
    case ErrorCode::kMissingSync:
      return error.input_ended ? Trouble::kTruncated : Trouble::kMissingGeneration;
    case ErrorCode::kBadGeneration:
      return Trouble::kMissingGeneration;
    case ErrorCode::kFailedToAdvance:
      return misses_events(error) ? Trouble::kMissingGeneration : Trouble::kTracerRace;
    default:
      return Trouble::kTracerRace;
  }
}

}  // namespace

std::string_view trouble_name(Trouble trouble) {
  switch (trouble) {
    case Trouble::kNotATrace:
      return "not a Go trace";
    case Trouble::kTooOld:
      return "a version that is not read";
    case Trouble::kTruncated:
      return "truncated";
    case Trouble::kCorrupt:
      return "corrupt bytes";
    case Trouble::kMissingGeneration:
      return "a generation or a batch is missing";
    case Trouble::kTracerRace:
      return "a tracer race";
  }
  return "?";
}

Diagnosis diagnose(const parser::Error& error) {
  // What is missing in a generation that is cut explains what is wrong in it.
  if (error.behind) return {trouble_of(*error.behind), {}};
  Diagnosis diagnosis{trouble_of(error), {}};
  for (const Signature& signature : kSignatures) {
    if (!fits(signature, error)) continue;
    const bool known =
        std::any_of(diagnosis.races.begin(), diagnosis.races.end(),
                    [&](const KnownRace& race) { return race.id == signature.race.id; });
    if (!known) diagnosis.races.push_back(signature.race);
  }
  return diagnosis;
}

}  // namespace mpglab::doctor
