// PollDesc: what the runtime knows of the connection that a goroutine reads from.
//
// Source: Go 1.22 pollDesc, of which rg is modelled (netpoll.go at 3d20a327a1). Each goroutine of
// the model has a connection of its own.
#pragma once

#include <cstdint>
#include <string>

#include "interleave/shared.h"

namespace mpglab::sim {

struct PollDesc {
  // In Go the word holds the goroutine itself where it is parked.
  enum Rg : std::uint32_t { kNil, kReady, kWait, kParked };

  PollDesc(interleave::Engine& engine, const std::string& name) : rg(engine, name + ".rg", kNil) {}

  interleave::Shared<std::uint32_t> rg;
};

}  // namespace mpglab::sim
