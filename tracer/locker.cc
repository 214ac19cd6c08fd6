#include "tracer/locker.h"

#include "tracer/tracer.h"

namespace mpglab::tracer {

using format::EventType;

TraceWriter TraceLocker::event_writer(GoStatus go_status, ProcStatus proc_status) const {
  TraceWriter w = writer();
  if (TracedP* p = m_->p;
      p != nullptr && !p->trace.status_was_traced(gen_) && p->trace.acquire_status(gen_)) {
    w.proc_status(p->id, proc_status, p->in_sweep);
  }
  if (TracedG* g = m_->curg;
      g != nullptr && !g->trace.status_was_traced(gen_) && g->trace.acquire_status(gen_)) {
    w.go_status(g->goid, m_->procid, go_status, g->in_mark_assist);
  }
  return w;
}

std::uint64_t TraceLocker::stack(Site site) const {
  if (site == Site::kNone || m_->curg == nullptr) return 0;
  return tracer_->stack_id(gen_, site, m_->curg->position);
}

void TraceLocker::gomaxprocs(std::uint32_t procs, Site site) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kProcsChange, {procs, stack(site)});
  w.end();
}

void TraceLocker::heap_goal(std::uint64_t bytes) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kHeapGoal, {bytes});
  w.end();
}

void TraceLocker::heap_alloc(std::uint64_t bytes) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kHeapAlloc, {bytes});
  w.end();
}

void TraceLocker::gc_active() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCActive, {tracer_->next_gc_seq()});
  w.end();
}

void TraceLocker::gc_start() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCBegin, {tracer_->next_gc_seq(), stack(Site::kGc)});
  w.end();
}

void TraceLocker::gc_done() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCEnd, {tracer_->next_gc_seq()});
  w.end();
}

void TraceLocker::gc_mark_assist_start() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCMarkAssistBegin, {stack(Site::kMarkAssist)});
  w.end();
  m_->curg->in_mark_assist = true;
}

void TraceLocker::gc_mark_assist_done() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCMarkAssistEnd, {});
  w.end();
  m_->curg->in_mark_assist = false;
}

void TraceLocker::gc_sweep_start() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCSweepBegin, {stack(Site::kSweep)});
  w.end();
  m_->p->in_sweep = true;
}

void TraceLocker::gc_sweep_done(std::uint64_t swept, std::uint64_t reclaimed) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGCSweepEnd, {swept, reclaimed});
  w.end();
  m_->p->in_sweep = false;
}

void TraceLocker::stw_start(StwReason reason, Site site) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kSTWBegin,
          {tracer_->string_id(gen_, tracer_->stw_reason_string(reason)), stack(site)});
  w.end();
}

void TraceLocker::stw_done() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kSTWEnd, {});
  w.end();
}

void TraceLocker::proc_start() {
  TracedP& p = *m_->p;
  // A goroutine that is there already while a P arrives is one that comes out of a syscall.
  TraceWriter w = event_writer(GoStatus::kSyscall, ProcStatus::kIdle);
  w.event(EventType::kProcStart, {static_cast<std::uint64_t>(p.id), p.trace.next_seq(gen_)});
  w.end();
}

void TraceLocker::proc_stop() {
  // Likewise: whoever gives its P up with a goroutine in hand goes into a syscall.
  TraceWriter w = event_writer(GoStatus::kSyscall, ProcStatus::kRunning);
  w.event(EventType::kProcStop, {});
  w.end();
}

void TraceLocker::proc_steal(TracedP& p, bool in_syscall) {
  // Whose syscall the P is taken from: it ends here, whatever becomes of the P.
  const std::int64_t stolen_from = p.syscall_m;
  p.syscall_m = -1;
  // If the thief has a P, as when it stops the world, it is running; a goroutine on its way into or
  // out of a syscall has at most this very P, which it has lost.
  TraceWriter w = in_syscall ? event_writer(GoStatus::kSyscall, ProcStatus::kSyscallAbandoned)
                             : event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  if (!p.trace.status_was_traced(gen_) && p.trace.acquire_status(gen_)) {
    w.proc_status(p.id, ProcStatus::kSyscallAbandoned, p.in_sweep);
  }
  w.event(EventType::kProcSteal, {static_cast<std::uint64_t>(p.id), p.trace.next_seq(gen_),
                                  static_cast<std::uint64_t>(stolen_from)});
  w.end();
}

void TraceLocker::go_create(TracedG& created, std::uint32_t start_position) {
  created.trace.set_status_traced(gen_);
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGoCreate, {created.goid, tracer_->stack_id(gen_, Site::kUser, start_position),
                                 stack(Site::kGoCreate)});
  w.end();
}

void TraceLocker::go_start() {
  TracedG& g = *m_->curg;
  TraceWriter w = event_writer(GoStatus::kRunnable, ProcStatus::kRunning);
  w.event(EventType::kGoStart, {g.goid, g.trace.next_seq(gen_)});
  w.end();
}

void TraceLocker::go_end() {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGoDestroy, {});
  w.end();
}

void TraceLocker::go_stop(StopReason reason, Site site) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGoStop, {tracer_->stop_reason_id(gen_, reason), stack(site)});
  w.end();
}

void TraceLocker::go_park(BlockReason reason, Site site) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGoBlock, {tracer_->block_reason_id(gen_, reason), stack(site)});
  w.end();
}

void TraceLocker::go_unpark(TracedG& g, Site site) {
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  if (!g.trace.status_was_traced(gen_) && g.trace.acquire_status(gen_)) {
    w.go_status(g.goid, -1, GoStatus::kWaiting, g.in_mark_assist);
  }
  w.event(EventType::kGoUnblock, {g.goid, g.trace.next_seq(gen_), stack(site)});
  w.end();
}

void TraceLocker::go_syscall() {
  TracedP& p = *m_->p;
  p.syscall_m = m_->procid;
  TraceWriter w = event_writer(GoStatus::kRunning, ProcStatus::kRunning);
  w.event(EventType::kGoSyscallBegin, {p.trace.next_seq(gen_), stack(Site::kSyscall)});
  w.end();
}

void TraceLocker::go_sysexit(bool lost_p) {
  if (lost_p) {
    // A P that is here now was got anew, so it is running.
    TraceWriter w = event_writer(GoStatus::kSyscall, ProcStatus::kRunning);
    w.event(EventType::kGoSyscallEndBlocked, {});
    w.end();
    return;
  }
  m_->p->syscall_m = -1;
  TraceWriter w = event_writer(GoStatus::kSyscall, ProcStatus::kSyscall);
  w.event(EventType::kGoSyscallEnd, {});
  w.end();
}

}  // namespace mpglab::tracer
