// TraceSink: takes the bytes of a trace as the model's trace reader delivers them, so that a long
// run need not keep them.
#pragma once

#include <cstddef>
#include <span>

namespace mpglab::sim {

class TraceSink {
 public:
  virtual ~TraceSink() = default;

  // More of the newest trace. Called from a simulated thread: nothing that is called here may come
  // to a choice point, or throw.
  virtual void write(std::span<const std::byte> bytes) = 0;
};

}  // namespace mpglab::sim
