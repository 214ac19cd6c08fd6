// Error: why a trace could not be read further, where, by which rule, and what contradicts it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/event.h"

namespace mpglab::parser {

// Closed: one for each rule. Names are what people and scripts see.
enum class ErrorCode : std::uint8_t {
  // The input.
  kUnreadable,      // the source gave an error
  kEmpty,           // no bytes at all
  kNotATrace,       // no header of a Go trace
  kTooOld,          // v1 of the format, Go 1.21 and before
  kUnknownVersion,  // a version that this reader does not know
  // Structure.
  kTruncated,      // the input ends inside of something
  kBadBatch,       // what should be a batch is none, or one of an impossible size
  kBadGeneration,  // generations out of order, or number 0
  kMissingSync,    // no frequency or clock snapshot in a generation
  kBadTable,       // a string, stack or sample table is malformed or contradicts itself
  kBadEvent,       // an event that does not exist, has no time, or is cut
  kBadId,          // an event names a string or stack that the generation does not have
  // Order.
  kInconsistentStatus,  // a status event contradicts what the trace said before
  kInvalidStatus,       // a status value that does not exist
  kInconsistentThread,  // a goroutine in a syscall on a thread that has another
  kBadContext,       // the thread has no P or goroutine where the event needs one, or the reverse
  kWrongState,       // the goroutine or P is in a state in which this cannot happen
  kUnknownResource,  // an event about a goroutine or P that nobody introduced
  kAlreadyExists,    // a goroutine or task is created twice
  kBadSteal,         // a P is stolen from a thread that does not have it
  kBadSequence,      // a sequence number does not follow
  kBadRange,         // a range or region begins twice or ends without a beginning
  kFailedToAdvance,  // every thread waits for something that never comes
};
std::string_view code_name(ErrorCode code);
// The rule in a sentence, for people.
std::string_view code_rule(ErrorCode code);

// A place in the input.
struct Place {
  std::uint64_t generation = 0;
  std::uint64_t offset = 0;
  std::int64_t thread = -1;
  format::EventType event = format::EventType::kNone;
};

// What an event that cannot happen yet lacks.
enum class Lack : std::uint8_t {
  kNothing,         // it is next, or was not looked at
  kIntroduction,    // no status of its goroutine or P ever came
  kReintroduction,  // none came in this generation
  kNumber,          // the number before its own
  kState,           // the state that it needs
  kFreeThread,      // its thread has a P already
  kSteal,           // somebody who takes the P away that its thread has in a syscall
};

// A thread whose next event cannot happen yet, when none can.
struct Waiting {
  Place place;
  std::string event;  // "ProcStart p=1 p_seq=2"
  std::string needs;  // "P1 to be Idle; it is Syscall"
  Lack lack = Lack::kNothing;
  // Where in the rest of the generation that comes: behind the event that its own thread waits
  // with, or that event itself.
  std::optional<Place> comes;
  // It was searched for, and nothing brings it: the end of a chain, and the one to look at.
  bool nowhere = false;
};

struct Error {
  ErrorCode code = ErrorCode::kUnreadable;
  // As Go's own reader puts it where it has the same error.
  std::string message;
  std::uint64_t events = 0;  // delivered before it
  // Where; nothing for errors of the input as a whole.
  std::optional<Place> place;
  // The input ended before the generation was complete: there may have been more of it.
  bool input_ended = false;
  // What is wrong with the input behind the generation, for an error that the generation itself
  // has: part of it may be missing for that reason. Its code, message and place are those of the
  // input.
  std::shared_ptr<const Error> behind;
  std::string event;  // the wire event as text, if it is about one
  // The earlier event that made the state which this one contradicts.
  std::optional<Place> contradicts;
  std::string contradiction;  // what that state is: "P1 is Syscall"
  // For kFailedToAdvance: the earliest of them, as many as anybody may want to read.
  std::vector<Waiting> waiting;
  std::uint64_t waiting_threads = 0;  // how many there are
};

}  // namespace mpglab::parser
