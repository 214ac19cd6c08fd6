// Sched: what all Ms share. Source: Go 1.22 type schedt (runtime2.go at 3d20a327a1).
//
// Words that are read without sched.lock are shared words even where they are written under it.
#pragma once

#include <cstdint>

#include "interleave/mutex.h"
#include "interleave/note.h"
#include "interleave/shared.h"
#include "sim/m.h"
#include "sim/p.h"
#include "sim/wait_queue.h"

namespace mpglab::sim {

struct Sched {
  explicit Sched(interleave::Engine& engine)
      : lock(engine, "sched.lock"),
        sysmonlock(engine, "sched.sysmonlock"),
        allplock(engine, "allpLock"),
        gcwaiting(engine, "sched.gcwaiting"),
        stopwait(engine, "sched.stopwait"),
        npidle(engine, "sched.npidle"),
        nmspinning(engine, "sched.nmspinning"),
        needspinning(engine, "sched.needspinning"),
        runqsize(engine, "sched.runqsize"),
        sysmonwait(engine, "sched.sysmonwait"),
        goidgen(engine, "sched.goidgen"),
        stopnote(engine, "sched.stopnote"),
        sysmonnote(engine, "sched.sysmonnote"),
        safe_point_note(engine, "sched.safePointNote"),
        pidle_list(engine.add_object("sched.pidle")),
        midle_list(engine.add_object("sched.midle")),
        runq_list(engine.add_object("sched.runq")),
        allm_list(engine.add_object("allm")),
        safe_point(engine.add_object("sched.safePointWait")) {
    engine.stands_alone(lock.id());
    engine.stands_alone(npidle.id());
    engine.stands_alone(nmspinning.id());
    engine.stands_alone(needspinning.id());
    engine.stands_alone(runqsize.id());
  }

  interleave::Mutex lock;
  interleave::Mutex sysmonlock;
  interleave::Mutex allplock;

  interleave::Shared<bool> gcwaiting;
  interleave::Shared<std::int32_t> stopwait;  // Ps that have not stopped yet; under lock
  interleave::Shared<std::uint32_t> npidle;
  interleave::Shared<std::int32_t> nmspinning;
  interleave::Shared<std::uint32_t> needspinning;
  interleave::Shared<std::uint32_t> runqsize;
  interleave::Shared<bool> sysmonwait;
  interleave::Shared<std::uint64_t> goidgen;
  interleave::Note stopnote;
  interleave::Note sysmonnote;
  interleave::Note safe_point_note;

  // What the lock guards that is no word, and allm. Whoever reads or changes it says so
  // (Runtime::guarded), because a critical section that is one step does not show what it was for.
  const interleave::ObjectId pidle_list;
  const interleave::ObjectId midle_list;
  const interleave::ObjectId runq_list;
  const interleave::ObjectId allm_list;
  const interleave::ObjectId safe_point;
  P* pidle = nullptr;
  M* midle = nullptr;
  WaitQueue runq;
  using SafePointFn = void (*)(void* context, tracer::TracedP& p);
  SafePointFn safe_point_fn = nullptr;
  void* safe_point_context = nullptr;
  std::int32_t safe_point_wait = 0;

  void reset() {
    lock.reset();
    sysmonlock.reset();
    allplock.reset();
    gcwaiting.poke(false);
    stopwait.poke(0);
    npidle.poke(0);
    nmspinning.poke(0);
    needspinning.poke(0);
    runqsize.poke(0);
    sysmonwait.poke(false);
    goidgen.poke(0);
    stopnote.reset();
    sysmonnote.reset();
    safe_point_note.reset();
    pidle = nullptr;
    midle = nullptr;
    runq.clear();
    safe_point_fn = nullptr;
    safe_point_context = nullptr;
    safe_point_wait = 0;
  }
};

}  // namespace mpglab::sim
