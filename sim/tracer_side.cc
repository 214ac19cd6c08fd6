// What the tracer asks of the runtime.

#include "sim/runtime.h"

namespace mpglab::sim {

tracer::ProcStatus Runtime::status_of(tracer::TracedP& traced, bool owns_world) {
  const P& p = static_cast<P&>(traced);
  switch (p.status.load()) {
    case PStatus::kPidle:
      return tracer::ProcStatus::kIdle;
    case PStatus::kPgcstop:
      return owns_world ? tracer::ProcStatus::kRunning : tracer::ProcStatus::kIdle;
    case PStatus::kPrunning: {
      // On the way into a syscall the goroutine's status changes first, and the event is written
      // then: for the reader the P is in the syscall already (golang/go 64318).
      const M& mp = this_m();
      if (mp.p == &traced && mp.curg != nullptr &&
          (mp.running_g()->atomicstatus.load() & ~kGscan) == kGsyscall) {
        return tracer::ProcStatus::kSyscall;
      }
      return tracer::ProcStatus::kRunning;
    }
    case PStatus::kPsyscall:
      return tracer::ProcStatus::kSyscall;
    case PStatus::kPdead:
      break;
  }
  throw_("attempt to trace invalid or unsupported P status");
}

std::span<tracer::TracedG* const> Runtime::all_gs() {
  engine_.touch(allgs_word_, interleave::Access::kLook);
  return {traced_gs_.data(), allglen_};
}

namespace {

tracer::GoStatus traced_status(std::uint32_t status, WaitReason reason) {
  switch (status & ~static_cast<std::uint32_t>(kGscan)) {
    case kGrunnable:
      return tracer::GoStatus::kRunnable;
    case kGrunning:
      return tracer::GoStatus::kRunning;
    case kGsyscall:
      return tracer::GoStatus::kSyscall;
    case kGwaiting:
      return only_pretends_to_wait(reason) ? tracer::GoStatus::kRunning
                                           : tracer::GoStatus::kWaiting;
    case kGpreempted:
      return tracer::GoStatus::kWaiting;
    default:
      return tracer::GoStatus::kBad;
  }
}

}  // namespace

std::optional<tracer::SuspendedG> Runtime::suspend_and_look(tracer::TracedG& traced) {
  G& g = static_cast<G&>(traced);
  G& me = this_g();
  // Somebody may want to suspend this goroutine meanwhile, and must not wait for it.
  cas_g_to_waiting(me, kGrunning, WaitReason::kTraceGoroutineStatus);
  std::optional<tracer::SuspendedG> seen;
  bool stopped = false;
  if (suspend_g(g, stopped)) {
    seen = tracer::SuspendedG{g.goid, g.m != nullptr ? g.m->procid : -1,
                              traced_status(g.atomicstatus.load(), g.waitreason), g.in_mark_assist};
    resume_g(g, stopped);
  }
  casgstatus(me, kGwaiting, kGrunning);
  return seen;
}

void Runtime::snapshot_ms(std::vector<tracer::TracedM*>& out) {
  sched_.lock.lock();
  guarded(sched_.allm_list, interleave::Access::kLook);
  out.clear();
  // allm is linked newest first.
  for (std::size_t i = mcount_; i-- > 0;) out.push_back(ms_[i].get());
  sched_.lock.unlock();
}

void Runtime::park_trace_reader() {
  gopark([](Runtime& self, G& g, void*) { return self.tracer_.commit_reader(g.goid); }, nullptr,
         WaitReason::kTraceReaderBlocked, tracer::BlockReason::kSystemGoroutine,
         tracer::Site::kTraceReader);
}

void Runtime::throw_(const char* message) {
  thrown_ = message;
  engine_.stop();
}

}  // namespace mpglab::sim
