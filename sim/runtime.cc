// How a runtime is made and made anew, the truth, and what people want to know of it.

#include "sim/runtime.h"

#include <algorithm>

#include "base/check.h"

namespace mpglab::sim {

namespace {

bool uses(const Program& program, OpKind kind) {
  return std::any_of(program.bodies.begin(), program.bodies.end(), [&](const GoroutineBody& body) {
    return std::any_of(body.ops.begin(), body.ops.end(),
                       [&](const Op& op) { return op.kind == kind; });
  });
}

}  // namespace

Runtime::Runtime(interleave::Engine& engine, const Program& program, const Faults& faults,
                 const Keeping& keeping)
    : engine_(engine),
      program_(program),
      faults_(faults),
      keeping_(keeping),
      tracer_(engine, *this),
      sched_(engine),
      gomaxprocs_(program.gomaxprocs),
      allgs_word_(engine.add_object("allgs")),
      wait_sema_(engine, "waitgroup.sema", 0),
      others_(engine, "waitgroup.state"),
      gc_sema_(engine, "gcsema", 1),
      gc_blacken_enabled_(engine, "gcBlackenEnabled"),
      unswept_(engine, "sweep.spans"),
      uses_network_(uses(program, OpKind::kNetRead)),
      network_word_(engine.add_object("network")),
      netpoll_waiters_(engine, "netpollWaiters"),
      lastpoll_(engine, "sched.lastpoll", 1) {
  for (std::uint32_t i = 0; i < gomaxprocs_; ++i) {
    ps_.push_back(std::make_unique<P>(engine, static_cast<std::int32_t>(i)));
    allp_.push_back(ps_.back().get());
  }
  constexpr std::array<const char*, static_cast<std::size_t>(tracer::Sema::kCount)> kSemaNames = {
      "worldsema", "traceAdvanceSema", "traceShutdownSema", "trace.doneSema[0]",
      "trace.doneSema[1]"};
  for (std::size_t i = 0; i < kSemaNames.size(); ++i) {
    const bool guards = i < static_cast<std::size_t>(tracer::Sema::kTraceDone0);
    semas_.push_back(std::make_unique<Sema>(engine, kSemaNames[i], guards ? 1 : 0));
  }
  for (const Channel& channel : program.channels) {
    chans_.push_back(std::make_unique<Chan>(engine, "chan " + channel.name, channel.capacity));
  }
  add_positions();
  tracer_.seal();
  if (program.bodies_only) add_records();
}

// Objects are numbered as they are registered, and several worlds of one search must number them
// alike: whose records are made first, those of an M or those of a G, is a matter of the schedule.
// So those of all goroutines are made here, and what is made later are Ms, in their order.
void Runtime::add_records() {
  constexpr std::uint64_t kSystemGoroutines = 8;
  const std::uint64_t count = goroutines_of(program_) + kSystemGoroutines;
  for (std::uint64_t i = 0; i < count; ++i) {
    gs_.push_back(std::make_unique<G>(engine_, static_cast<std::uint32_t>(i)));
    if (uses_network_) add_poll(*gs_.back());
  }
}

void Runtime::add_poll(G& g) {
  g.poll = std::make_unique<PollDesc>(engine_, "G" + std::to_string(g.index));
}

Runtime::~Runtime() = default;

void Runtime::add_positions() {
  const tracer::StringRef file = tracer_.add_string(program_.file);
  const tracer::StringRef nothing = tracer_.add_string("");
  tracer_.add_position({nothing, nothing, 0});
  for (const GoroutineBody& body : program_.bodies) {
    const tracer::StringRef function = tracer_.add_string("main." + body.name);
    std::uint32_t line = 0;
    bool first = true;
    for (const Op& op : body.ops) {
      line = op.line;
      const std::uint32_t position = tracer_.add_position({function, file, line});
      if (first) first_position_.push_back(position);
      first = false;
    }
    // The return from the body is on its last line.
    const std::uint32_t end = tracer_.add_position({function, file, line});
    if (first) first_position_.push_back(end);
  }
  reader_position_ = tracer_.add_position(
      {tracer_.add_string("runtime/trace.Start.func1"), tracer_.add_string("runtime/trace"), 1});
}

void Runtime::reset() {
  tracer_.reset();
  sched_.reset();
  for (const auto& sema : semas_) sema->reset();
  for (const auto& chan : chans_) chan->reset();
  wait_sema_.reset();
  others_.poke(0);
  gc_sema_.reset();
  gc_blacken_enabled_.poke(false);
  unswept_.poke(0);
  unarrived_ = nullptr;
  netpoll_waiters_.poke(0);
  lastpoll_.poke(1);
  for (const auto& p : ps_) {
    p->trace.reset();
    p->syscall_m = -1;
    p->in_sweep = false;
    p->status.poke(PStatus::kPidle);
    p->syscalltick.poke(0);
    p->schedtick.poke(0);
    p->run_safe_point_fn.poke(0);
    p->runq.reset();
    p->m = nullptr;
    p->link = nullptr;
    p->gfree = nullptr;
    p->goidcache = p->goidcacheend = 0;
    p->sysmontick = {};
    p->syscall_owner = nullptr;
    p->truth = ResourceState::kIdle;
    p->told = {};
  }
  mcount_ = 0;
  allgs_.clear();
  traced_gs_.clear();
  allglen_ = 0;
  m_of_thread_.fill(nullptr);
  truth_.records.clear();
  session_count_ = 0;
  thrown_.clear();
  main_returned_ = false;
  slept_ns_ = 0;
}

// The first thread: what Go's bootstrap has done when it comes to run main, without its steps.
void Runtime::run_m0() {
  if (program_.bodies_only) engine_.undisturbed(true);
  M& m0 = add_m();
  m_of_thread_[engine_.current()] = &m0;
  P& p0 = p_at(0);
  m0.p = &p0;
  p0.m = &m0;
  p0.status.poke(PStatus::kPrunning);
  truth(p0, ResourceState::kRunning);
  for (std::size_t i = ps_.size(); i-- > 1;) {
    p_at(i).link = sched_.pidle;
    sched_.pidle = &p_at(i);
  }
  sched_.npidle.poke(gomaxprocs_ - 1);

  constexpr std::uint64_t kGoidCacheBatch = 16;
  G& main = add_g();
  main.goid = 1;
  p0.goidcache = 2;
  p0.goidcacheend = kGoidCacheBatch + 1;
  sched_.goidgen.poke(kGoidCacheBatch);
  main.position = first_position_[0];
  main.atomicstatus.poke(kGrunnable);
  truth(main, ResourceState::kRunnable);
  main.place = G::Place::kQueue;
  p0.runq.preload(main);
  engine_.continue_past(m0.past);

  M& monitor = add_m();
  start_thread(monitor, [](void* self) { static_cast<M*>(self)->runtime->sysmon(); });
  m_loop();
}

void Runtime::start_thread(M& mp, interleave::Engine::Body body) {
  const interleave::ThreadId thread = engine_.spawn(mp.label.c_str(), body, &mp);
  m_of_thread_[thread] = &mp;
}

M& Runtime::add_m() {
  if (mcount_ == ms_.size()) {
    ms_.push_back(std::make_unique<M>(engine_, static_cast<std::int32_t>(mcount_)));
    ms_.back()->procid = M::procid_of(static_cast<std::int32_t>(mcount_));
    ms_.back()->runtime = this;
  }
  M& mp = *ms_[mcount_++];
  mp.p = nullptr;
  mp.curg = nullptr;
  mp.seqlock.poke(0);
  mp.buf = {};
  mp.locks = 0;
  mp.park.reset();
  mp.nextp = mp.oldp = nullptr;
  mp.syscalltick = 0;
  mp.spinning = mp.start_spinning = false;
  mp.starting = nullptr;
  mp.schedlink = nullptr;
  mp.mcall = nullptr;
  mp.waitunlockf = nullptr;
  mp.waitlock = nullptr;
  mp.wait_block_reason = {};
  mp.wait_site = mp.stop_site = {};
  mp.g0_calls.clear();
  mp.calls = &mp.g0_calls;
  mp.past = {};
  return mp;
}

G& Runtime::add_g() {
  if (allglen_ == gs_.size()) {
    MPG_CHECK(!program_.bodies_only || allglen_ > kMostGoroutines,
              "more goroutines than the program has");
    gs_.push_back(std::make_unique<G>(engine_, static_cast<std::uint32_t>(allglen_)));
  }
  G& g = *gs_[allglen_++];
  g.trace.reset();
  g.goid = 0;
  g.position = 0;
  g.atomicstatus.poke(kGdead);
  g.stackguard0.poke(false);
  g.preempt = g.preempt_stop = false;
  g.m = nullptr;
  g.schedlink = nullptr;
  g.waitreason = WaitReason::kZero;
  g.place = G::Place::kNowhere;
  g.truth = ResourceState::kNotExist;
  g.started = g.at_once = false;
  g.past = g.told = {};
  g.calls.clear();
  g.body = 0;
  g.pc = 0;
  g.repeat_depth = 0;
  g.system = false;
  g.in_mark_assist = false;
  if (g.poll) g.poll->rg.poke(PollDesc::kNil);
  g.netlink = nullptr;
  allgs_.push_back(&g);
  traced_gs_.push_back(&g);
  return g;
}

// ---- what must hold, and what is true ----

void Runtime::place(G& g, G::Place from, G::Place to) {
  check(g.place == from, "a goroutine is not where it is taken from");
  g.place = to;
}

void Runtime::tell(interleave::Past& told, ResourceState to) {
  told.saw(static_cast<std::uint64_t>(this_m().procid) * 8 + static_cast<std::uint64_t>(to));
}

void Runtime::truth(G& g, ResourceState to, bool event_follows) {
  if (keeping_.truth) {
    truth_.records.push_back({engine_.steps(), g.goid, static_cast<std::uint64_t>(this_m().procid),
                              ResourceKind::kGoroutine, g.truth, to, event_follows});
    if (program_.bodies_only) tell(g.told, to);
  }
  g.truth = to;
}

void Runtime::truth(P& p, ResourceState to, bool event_follows) {
  if (keeping_.truth) {
    truth_.records.push_back({engine_.steps(), static_cast<std::uint64_t>(p.id),
                              static_cast<std::uint64_t>(this_m().procid), ResourceKind::kProc,
                              p.truth, to, event_follows});
    if (program_.bodies_only) tell(p.told, to);
  }
  p.truth = to;
}

void Runtime::truth_steal(P& p) {
  p.syscall_owner = nullptr;
  truth(p, ResourceState::kIdle);
}

std::string Runtime::value_text(interleave::ObjectId object, std::uint64_t value) const {
  for (const auto& p : ps_) {
    if (p->status.id() == object) return std::string(name_of(static_cast<PStatus>(value)));
  }
  for (const auto& g : gs_) {
    if (g->atomicstatus.id() != object) continue;
    const bool scan = (value & kGscan) != 0;
    return (scan ? "scan+" : "") + std::string(name_of_g_status(static_cast<std::uint32_t>(value)));
  }
  return std::to_string(value);
}

}  // namespace mpglab::sim
