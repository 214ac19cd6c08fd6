// What goroutines do: the operations of a scenario, and the trace reader.

#include "base/check.h"
#include "sim/runtime.h"

namespace mpglab::sim {

void Runtime::goroutine_entry(void* runtime) {
  Runtime& self = *static_cast<Runtime*>(runtime);
  G& g = *self.this_m().starting;
  self.this_m().starting = nullptr;
  if (g.body == G::kTraceReaderBody) {
    self.trace_reader_body();
  } else if (g.index == 0) {
    self.main_goroutine(g);
  } else {
    self.run_body(g);
    self.goroutine_done();
  }
  self.goexit();
}

// main.main: when it returns, the process ends, whatever the others do.
void Runtime::main_goroutine(G& g) {
  if (program_.trace_whole_run) trace_start();
  bodies_begin();
  run_body(g);
  if (program_.trace_whole_run) wait_for_others();
  bodies_end();
  if (program_.trace_whole_run) trace_stop();
  main_returned_ = true;
  engine_.stop();
}

// If only the bodies are open, nothing is asked of the strategy before and behind them. Where they
// begin and end all is quiet, so that no order of steps inside and outside of them is left out.
void Runtime::bodies_begin() {
  if (!program_.bodies_only) return;
  engine_.await_quiet();
  engine_.undisturbed(false);
}

void Runtime::bodies_end() {
  if (!program_.bodies_only) return;
  engine_.await_quiet();
  engine_.undisturbed(true);
}

void Runtime::run_body(G& g) {
  const std::vector<Op>& ops = program_.bodies[g.body].ops;
  for (g.pc = 0; g.pc < ops.size(); ++g.pc) {
    g.position = first_position_[g.body] + g.pc;
    forget_all_but(g);
    run_op(g, ops[g.pc]);
  }
  g.position = first_position_[g.body] + g.pc;
  forget_all_but(g);
}

void Runtime::run_op(G& g, const Op& op) {
  // Each operation is a call of a function, and a function looks at the stack guard first.
  if (op.kind != OpKind::kRepeat && op.kind != OpKind::kEnd) preempt_check();
  switch (op.kind) {
    case OpKind::kGo:
      for (std::uint32_t i = 0; i < op.count; ++i) {
        others_.bump(2);
        newproc(op.argument, first_position_[op.argument]);
      }
      break;
    case OpKind::kSyscall:
      entersyscall();
      exitsyscall();
      break;
    case OpKind::kBlockingSyscall:
      entersyscallblock();
      exitsyscall();
      break;
    case OpKind::kGosched:
      gosched();
      break;
    case OpKind::kWork:
      for (std::uint32_t i = 0; i < op.count; ++i) preempt_check();
      break;
    case OpKind::kSend:
      chansend(*chans_[op.argument]);
      break;
    case OpKind::kRecv:
      chanrecv(*chans_[op.argument]);
      break;
    case OpKind::kStopTheWorld:
      stop_the_world(tracer::StwReason::kReadMemStats);
      start_the_world();
      break;
    case OpKind::kGc:
      gc();
      break;
    case OpKind::kAlloc:
      mallocgc();
      break;
    case OpKind::kNetRead:
      netread();
      break;
    case OpKind::kGeneration:
      tracer_.trace_advance(false);
      break;
    case OpKind::kTraceStart:
      trace_start();
      break;
    case OpKind::kTraceStop:
      trace_stop();
      break;
    case OpKind::kWait:
      wait_for_others();
      break;
    case OpKind::kRepeat:
      MPG_CHECK(g.repeat_depth < G::kMaxRepeatDepth, "repeats nested too deeply");
      g.repeat_left[g.repeat_depth++] = op.count;
      break;
    case OpKind::kEnd:
      if (--g.repeat_left[g.repeat_depth - 1] > 0) {
        g.pc = op.argument;
      } else {
        --g.repeat_depth;
      }
      break;
  }
}

// ---- main waits for the others: sync.WaitGroup ----

// The word counts the others times two; its lowest bit says that main waits.
void Runtime::wait_for_others() {
  const interleave::AtOnce at_once = this->at_once();
  for (;;) {
    const std::uint32_t state = others_.load();
    if (state < 2) return;
    if (others_.cas(state, state | 1)) break;
  }
  semacquire(wait_sema_);
}

void Runtime::goroutine_done() {
  const interleave::AtOnce at_once = this->at_once();
  if (others_.add(static_cast<std::uint32_t>(-2)) != 1) return;
  others_.store(0);
  semrelease(wait_sema_, false);
}

// ---- runtime/trace.Start and Stop ----

void Runtime::trace_start() {
  // As in Go, starting a trace that runs already is an error that changes nothing.
  if (!tracer_.start_trace()) return;
  if (session_count_ == sessions_.size()) sessions_.emplace_back();
  TraceSession& session = sessions_[session_count_++];
  session.started = tracer_.started_step();
  session.settled = tracer_.settled_step();
  session.stopped = UINT64_MAX;
  session.bytes.clear();
  session.complete = false;
  newproc(G::kTraceReaderBody, reader_position_);
}

void Runtime::trace_stop() {
  tracer_.trace_advance(true);
  if (session_count_ == 0) return;
  TraceSession& session = sessions_[session_count_ - 1];
  if (session.complete) return;
  session.stopped = tracer_.stopped_step();
  session.complete = true;
}

// The goroutine that trace.Start starts. Before it has read to the end, StopTrace does not return;
// so the session is the newest one as long as there is something to read.
void Runtime::trace_reader_body() {
  for (;;) {
    const std::span<const std::byte> data = tracer_.read_trace();
    if (data.empty()) return;
    if (keeping_.sink != nullptr) {
      keeping_.sink->write(data);
      continue;
    }
    std::vector<std::byte>& bytes = sessions_[session_count_ - 1].bytes;
    bytes.insert(bytes.end(), data.begin(), data.end());
  }
}

}  // namespace mpglab::sim
