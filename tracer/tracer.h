// Tracer: Go's execution tracer, v2, with its own races.
//
// Source: Go 1.22 at 3d20a327a1: trace2.go, trace2runtime.go, trace2buf.go, trace2event.go,
// trace2status.go, with the later fixes that concern the same protocol (docs/architecture.md lists
// them). The order of operations is the product: each access to a shared word is a choice point, in
// Go's order.
//
// Invariants:
//  1. A buffer of a live generation is reachable from an M, or already pushed out.
//  2. A resource's tracer state is changed only between acquire and release.
//  3. trace_advance returns only when the old generation is out.
// Owner: the World. Files: locker.h (the critical section and the events), writer.h (bytes),
// advance.cc (start, advance, stop), read.cc (the reader's side).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "format/event.h"
#include "format/version.h"
#include "interleave/mutex.h"
#include "interleave/shared.h"
#include "tracer/buffer.h"
#include "tracer/locker.h"
#include "tracer/reasons.h"
#include "tracer/runtime.h"
#include "tracer/tables.h"
#include "tracer/writer.h"

namespace mpglab::tracer {

// Sees each event as it is written; for explanations, nullptr while hunting.
class EventObserver {
 public:
  virtual ~EventObserver() = default;
  // `m` is nullptr for what is written for no thread.
  virtual void on_event(const TracedM* m, std::uint64_t gen, format::EventType type,
                        std::span<const std::uint64_t> args) = 0;
};

class Tracer {
 public:
  // The unit of timestamps: ticks a second.
  static constexpr std::uint64_t kFrequency = 15'625'000;

  Tracer(interleave::Engine& engine, Runtime& runtime);

  // ---- while the world is made ----
  StringRef add_string(std::string_view text) { return strings_.add(text); }
  // A place in the scenario; the first one added must be "nowhere", number 0.
  std::uint32_t add_position(Position position);
  // After the last string and position.
  void seal();
  // Back to a runtime in which tracing was never started. Not a choice point.
  void reset();
  void observe(EventObserver* observer) { observer_ = observer; }

  // ---- the runtime's side ----
  // traceAcquire: enters this M's critical section, if tracing is on. [cp]
  TraceLocker acquire();
  // [cp]
  void release(TraceLocker locker);

  // traceEnabled, traceShuttingDown. [cp]
  bool enabled() const { return gen_.load() != 0; }
  bool shutting_down() const { return shutdown_.load(); }

  // traceExitingSyscall, traceExitedSyscall: around a slow syscall exit, which a stop-the-world
  // does not wait for, so StartTrace has to. [cp]
  void exiting_syscall() { exiting_syscall_.bump(1); }
  void exited_syscall() { exiting_syscall_.bump(-1); }

  // traceThreadDestroy: an M leaves for good. REQUIRES: sched.lock is held. [cp]
  void thread_destroy(TracedM& m);

  // ---- the user's side, from a goroutine ----
  // StartTrace; false: tracing is already enabled. [cp]
  bool start_trace();
  void trace_advance(bool stop);  // traceAdvance; stop: StopTrace [cp]
  // ReadTrace: the next piece of the trace, or an empty one when the trace is over. What it
  // returned before is invalid then. [cp]
  std::span<const std::byte> read_trace();

  // The steps at which the last trace was switched on and off.
  std::uint64_t started_step() const { return started_step_; }
  // The step at which nobody was leaving a syscall any more who had asked before that.
  std::uint64_t settled_step() const { return settled_step_; }
  std::uint64_t stopped_step() const { return stopped_step_; }

  // traceReader: the parked reader if there is something for it, taken so that nobody else wakes
  // it. 0: nothing. [cp]
  std::uint64_t trace_reader();
  // traceReaderAvailable: the same without taking it. [cp]
  std::uint64_t trace_reader_available();
  // The unlock function of the reader's gopark: false if there is something to read after all. [cp]
  bool commit_reader(std::uint64_t goid);

