// Order: the state machine that decides whether the next event of a thread may happen now.
//
// Timestamps are never trusted for this: what orders events of different threads are the states of
// goroutines and Ps, and their sequence numbers. So an event may have to wait for another thread's,
// and "not yet" is an answer.
//
// Source: the rules of Go's own reader (golang/exp trace/order.go, August 2026), which accepts and
// rejects the same traces.
//
// This is the hot half of the reader. A thread's record keeps where the records of its goroutine
// and its P are, so most events look nothing up; nothing is allocated but for a resource that is
// new, and an event costs the same however many there are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "format/event.h"
#include "parser/condition.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/faults.h"
#include "parser/id_map.h"
#include "parser/range_set.h"
#include "parser/rest_of_generation.h"
#include "parser/table.h"

namespace mpglab::parser {

// kAdvancedWithMore: and there are further events behind it, Order::take_extra().
enum class Advance : std::uint8_t { kAdvanced, kAdvancedWithMore, kNotYet, kBroken };

// The name and arguments, as in the wire text: "ProcStart p=1 p_seq=2".
std::string wire_event_text(EventType type, const std::uint64_t* args);

class Order {
 public:
  // A thread's record, which stays the same as long as the trace is read.
  using Thread = std::uint32_t;

  explicit Order(ReaderFaults faults) : faults_(faults) {}

  // As for a new trace.
  void clear();

  // From here on events are of this generation. The table has to stay until the next call.
  void begin_generation(std::uint64_t number, const Table& table, format::Version version);

  // The record of a thread, which may be kNoId.
  Thread thread(ThreadId id);

  // Tries to make `event` happen on `thread`: its type, time, offset and arguments are as the
  // thread's stream has them, table and generation as begin_generation() was told. If it has
  // happened it is what to deliver; if it has to wait it is as it was; if the trace is broken,
  // error() says why.
  Advance advance(Event& event, Thread thread) {
    MState& m = ms_[thread];
    if (!m.known) [[unlikely]]
      return advance_specially({event, m});
    return kHandlers[static_cast<std::size_t>(event.type)](*this, {event, m});
  }

  // What the last advance has made besides the event: a switch from goroutine to goroutine is three
  // events. Taken in order, until false.
  bool has_extra() const { return extra_taken_ != extra_made_; }
  // REQUIRES: has_extra().
  void take_extra(Event& into) { copy(extra_[extra_taken_++], into); }

  const Error& error() const { return error_; }

  // What an event that answered kNotYet waits for, for people.
  Waiting waiting(const Event& event, Thread thread) const;
  // The event that would bring what it waits for, if it is one that can be searched for.
  // `waiting` is the answer of waiting().
  std::optional<Wanted> wanted(const Event& event, Thread thread, const Waiting& waiting) const;
  // The same, to be looked up. REQUIRES: no faults.
  Condition condition(const Event& event, Thread thread) const;
  // What a thread has.
  struct Has {
    GoId goroutine;
    ProcId proc;
  };
  Has has(Thread thread) const { return {ms_[thread].g, ms_[thread].p}; }
  // What holds now of all that `event`, which has just happened, may have changed; `had` is what
  // its thread had before.
  void add_conditions(const Event& event, const Has& had, std::vector<Condition>& out) const;
  Place place(const Event& event, Thread thread) const;

 private:
  static constexpr std::uint32_t kNowhere = 0xffffffff;

  // A sequence number counts within a generation. `gen` stands for the generation's number.
  struct Seq {
    std::uint64_t number = 0;
    std::uint32_t gen = kNowhere;
  };

  // As on the wire, where 0 is allowed and means nothing. kFree: no goroutine's record.
  enum class GoStatus : std::uint8_t { kBad, kRunnable, kRunning, kSyscall, kWaiting, kFree };
  enum class ProcStatus : std::uint8_t { kBad, kRunning, kIdle, kSyscall, kSyscallAbandoned };

  // Which event made a state what it is, as small as it can be; place_of() makes a Place of it.
  struct Mark {
    static constexpr std::uint64_t kNone = ~std::uint64_t{0};
    std::uint64_t offset = 0;
    // From the top: 32 bits for the thread, 24 for which generation of the trace, 8 for the event's
    // type.
    std::uint64_t where = kNone;
  };

