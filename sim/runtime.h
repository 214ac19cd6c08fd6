// Runtime: the scheduler. Functions bear Go's names and do what Go's do in Go's order.
//
// Source: Go 1.22 proc.go, preempt.go, sema.go, chan.go at 3d20a327a1, with the later fixes that
// concern the same protocol (docs/architecture.md lists them) and without what a scenario cannot
// ask for yet: timers, cgo, locked threads, the collector's background workers.
//
// Every function has choice points unless its comment says that it has none: each access to a
// shared word is one. What Go does on the system stack is done in place. A function that never
// returns in Go because it ends in schedule() returns to the M's loop here. Owner: the World.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "interleave/at_once.h"
#include "interleave/engine.h"
#include "sim/channel.h"
#include "sim/faults.h"
#include "sim/g.h"
#include "sim/m.h"
#include "sim/p.h"
#include "sim/program.h"
#include "sim/sched.h"
#include "sim/sema.h"
#include "sim/trace_sink.h"
#include "sim/truth.h"
#include "sim/wait_queue.h"
#include "tracer/runtime.h"
#include "tracer/tracer.h"

namespace mpglab::sim {

class Runtime final : private tracer::Runtime {
 public:
  // Choices of the program, for the tape.
  static constexpr interleave::ChoiceKind kStealOrder = interleave::ChoiceKind::kProgram;
  static constexpr auto kOversleep = static_cast<interleave::ChoiceKind>(9);
  static constexpr auto kArrival = static_cast<interleave::ChoiceKind>(10);

  // What is kept of a run.
  struct Keeping {
    bool truth = true;
    TraceSink* sink = nullptr;  // takes the traces' bytes; nullptr: they are kept in the sessions
  };

  Runtime(interleave::Engine& engine, const Program& program, const Faults& faults,
          const Keeping& keeping);
  ~Runtime() override;

  // ---- for the World; no choice points ----
  // Everything as at the start of a process whose main goroutine is about to run.
  void reset();
  // The body of the first thread.
  void run_m0();
  const std::string& thrown() const { return thrown_; }
  bool main_returned() const { return main_returned_; }
  std::vector<TraceSession>& sessions() { return sessions_; }
  std::size_t session_count() const { return session_count_; }
  TruthLog& truth() { return truth_; }
  tracer::Tracer& tracer() { return tracer_; }
  // The plain data of the runtime, and what has been told of it so far, as a number: two runs in
  // which it is the same, and the words, and what the threads know, have the same ahead of them.
  std::uint64_t fingerprint() const;
  const M* m_of(interleave::ThreadId thread) const { return m_of_thread_[thread]; }
  std::span<G* const> goroutines() const { return {allgs_.data(), allglen_}; }
  std::string value_text(interleave::ObjectId object, std::uint64_t value) const;

  // ---- park.cc: goroutines come, wait and go ----
  void newproc(std::uint32_t body, std::uint32_t position);
  using UnlockF = bool (*)(Runtime&, G&, void*);
  void gopark(UnlockF unlockf, void* lock, WaitReason reason, tracer::BlockReason block_reason,
              tracer::Site site);
  void goready(G& g, tracer::Site site) { ready(g, site, true); }
  void gosched();
  void goyield();
  // A safe point: does what a preemption request asks for.
  void preempt_check();

  // ---- syscall.cc ----
  void entersyscall();
  void entersyscallblock();
  void exitsyscall();

  // ---- stw.cc ----
  void stop_the_world(tracer::StwReason reason) override;
  void start_the_world() override;

  // ---- gc.cc ----
  void gc();
  void mallocgc();

  // ---- netpoll.cc ----
  void netread();
  bool netpollblockcommit(G& g);

  // ---- chan.cc, sema.cc ----
  void chansend(Chan& c);
  void chanrecv(Chan& c);
  void semacquire(Sema& sema);
  void semrelease(Sema& sema, bool handoff);

 private:
  // ---- schedule.cc: one round of the scheduler, and the run queues ----
  struct Found {
    G* g;
    bool inherit_time;
    bool try_wake_p;
  };
  void m_loop();
  void mstart1();
  G* schedule();
  Found find_runnable();
  std::optional<Found> look_for_work();  // the part of findRunnable that keeps the P
  G* steal_work(bool& new_work);
  G* runqsteal(P& thief, P& victim, bool steal_run_next_g);
  P* check_runqs_no_p();
  void execute(G& g, bool inherit_time);
  void gogo(G& g);
  void runqput(P& p, G& g, bool next);
  void globrunqput(G& g);
  G* globrunqget(P& p, std::uint32_t max);
  void resetspinning();
  void become_spinning(M& mp);
  void wakep();

