// Faults of the reader that can be switched on: those that Go's own reader once had. Off by
// default.
#pragma once

namespace mpglab::parser {

struct ReaderFaults {
  // ProcSteal from oneself: the thread's P is cleared in its record, which the handler's unchanged
  // context then overwrites, so the thread seems to have its P still (before Go b6b72c775a).
  bool self_steal_update_order = false;

  friend bool operator==(const ReaderFaults&, const ReaderFaults&) = default;
};

}  // namespace mpglab::parser
