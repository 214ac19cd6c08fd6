// TraceWriter: writes events into an M's buffer of one generation.
//
// Source: Go 1.22 traceWriter (trace2buf.go, trace2event.go, trace2status.go at 3d20a327a1). As
// there, the writer is a value that has taken the buffer from the M: end() must give it back.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "format/event.h"
#include "tracer/buffer.h"
#include "tracer/status.h"
#include "tracer/traced.h"

namespace mpglab::tracer {

class Tracer;

class TraceWriter {
 public:
  // For an M that is inside its critical section: continues the M's buffer.
  TraceWriter(Tracer& tracer, TracedM& m, std::uint64_t gen)
      : tracer_(&tracer), m_(&m), gen_(gen), buf_(m.buf[gen % 2]) {}
  // unsafeTraceWriter: for no thread, into a batch of its own. Ends with flush().
  TraceWriter(Tracer& tracer, std::uint64_t gen) : tracer_(&tracer), gen_(gen) {}

  // Writes one event with the time now. A choice point only when the buffer is full.
  void event(format::EventType type, std::initializer_list<std::uint64_t> args);

  // Go: writeGoStatus, with what goes along with it.
  void go_status(std::uint64_t goid, std::int64_t procid, GoStatus status, bool in_mark_assist);
  // Go: writeProcStatus.
  void proc_status(std::int32_t p_id, ProcStatus status, bool in_sweep);
  // Go: writeProcStatusForP: whatever the P's status is, if nobody has written it in this
  // generation. [cp]
  void proc_status_for_p(TracedP& p, bool owns_world);

  // Raw data that is no timed event: the batches of strings, stacks and the frequency.
  void ensure(std::size_t size);
  TraceBuf& buffer() { return *buf_; }

  // Gives the buffer back to the M.
  void end();
  // Pushes the buffer out. [cp]
  void flush();

 private:
  Tracer* tracer_;
  TracedM* m_ = nullptr;
  std::uint64_t gen_;
  TraceBuf* buf_ = nullptr;
};

}  // namespace mpglab::tracer