  // ---- park.cc ----
  G* newproc1(std::uint32_t body, std::uint32_t position);
  G* gfget(P& p);
  void gfput(P& p, G& g);
  void ready(G& g, tracer::Site site, bool next);
  void mcall(M::Mcall fn);
  G* park_m(G& g);
  G* gosched_m(G& g);
  G* gopreempt_m(G& g);
  G* goyield_m(G& g);
  G* gosched_impl(G& g, bool preempted);
  G* preempt_park(G& g);
  G* goexit0(G& g);
  void goexit();
  void gdestroy(G& g);
  void dropg(M& mp);
  void set_curg(M& mp, G* g);
  void casgstatus(G& g, std::uint32_t from, std::uint32_t to);
  void cas_g_to_waiting(G& g, std::uint32_t from, WaitReason reason);

  // ---- machine.cc: Ms and Ps ----
  void startm(P* p, bool spinning, bool lockheld);
  void stopm();
  void gcstopm();
  void newm(bool spinning, P& p);
  M& allocm(P& p);
  void handoffp(P& p);
  void acquirep(P& p);
  void wirep(P& p);
  P& releasep();
  void mput(M& mp);
  M* mget();
  void pidleput(P& p);
  P* pidleget();
  P* pidleget_spinning();

  // ---- syscall.cc ----
  void reentersyscall();
  void entersyscall_sysmon();
  void entersyscall_gcwait();
  bool exitsyscallfast(P* oldp);
  void exitsyscallfast_reacquired(tracer::TraceLocker trace, M* owner);
  bool exitsyscallfast_pidle();
  G* exitsyscall0(G& g);
  void wake_sysmon_locked();

  // ---- stw.cc ----
  void stop_the_world_with_sema(tracer::StwReason reason);
  // What is done of that under sched.lock: takes all Ps but those that run. True: none does. [cp]
  bool take_ps();
  void start_the_world_with_sema();
  P* procresize(std::uint32_t procs);
  void stopped_one_locked();
  void run_safe_point_fn();
  void for_each_p(ForP fn, void* context) override;
  void preemptall();
  void preemptone(P& p);

  // ---- sysmon.cc ----
  void sysmon();
  void usleep(std::uint64_t microseconds);
  void usleep_briefly(std::uint64_t microseconds);  // none at all if time stands still
  void let_pass(std::uint64_t until);
  std::uint32_t retake(std::uint64_t now);

  // ---- gc.cc ----
  void gc_start();
  void gc_mark_termination();
  void gc_assist();
  void deduct_sweep_credit();
  void stop_the_world_for_gc(tracer::StwReason reason);
  bool gc_blacken_enabled() override { return gc_blacken_enabled_.peek(); }

  // ---- netpoll.cc ----
  // netpollinited: does this program use the network? If not, nothing of it is looked at.
  bool netpollinited() const { return uses_network_; }
  bool netpoll_any_waiters() { return netpoll_waiters_.load() > 0; }
  WaitQueue netpoll(bool block);
  void injectglist(WaitQueue& list);
  void ready_from_netpoll(G& g);
  void start_idle(std::uint32_t most);

  // ---- preempt.cc ----
  // Holds the goroutine still; false: it is dead. `stopped`: it had to be parked for it.
  bool suspend_g(G& g, bool& stopped);
  void resume_g(G& g, bool stopped);
  bool can_preempt_m(const M& mp) const;

  // ---- interpreter.cc: what goroutines do ----
  static void goroutine_entry(void* start);
  void run_body(G& g);
  void run_op(G& g, const Op& op);
  void main_goroutine(G& g);
  void bodies_begin();
  void bodies_end();
  void trace_start();
  void trace_stop();
  void trace_reader_body();
  void wait_for_others();
  void goroutine_done();

  // ---- tracer_side.cc: what the tracer asks ----
  tracer::TracedM& getm() override { return this_m(); }
  std::uint64_t trace_clock_now() override { return nanotime() / kNanosecondsPerTick; }
  void osyield() override { engine_.yield(); }
  void semacquire(tracer::Sema sema) override { semacquire(trace_sema(sema)); }
  void semrelease(tracer::Sema sema, bool handoff) override {
    semrelease(trace_sema(sema), handoff);
  }
  void lock_sysmon() override { sched_.sysmonlock.lock(); }
  void unlock_sysmon() override { sched_.sysmonlock.unlock(); }
  std::span<tracer::TracedP* const> live_ps() override { return allp_; }
  std::span<tracer::TracedP* const> dead_ps() override { return {}; }
  std::uint32_t gomaxprocs() override { return gomaxprocs_; }
  tracer::ProcStatus status_of(tracer::TracedP& p, bool owns_world) override;
  std::span<tracer::TracedG* const> all_gs() override;
  std::optional<tracer::SuspendedG> suspend_and_look(tracer::TracedG& g) override;
  void snapshot_ms(std::vector<tracer::TracedM*>& out) override;
  void park_trace_reader() override;
  [[noreturn]] void throw_(const char* message) override;