  struct OpenRegion {
    std::uint64_t task;
    const std::string* type;  // one of names_
    friend bool operator==(const OpenRegion&, const OpenRegion&) = default;
  };
  // What few goroutines have.
  struct GExtra {
    std::vector<OpenRegion> regions;
    RangeSet ranges;
  };
  struct GState {
    GoId id = kNoId;
    Seq seq;
    GoStatus status = GoStatus::kFree;
    std::uint32_t extra = kNowhere;  // in g_extras_
    Mark set_by;
  };
  struct alignas(128) PState {
    ProcId id = kNoId;
    Seq seq;
    ProcStatus status = ProcStatus::kBad;
    Mark set_by;
    // The thread that was bound to the P last, and others that may think they are: one status
    // event each is all that it takes to say so.
    Thread bound = kNowhere;
    std::vector<Thread> also_bound;
    RangeSet ranges;
  };
  struct alignas(64) MState {
    ThreadId id = kNoId;
    GoId g = kNoId;
    ProcId p = kNoId;
    // Where the records of g and p are, if the records there are still theirs; the first of each
    // kind is nobody's.
    std::uint32_t g_at = 0;
    std::uint32_t p_at = 0;
    Thread self = 0;     // where this record is
    bool known = false;  // an event of this thread has been tried, or one has named it; not of 0
    Mark set_by;
  };
  struct TaskState {
    std::uint64_t parent = 0;
    const std::string* type = nullptr;  // one of names_
  };
  enum class GcState : std::uint8_t { kUndetermined, kNotRunning, kRunning };
  enum class Need : std::uint8_t { kMust, kMay, kMustNot };

  // What the handlers work on: small enough to be passed in registers.
  struct Step {
    Event& event;
    MState& m;
  };
  using Handler = Advance (*)(Order&, Step);

  // By event type.
  static const std::array<Handler, 256> kHandlers;
  static constexpr std::array<Handler, 256> handlers();

  // For the first event of a trace, the first of a thread, and those of no thread.
  [[gnu::noinline]] Advance advance_specially(Step s);
  Advance unknown_type(Step s);
  Advance proc_status(Step s);
  Advance proc_start(Step s);
  Advance proc_stop(Step s);
  Advance proc_steal(Step s);
  Advance go_status(Step s);
  Advance go_create(Step s);
  Advance go_create_syscall(Step s);
  Advance go_start(Step s);
  Advance go_stop_exec(Step s);
  Advance go_unblock(Step s);
  Advance go_switch(Step s);
  Advance go_syscall_begin(Step s);
  Advance go_syscall_end(Step s);
  Advance go_syscall_end_blocked(Step s);
  Advance go_destroy_syscall(Step s);
  Advance task_begin(Step s);
  Advance task_end(Step s);
  Advance region(Step s, bool begin);
  Advance gc_active(Step s);
  Advance gc_begin(Step s);
  Advance gc_end(Step s);
  Advance sweep_active(Step s);
  Advance sweep(Step s, bool begin);
  Advance go_range_active(Step s);
  Advance go_range(Step s, bool begin);
  Advance annotation(Step s, Need p, Need g);

  // ---- helpers of the handlers ----
  // From here on the event is one to deliver, in the context that its thread has now. Whatever is
  // changed of its type or arguments is changed last: marks and errors tell what the stream has.
  [[gnu::always_inline]] void deliver(Step s) {
    s.event.old_state = 0;
    s.event.thread = s.m.id;
    s.event.proc = s.m.p;
    s.event.goroutine = s.m.g;
  }
  Event& deliver_extra(const Event& like, EventType type);
  // A word at a time, since most of it has just been written so; without what only the end of a
  // task has.
  static void copy(const Event& from, Event& to);
  [[gnu::cold]] Advance broken(Step s, ErrorCode code, std::string message);
  [[gnu::cold]] Advance broken(Step s, ErrorCode code, std::string message, const Mark& set_by,
                               std::string contradiction);
  // Does the thread have what the event needs?
  static bool has(Step s, Need p, Need g) {
    const auto fits = [](std::int64_t id, Need need) {
      return need == Need::kMay || (id != kNoId) == (need == Need::kMust);
    };
    // Who is no thread has neither.
    const bool implied = p == Need::kMust || g == Need::kMust;
    return (implied || s.m.id != kNoId) && fits(s.m.p, p) && fits(s.m.g, g);
  }
  // Refusals: each makes the error, out of the way of what is hot, and is a handler's last word.
  // REQUIRES: !has(s, p, g).
  [[gnu::cold]] Advance lacks(Step s, Need p, Need g);
  // The thread's goroutine is not known, or in another status. Where its record is may have gone
  // stale, though: then it is found again, and the event handled anew.
  [[gnu::cold]] Advance not_in(Step s, GoStatus status);
  // The same for a P that is not known.
  [[gnu::cold]] Advance unknown_p(Step s);
  [[gnu::cold]] Advance wrong_p(Step s, const PState& p);
  [[gnu::cold]] Advance creates_badly(Step s);
  [[gnu::cold]] Advance steals_badly(Step s, const PState& p);
  [[gnu::cold]] Advance out_of_sequence(Step s, const PState& p);
  [[gnu::cold]] Advance begins_twice(Step s);
  [[gnu::cold]] Advance ends_nothing(Step s);
  [[gnu::cold]] Advance without_g(Step s);

