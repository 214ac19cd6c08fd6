#include "parser/error.h"

namespace mpglab::parser {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnreadable:
      return "unreadable";
    case ErrorCode::kEmpty:
      return "empty";
    case ErrorCode::kNotATrace:
      return "not-a-trace";
    case ErrorCode::kTooOld:
      return "too-old";
    case ErrorCode::kUnknownVersion:
      return "unknown-version";
    case ErrorCode::kTruncated:
      return "truncated";
    case ErrorCode::kBadBatch:
      return "bad-batch";
    case ErrorCode::kBadGeneration:
      return "bad-generation";
    case ErrorCode::kMissingSync:
      return "missing-sync";
    case ErrorCode::kBadTable:
      return "bad-table";
    case ErrorCode::kBadEvent:
      return "bad-event";
    case ErrorCode::kBadId:
      return "bad-id";
    case ErrorCode::kInconsistentStatus:
      return "inconsistent-status";
    case ErrorCode::kInvalidStatus:
      return "invalid-status";
    case ErrorCode::kInconsistentThread:
      return "inconsistent-thread";
    case ErrorCode::kBadContext:
      return "bad-context";
    case ErrorCode::kWrongState:
      return "wrong-state";
    case ErrorCode::kUnknownResource:
      return "unknown-resource";
    case ErrorCode::kAlreadyExists:
      return "already-exists";
    case ErrorCode::kBadSteal:
      return "bad-steal";
    case ErrorCode::kBadSequence:
      return "bad-sequence";
    case ErrorCode::kBadRange:
      return "bad-range";
    case ErrorCode::kFailedToAdvance:
      return "failed-to-advance";
  }
  return "?";
}

std::string_view code_rule(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnreadable:
      return "the input can be read to its end";
    case ErrorCode::kEmpty:
      return "a trace has at least a header";
    case ErrorCode::kNotATrace:
      return "a trace begins with \"go 1.N trace\" and three zero bytes";
    case ErrorCode::kTooOld:
      return "only v2 traces (Go 1.22 and later) are read";
    case ErrorCode::kUnknownVersion:
      return "the version is one of 1.22, 1.23, 1.25 and 1.26";
    case ErrorCode::kTruncated:
      return "a trace ends at the end of a batch";
    case ErrorCode::kBadBatch:
      return "a trace is a row of batches of at most 65536 bytes";
    case ErrorCode::kBadGeneration:
      return "generations follow each other, and each is whole before the next";
    case ErrorCode::kMissingSync:
      return "each generation says how its clock runs, once";
    case ErrorCode::kBadTable:
      return "tables of strings, stacks and samples are well-formed and free of contradiction";
    case ErrorCode::kBadEvent:
      return "a batch of events holds only whole timed events";
    case ErrorCode::kBadId:
      return "an event names only strings and stacks of its generation";
    case ErrorCode::kInconsistentStatus:
      return "a status repeats what the events before it have made of the resource";
    case ErrorCode::kInvalidStatus:
      return "a status is one of those that exist";
    case ErrorCode::kInconsistentThread:
      return "a goroutine in a syscall is on the thread that took it there";
    case ErrorCode::kBadContext:
      return "the thread has what the event needs: a P, a goroutine";
    case ErrorCode::kWrongState:
      return "the event fits the state of its goroutine and P";
    case ErrorCode::kUnknownResource:
      return "events are about goroutines and Ps that are known";
    case ErrorCode::kAlreadyExists:
      return "what is created did not exist before";
    case ErrorCode::kBadSteal:
      return "a P is stolen from the thread that has it";
    case ErrorCode::kBadSequence:
      return "the sequence numbers of a resource have no gaps";
    case ErrorCode::kBadRange:
      return "ranges and regions begin and end in pairs";
    case ErrorCode::kFailedToAdvance:
      return "at every moment the next event of some thread can happen";
  }
  return "?";
}

}  // namespace mpglab::parser
