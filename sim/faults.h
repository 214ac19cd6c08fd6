// Faults of the runtime and its tracer that can be switched on. Off, the model is Go 1.22's
// protocol with every later fix that concerns it.
//
// A switch sits at the very place where Go had the fault. explore/catalogue tells its story.
#pragma once

namespace mpglab::sim {

struct Faults {
  // entersyscall_gcwait records ProcStop instead of ProcSteal (before Go b6b72c775a).
  bool gcwait_stop_not_steal = false;

  friend bool operator==(const Faults&, const Faults&) = default;
};

}  // namespace mpglab::sim