  GState* find_g(GoId id) {
    const std::uint32_t at = g_at_.find(static_cast<std::uint64_t>(id));
    return at == IdMap::kAbsent ? nullptr : &gs_[at];
  }
  PState* find_p(ProcId id) {
    const std::uint32_t at = p_at_.find(static_cast<std::uint64_t>(id));
    return at == IdMap::kAbsent ? nullptr : &ps_[at];
  }
  MState* find_m(ThreadId id);
  const GState* find_g(GoId id) const { return const_cast<Order*>(this)->find_g(id); }
  const PState* find_p(ProcId id) const { return const_cast<Order*>(this)->find_p(id); }
  // The thread's own goroutine, if it is in that status; otherwise say not_in().
  GState* own_g(const MState& m, GoStatus status) {
    GState& g = gs_[m.g_at];
    return g.id == m.g && g.status == status ? &g : nullptr;
  }
  // The thread's own P, or say unknown_p().
  PState* own_p(const MState& m) {
    PState& p = ps_[m.p_at];
    return m.p_at != 0 && p.id == m.p ? &p : nullptr;
  }
  // The thread's own, wherever it is.
  GState* g_of(const MState& m) {
    GState& g = gs_[m.g_at];
    return g.id == m.g && g.status != GoStatus::kFree ? &g : find_g(m.g);
  }
  GState& add_g(GoId id);
  PState& add_p(ProcId id);
  void erase_g(GState& g);
  // From here on the thread has it; with nullptr none.
  void bind_g(Step s, const GState* g) {
    s.m.g = kNoId;
    if (g != nullptr) {
      s.m.g = g->id;
      s.m.g_at = static_cast<std::uint32_t>(g - gs_.data());
    }
    s.m.set_by = mark(s);
  }
  void bind_p(Step s, PState* p) {
    s.m.p = kNoId;
    if (p != nullptr) {
      if (p->bound != s.m.self) bind_anew(*p, s.m.self);
      s.m.p = p->id;
      s.m.p_at = static_cast<std::uint32_t>(p - ps_.data());
    }
    s.m.set_by = mark(s);
  }
  void bind_anew(PState& p, Thread thread) {
    if (p.bound != kNowhere && ms_[p.bound].p == p.id) p.also_bound.push_back(p.bound);
    p.bound = thread;
  }
  MState* bound_to(PState& p);

  bool succeeds(std::uint64_t number, const Seq& before) const {
    return before.gen == gen_ && number == before.number + 1;
  }
  bool in_initial() const { return number_ == initial_; }
  Mark mark(Step s) const {
    return {s.event.offset,
            std::uint64_t{s.m.self} << 32 | gen_mark_ | static_cast<std::uint64_t>(s.event.type)};
  }
  Place place_of(const Mark& mark) const;
  template <class State>
  void set(Step s, State& state, decltype(State::status) status) {
    state.status = status;
    state.set_by = mark(s);
  }

  std::string event_name(EventType type) const { return format::name_in(type, version_); }
  GExtra& extra_of(GState& g) {
    if (g.extra == kNowhere) [[unlikely]]
      add_extra(g);
    return g_extras_[g.extra];
  }
  [[gnu::noinline]] void add_extra(GState& g);
  bool active_range(Step s, RangeSet& ranges, RangeSet::Range range);
  const std::string* keep(std::uint64_t string_id, std::string_view text);
  static RangeSet::Range range_of(EventType type, std::uint64_t reason) {
    const EventType start = format::spec_of(type).start;
    return {start == EventType::kNone ? type : start, reason};
  }
  void add_conditions_of_g(GoId id, std::vector<Condition>& out) const;
  void add_conditions_of_p(ProcId id, std::vector<Condition>& out) const;
  static std::string_view name(GoStatus status);
  static std::string_view name(ProcStatus status);
  static ProcState public_state(ProcStatus status);
  static GoState public_state(GoStatus status);

  const ReaderFaults faults_;

  std::vector<GState> gs_;  // the first is nobody's
  std::vector<std::uint32_t> free_gs_;
  IdMap g_at_;
  std::vector<GExtra> g_extras_;
  std::vector<std::uint32_t> free_g_extras_;
  std::vector<PState> ps_;
  std::size_t used_ps_ = 0;  // the first is nobody's; behind these are old ones, for their memory
  IdMap p_at_;
  std::vector<MState> ms_;  // never erased; the first is no thread's
  IdMap m_at_;
  std::vector<TaskState> tasks_;
  std::vector<std::uint32_t> free_tasks_;
  IdMap task_at_;
  // Names of tasks and regions outlive the generation that they come from.
  std::set<std::string, std::less<>> names_;
  std::vector<const std::string*> kept_;  // of this generation's strings
  IdMap kept_at_;                         // by the string's id

  const Table* table_ = nullptr;
  format::Version version_ = format::Version::kGo122;
  std::uint64_t number_ = 0;    // of the generation
  std::uint32_t gen_ = 0;       // what stands for it in a Seq
  std::uint64_t gen_mark_ = 0;  // and in a Mark
  std::uint64_t initial_ = 0;   // the number of the generation of the first event; 0: none yet
  std::vector<std::uint64_t> generations_;
  IdMap gen_at_;
  std::uint64_t gc_seq_ = 0;
  GcState gc_state_ = GcState::kUndetermined;

  std::array<Event, 2> extra_;
  std::size_t extra_made_ = 0;
  std::size_t extra_taken_ = 0;
  Error error_;
};

}  // namespace mpglab::parser
