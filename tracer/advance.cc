// Start, advance and stop: StartTrace, traceAdvance, StopTrace.

#include "base/check.h"
#include "tracer/tracer.h"

namespace mpglab::tracer {

using format::EventType;

bool Tracer::start_trace() {
  if (enabled() || shutting_down()) return false;
  // Wait until the last trace is cleaned up.
  runtime_.semacquire(Sema::kTraceShutdown);
  runtime_.semrelease(Sema::kTraceShutdown, false);
  // Held until the world runs again: nobody may advance a trace that is not on yet.
  runtime_.semacquire(Sema::kTraceAdvance);

  // Generations go on counting from trace to trace, so the slots by generation need no reset.
  const std::uint64_t first_gen = next_gen(last_nonzero_gen_);
  header_written_ = false;
  reader_gen_.store(first_gen);
  flushed_gen_.store(0);
  register_reasons(first_gen);

  // The world stands still, so that no goroutine is between asking whether tracing is on and making
  // a transition: whoever asks next sees the answer that holds then.
  runtime_.stop_the_world(StwReason::kStartTrace);
  // sysmon has no P, so the world does not stop it.
  runtime_.lock_sysmon();
  for (TracedP* p : runtime_.live_ps()) p->syscall_m = -1;

  gc_seq_ = 1;
  gen_.store(first_gen);
  started_step_ = engine_.steps();

  // Goroutines that leave a syscall without a P are not stopped either. Whoever raises this counter
  // from now on asks after the store above, so it is enough to see 0 once.
  while (exiting_syscall_.load() != 0) runtime_.osyield();
  settled_step_ = engine_.steps();

  const TraceLocker locker = acquire();
  MPG_CHECK(locker.ok(), "tracing was switched off while the world was stopped");
  TraceLocker events = locker;
  events.gomaxprocs(runtime_.gomaxprocs(), Site::kStartTrace);
  // The stop itself came before tracing was on.
  events.stw_start(StwReason::kStartTrace, Site::kStartTrace);
  if (runtime_.gc_blacken_enabled()) events.gc_active();
  events.heap_goal(4U << 20);
  for (TracedP* p : runtime_.live_ps()) {
    TraceWriter w = events.writer();
    w.proc_status_for_p(*p, p == locker.m().p);
    w.end();
  }
  release(locker);

  runtime_.unlock_sysmon();
  runtime_.start_the_world();
  runtime_.semrelease(Sema::kTraceAdvance, false);
  return true;
}

void Tracer::trace_advance(bool stop) {
  runtime_.semacquire(Sema::kTraceAdvance);
  const std::uint64_t gen = gen_.load();
  if (gen == 0) {
    // Somebody stopped the trace meanwhile.
    runtime_.semrelease(Sema::kTraceAdvance, false);
    return;
  }
  write_frequency(gen);
  note_untraced_gs(gen);
  if (!stop) register_reasons(next_gen(gen));

  // With worldsema a stop-the-world lies wholly in one generation: there is no event that could say
  // "stopped already" to a reader who begins with the next.
  runtime_.semacquire(Sema::kWorld);
  switch_generation(gen, stop);
  runtime_.semrelease(Sema::kWorld, false);

  flush_ms(gen);
  write_untraced_gs(gen);
  dump_tables(gen);
  lock_.lock();
  flushed_gen_.store(gen);
  lock_.unlock();

  if (stop) runtime_.semacquire(Sema::kTraceShutdown);
  prepare_ps(gen, stop);

  runtime_.semacquire(done_sema(gen));
  finish_generation(gen, stop);
  // Handed over directly, so that one caller in a loop does not starve the others.
  runtime_.semrelease(Sema::kTraceAdvance, true);
  if (stop) runtime_.semrelease(Sema::kTraceShutdown, false);
}

void Tracer::write_frequency(std::uint64_t gen) {
  TraceWriter w(*this, gen);
  w.ensure(1 + TraceBuf::kBytesPerNumber);
  w.buffer().put_byte(static_cast<std::uint8_t>(EventType::kFrequency));
  w.buffer().put_varint(kFrequency);
  w.flush();
}

// Notes the state of every goroutine that has no status in this generation yet. It cannot be
// written here: the goroutine may be about to write it itself. After all Ms are flushed it is known
// who has.
void Tracer::note_untraced_gs(std::uint64_t gen) {
  untraced_.clear();
  for (TracedG* g : runtime_.all_gs()) {
    // The dead too: they may come alive again with what their slots said three generations ago.
    g->trace.ready_next_gen(gen);
    if (g->trace.status_was_traced(gen)) continue;
    if (const std::optional<SuspendedG> seen = runtime_.suspend_and_look(*g)) {
      untraced_.push_back({g, *seen});
    }
  }
}

void Tracer::switch_generation(std::uint64_t gen, bool stop) {
  TracedM& m = runtime_.getm();
  ++m.locks;
  last_nonzero_gen_ = gen;
  if (stop) {
    // Shutdown first, so that at no moment tracing is neither on nor shutting down; under
    // trace.lock, so that the reader sees both at once.
    lock_.lock();
    shutdown_.store(true);
    gen_.store(0);
    stopped_step_ = engine_.steps();
    lock_.unlock();
  } else {
    gen_.store(next_gen(gen));
    // Early in each generation, and before the number of Ps can change.
    TraceLocker locker = acquire();
    if (locker.ok()) {
      locker.gomaxprocs(runtime_.gomaxprocs(), Site::kTraceAdvance);
      release(locker);
    }
  }
  --m.locks;
}

// Pushes out every M's buffer of `gen`. An M whose seqlock is even does not write to `gen` any
// more: it reads the generation after making the seqlock odd.
void Tracer::flush_ms(std::uint64_t gen) {
  runtime_.snapshot_ms(to_flush_);
  while (!to_flush_.empty()) {
    std::size_t still_writing = 0;
    for (TracedM* m : to_flush_) {
      if (m->seqlock.load() % 2 != 0) {
        to_flush_[still_writing++] = m;
        continue;
      }
      lock_.lock();
      TraceBuf*& buf = m->buf[parity(gen)];
      if (buf != nullptr) {
        push_full(buf, gen);
        buf = nullptr;
      }
      lock_.unlock();
    }
    to_flush_.resize(still_writing);
    if (!to_flush_.empty()) runtime_.osyield();
  }
}

void Tracer::write_untraced_gs(std::uint64_t gen) {
  TraceWriter w(*this, gen);
  for (const Untraced& untraced : untraced_) {
    // Nobody writes to this generation any more: who is untraced now has made no transition since
    // it was noted.
    if (untraced.g->trace.status_was_traced(gen)) continue;
    w.go_status(untraced.seen.goid, untraced.seen.procid, untraced.seen.status,
                untraced.seen.in_mark_assist);
  }
  w.flush();
  untraced_.clear();
}

// Statuses of all Ps for the generation that has begun, each written where the P cannot change.
void Tracer::prepare_ps(std::uint64_t gen, bool stop) {
  runtime_.semacquire(Sema::kWorld);
  if (!stop) {
    runtime_.for_each_p(
        [](void* self, TracedP& p) {
          Tracer& tracer = *static_cast<Tracer*>(self);
          const TraceLocker locker = tracer.acquire();
          if (!locker.ok()) return;
          if (!p.trace.status_was_traced(locker.gen())) {
            TraceWriter w = locker.writer();
            w.proc_status_for_p(p, false);
            w.end();
          }
          tracer.release(locker);
        },
        this);
  }
  // Destroyed Ps look idle to the reader, but their slots must not go stale, also when the trace
  // ends (golang/go 65318). Holding worldsema keeps the number of Ps as it is.
  for (TracedP* p : runtime_.dead_ps()) p->trace.ready_next_gen(next_gen(gen));
  runtime_.semrelease(Sema::kWorld, false);
}

void Tracer::finish_generation(std::uint64_t gen, bool stop) {
  lock_.lock();
  if (!full_[parity(gen)].empty()) {
    throw_("trace: non-empty full trace buffer for done generation");
  }
  if (stop) {
    if (!full_[1 - parity(gen)].empty()) {
      throw_("trace: non-empty full trace buffer for next generation");
    }
    if (reading_ != nullptr || reader_.load() != 0) throw_("trace: reading after shutdown");
    header_written_ = false;
    shutdown_.store(false);
  }
  lock_.unlock();
}

}  // namespace mpglab::tracer
