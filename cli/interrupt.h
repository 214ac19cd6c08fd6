// Interrupt: notices Ctrl-C while it lives, so that what was found so far can be said.
//
// The first SIGINT is noticed, and from then on the default holds again: a second one ends the
// process. A signal handler can reach nothing but an object of the process, so there is one flag,
// and at most one Interrupt at a time.
#pragma once

namespace mpglab::cli {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool happened() const;
};

}  // namespace mpglab::cli