  // ---- for TraceWriter and TraceLocker ----
  std::uint64_t string_id(std::uint64_t gen, StringRef ref);  // [cp] if it is new
  std::uint64_t stack_id(std::uint64_t gen, Site site,
                         std::uint32_t position);  // [cp] if it is new
  std::uint64_t block_reason_id(std::uint64_t gen, BlockReason reason) const;
  std::uint64_t stop_reason_id(std::uint64_t gen, StopReason reason) const;
  StringRef stw_reason_string(StwReason reason) const;
  TraceBuf* refill(TraceBuf* full, std::uint64_t gen, std::int64_t procid);  // [cp]
  void flush(TraceBuf* buf, std::uint64_t gen);                              // [cp]
  std::uint64_t next_gc_seq() { return gc_seq_++; }
  std::uint64_t now() { return runtime_.trace_clock_now(); }
  void written(const TracedM* m, std::uint64_t gen, format::EventType type,
               std::span<const std::uint64_t> args) {
    if (observer_ != nullptr) [[unlikely]]
      observer_->on_event(m, gen, type, args);
  }
  Runtime& runtime() { return runtime_; }
  [[noreturn]] void throw_(const char* message);

 private:
  // What read_trace0 found.
  struct Read {
    std::span<const std::byte> data;
    bool park = false;
  };

  static constexpr std::uint64_t next_gen(std::uint64_t gen) { return gen + 1; }
  std::size_t parity(std::uint64_t gen) const { return gen % 2; }

  Read read_trace0();
  void register_reasons(std::uint64_t gen);
  void write_frequency(std::uint64_t gen);
  void note_untraced_gs(std::uint64_t gen);
  void switch_generation(std::uint64_t gen, bool stop);
  void flush_ms(std::uint64_t gen);
  void write_untraced_gs(std::uint64_t gen);
  void dump_tables(std::uint64_t gen);
  void prepare_ps(std::uint64_t gen, bool stop);
  void finish_generation(std::uint64_t gen, bool stop);
  void push_full(TraceBuf* buf, std::uint64_t gen);

  interleave::Engine& engine_;
  Runtime& runtime_;
  EventObserver* observer_ = nullptr;

  Strings strings_;
  std::vector<Position> positions_;
  std::array<StringRef, kBlockReasonTexts.size()> block_reasons_{};
  std::array<StringRef, kStopReasonTexts.size()> stop_reasons_{};
  std::array<StringRef, kStwReasonTexts.size()> stw_reasons_{};
  std::vector<std::vector<StringRef>> site_functions_;
  StringRef runtime_file_ = 0;

  // By gen % 2. The words say to the search that somebody adds to a table.
  std::array<UseTable, 2> string_table_;
  std::array<UseTable, 2> stack_table_;
  interleave::ObjectId string_table_word_;
  interleave::ObjectId stack_table_word_;

  interleave::Mutex lock_;  // trace.lock: buffers, queues and what the reader sees
  BufferPool pool_;
  std::array<BufQueue, 2> full_;
  TraceBuf* reading_ = nullptr;
  bool header_written_ = false;
  const format::Header header_ = format::header_of(format::Version::kGo122);

  interleave::Shared<std::uint64_t> gen_;  // 0: tracing is off
  std::uint64_t gc_seq_ = 1;               // of the next event of a garbage collection
  std::uint64_t last_nonzero_gen_ = 0;
  std::uint64_t started_step_ = 0;
  std::uint64_t settled_step_ = 0;
  std::uint64_t stopped_step_ = 0;
  interleave::Shared<bool> shutdown_;
  interleave::Shared<std::uint64_t> flushed_gen_;
  interleave::Shared<std::uint64_t> reader_gen_;
  interleave::Shared<bool> work_available_;
  interleave::Shared<std::uint64_t> reader_;  // goid of the parked reader, 0: none
  interleave::Shared<std::int32_t> exiting_syscall_;

  // Scratch of trace_advance, of which only one runs at a time: what a goroutine's stack must not
  // own.
  struct Untraced {
    TracedG* g;
    SuspendedG seen;
  };
  std::vector<Untraced> untraced_;
  std::vector<TracedM*> to_flush_;
};

}  // namespace mpglab::tracer