  // ---- fingerprint.cc ----
  // What a thread's further course may depend on when it keeps nothing on its stack.
  static std::uint64_t fingerprint(const M& mp);
  static std::uint64_t fingerprint(const G& g);
  static std::uint64_t fingerprint(const P& p);
  // `place` tells apart where in the runtime it is, if that is not clear from the record.
  template <class Record>
  void forget_all_but(const Record& record, std::uint64_t place = 0) {
    if (engine_.keeps_pasts()) [[unlikely]]
      engine_.forget(fingerprint(record) + place);
  }
  static std::uint64_t mcall_number(M::Mcall fn);
  static std::uint64_t number_of(const M* mp);
  static std::uint64_t number_of(const P* p);
  static std::uint64_t number_of(const G* g);

  // ---- small things without choice points ----
  M& this_m() { return *m_of_thread_[engine_.current()]; }
  G& this_g() { return *this_m().running_g(); }
  CallStack& calls() { return *this_m().calls; }
  P& p_at(std::size_t index) { return *ps_[index]; }
  Sema& trace_sema(tracer::Sema sema) { return *semas_[static_cast<std::size_t>(sema)]; }
  std::uint64_t nanotime() const;
  void check(bool condition, const char* message) {
    if (!condition) [[unlikely]]
      throw_(message);
  }
  // For what the scheduler does by itself, in Program::scheduling_at_once.
  interleave::AtOnce at_once() { return {engine_, program_.scheduling_at_once}; }
  // Something of Sched that the lock guards is about to be read or changed, with the lock held.
  void guarded(interleave::ObjectId what, interleave::Access access) {
    if (engine_.at_once()) engine_.also(what, access);
  }
  void place(G& g, G::Place from, G::Place to);
  void truth(G& g, ResourceState to, bool event_follows = false);
  void truth(P& p, ResourceState to, bool event_follows = false);
  void truth_steal(P& p);
  void tell(interleave::Past& told, ResourceState to);
  G& add_g();
  M& add_m();
  void start_thread(M& mp, interleave::Engine::Body body);
  void add_positions();
  void add_records();
  void add_poll(G& g);

  static constexpr std::uint64_t kNanosecondsPerTick = 64;
  static constexpr std::uint64_t kForcePreemptNs = 10'000'000;
  static constexpr std::uint64_t kPollNs = 10'000'000;
  static constexpr std::uint64_t kHeapGoal = 4U << 20;
  static constexpr std::uint64_t kHeapAlloc = 1U << 20;
  static constexpr std::uint64_t kSpanSize = 8192;
  static constexpr int kAssistWork = 2;  // safe points in an assist

  interleave::Engine& engine_;
  const Program& program_;
  const Faults faults_;
  const Keeping keeping_;
  tracer::Tracer tracer_;
  Sched sched_;

  std::uint32_t gomaxprocs_;
  std::vector<std::unique_ptr<P>> ps_;
  std::vector<tracer::TracedP*> allp_;
  // Records are made when first needed and used again in every execution, always in index order.
  std::vector<std::unique_ptr<M>> ms_;
  std::size_t mcount_ = 0;
  std::vector<std::unique_ptr<G>> gs_;
  std::vector<G*> allgs_;
  std::vector<tracer::TracedG*> traced_gs_;
  std::size_t allglen_ = 0;
  interleave::ObjectId allgs_word_;
  std::vector<std::unique_ptr<Sema>> semas_;
  std::vector<std::unique_ptr<Chan>> chans_;
  Sema wait_sema_;
  interleave::Shared<std::uint32_t>
      others_;  // goroutines of the scenario that run, times two; +1: main waits
  Sema gc_sema_;
  interleave::Shared<bool> gc_blacken_enabled_;
  interleave::Shared<std::uint32_t> unswept_;  // spans that are still to be swept

  const bool uses_network_;
  // Those who wait for bytes that have not arrived, linked by netlink: the kernel's side.
  G* unarrived_ = nullptr;
  interleave::ObjectId network_word_;
  interleave::Shared<std::uint32_t> netpoll_waiters_;
  interleave::Shared<std::uint64_t> lastpoll_;  // time of the last poll; 0: somebody polls now

  std::array<M*, interleave::kMaxThreads> m_of_thread_{};

  std::vector<std::uint32_t> first_position_;  // of each body; position of op i is first + i
  std::uint32_t reader_position_ = 0;

  TruthLog truth_;
  std::vector<TraceSession> sessions_;
  std::size_t session_count_ = 0;
  std::string thrown_;
  bool main_returned_ = false;
  std::uint64_t slept_ns_ = 0;  // time that went by while nobody made a step
};

}  // namespace mpglab::sim
