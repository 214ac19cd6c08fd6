// Order: the state machine that decides whether the next event of a thread may happen now.
//
// Timestamps are never trusted for this: what orders events of different threads are the states of
// goroutines and Ps, and their sequence numbers. So an event may have to wait for another thread's,
// and "not yet" is an answer.
//
// Source: the rules of Go's own reader (golang/exp trace/order.go, August 2026), which accepts and
// rejects the same traces.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "format/event.h"
#include "parser/error.h"
#include "parser/event.h"
#include "parser/faults.h"
#include "parser/generation.h"
#include "parser/id_map.h"

namespace mpglab::parser {

enum class Advance : std::uint8_t { kAdvanced, kNotYet, kBroken };

// A wire event as its thread's stream has it.
struct WireEvent {
  EventType type = EventType::kNone;
  Time time = 0;
  std::uint64_t offset = 0;
  std::array<std::uint64_t, format::kMaxTimedArgs> args{};
};

// The name and arguments, as in the wire text: "ProcStart p=1 p_seq=2".
std::string wire_event_text(EventType type, const std::uint64_t* args);

class Order {
 public:
  explicit Order(ReaderFaults faults) : faults_(faults) {}

  // As for a new trace.
  void clear();

  // Tries to make `event` happen on `thread`. If it has happened, there are events to take; if the
  // trace is broken, error() says why.
  Advance advance(const WireEvent& event, ThreadId thread, const Table& table, std::uint64_t gen);

  // The events that the last advance has made, in order, until false.
  bool take(Event& event) {
    if (taken_ == queued_) return false;
    event = queue_[taken_++];
    return true;
  }

  const Error& error() const { return error_; }

  // What an event that answered kNotYet waits for, in words.
  std::string needs(const WireEvent& event, ThreadId thread, std::uint64_t gen) const;

 private:
  struct Seq {
    std::uint64_t gen = 0;
    std::uint64_t number = 0;
    bool succeeds(const Seq& before) const {
      return gen == before.gen && number == before.number + 1;
    }
  };

  enum class GoStatus : std::uint8_t { kBad, kRunnable, kRunning, kSyscall, kWaiting };
  enum class ProcStatus : std::uint8_t { kBad, kRunning, kIdle, kSyscall, kSyscallAbandoned };

  // Something that goes on for a while: which kind, and for a stop-the-world why.
  struct RangeType {
    EventType type;
    std::uint64_t reason;
    friend bool operator==(const RangeType&, const RangeType&) = default;
  };
  struct OpenRegion {
    std::uint64_t task;
    std::string_view type;
    friend bool operator==(const OpenRegion&, const OpenRegion&) = default;
  };

  struct GState {
    GoId id = kNoId;
    GoStatus status = GoStatus::kBad;
    Seq seq;
    Place set_by;  // the event that made the status what it is
    std::vector<OpenRegion> regions;
    std::vector<RangeType> ranges;
  };
  struct PState {
    ProcId id = kNoId;
    ProcStatus status = ProcStatus::kBad;
    Seq seq;
    Place set_by;
    std::vector<RangeType> ranges;
  };
  struct MState {
    ThreadId id = kNoId;
    GoId g = kNoId;
    ProcId p = kNoId;
    Place set_by;
  };
  struct TaskState {
    std::int64_t id = 0;
    std::uint64_t parent = 0;
    std::string_view type;
  };
  enum class GcState : std::uint8_t { kUndetermined, kNotRunning, kRunning };

  // Who acts: what the thread has before the event, and after it.
  struct Context {
    ThreadId m = kNoId;
    ProcId p = kNoId;
    GoId g = kNoId;
  };
  enum class Need : std::uint8_t { kMust, kMay, kMustNot };

  // Records that are used again: an id's record stays where it is as long as the id lives.
  template <class State>
  class Records {
   public:
    State* find(std::int64_t id) {
      const std::uint32_t index = ids_.find(static_cast<std::uint64_t>(id));
      return index == IdMap::kAbsent ? nullptr : &states_[index];
    }
    const State* find(std::int64_t id) const { return const_cast<Records*>(this)->find(id); }
    // REQUIRES: there is none yet. The record still has what its last user left in it.
    State& add(std::int64_t id);
    void erase(std::int64_t id);
    void clear();
    // In the order in which they were added. Only for records that are never erased.
    std::size_t size() const { return used_; }
    State& at(std::size_t index) { return states_[index]; }

   private:
    IdMap ids_;
    std::deque<State> states_;  // stays in place when it grows
    std::size_t used_ = 0;
    std::vector<std::uint32_t> free_;
  };

  // What the handlers work on.
  struct Step {
    const WireEvent& event;
    const Table& table;
    std::uint64_t gen;
    Context now;    // before the event; what the delivered event says
    Context after;  // what the thread has afterwards
  };

  Advance dispatch(Step& s);
  Advance proc_status(Step& s);
  Advance proc_start(Step& s);
  Advance proc_stop(Step& s);
  Advance proc_steal(Step& s);
  Advance go_status(Step& s);
  Advance go_create(Step& s);
  Advance go_create_syscall(Step& s);
  Advance go_start(Step& s);
  Advance go_stop_exec(Step& s);
  Advance go_unblock(Step& s);
  Advance go_switch(Step& s);
  Advance go_syscall_begin(Step& s);
  Advance go_syscall_end(Step& s);
  Advance go_syscall_end_blocked(Step& s);
  Advance go_destroy_syscall(Step& s);
  Advance task_begin(Step& s);
  Advance task_end(Step& s);
  Advance region(Step& s, bool begin);
  Advance gc_active(Step& s);
  Advance gc_begin(Step& s);
  Advance gc_end(Step& s);
  Advance sweep_active(Step& s);
  Advance sweep(Step& s, bool begin);
  Advance go_range_active(Step& s);
  Advance go_range(Step& s, bool begin);
  Advance annotation(Step& s, Need p, Need g);

  // ---- helpers of the handlers ----
  Event& deliver(const Step& s);
  Advance broken(const Step& s, ErrorCode code, std::string message);
  Advance broken(const Step& s, ErrorCode code, std::string message, const Place& set_by,
                 std::string contradiction);
  // Does the thread have what the event needs? If not, the error is made.
  bool has(const Step& s, Need p, Need g);
  GState* running_g(const Step& s, GoStatus status, Advance& failed);
  bool begin_range(const Step& s, std::vector<RangeType>& ranges, RangeType type);
  bool active_range(const Step& s, std::vector<RangeType>& ranges, RangeType type);
  bool end_range(const Step& s, std::vector<RangeType>& ranges, std::uint64_t& reason);
  Place place(const Step& s) const;
  std::string_view keep(std::string_view text);
  static RangeType range_of(EventType type, std::uint64_t reason);
  static std::string_view name(GoStatus status);
  static std::string_view name(ProcStatus status);
  static ProcState public_state(ProcStatus status);
  static GoState public_state(GoStatus status);
  template <class State>
  void set(const Step& s, State& state, decltype(State::status) status) {
    state.status = status;
    state.set_by = place(s);
  }

  const ReaderFaults faults_;
  Records<GState> gs_;
  Records<PState> ps_;
  Records<MState> ms_;
  Records<TaskState> tasks_;
  // Names of tasks and regions outlive the generation that they come from.
  std::set<std::string, std::less<>> names_;
  std::uint64_t gc_seq_ = 0;
  GcState gc_state_ = GcState::kUndetermined;
  std::uint64_t initial_gen_ = 0;

  std::array<Event, 3> queue_;
  std::size_t queued_ = 0;
  std::size_t taken_ = 0;
  Error error_;
};

template <class State>
State& Order::Records<State>::add(std::int64_t id) {
  std::uint32_t index = 0;
  if (!free_.empty()) {
    index = free_.back();
    free_.pop_back();
  } else {
    index = static_cast<std::uint32_t>(used_++);
    if (states_.size() < used_) states_.emplace_back();
  }
  ids_.insert(static_cast<std::uint64_t>(id), index);
  states_[index].id = id;
  return states_[index];
}

template <class State>
void Order::Records<State>::erase(std::int64_t id) {
  free_.push_back(ids_.find(static_cast<std::uint64_t>(id)));
  ids_.erase(static_cast<std::uint64_t>(id));
}

template <class State>
void Order::Records<State>::clear() {
  ids_.clear();
  free_.clear();
  used_ = 0;
}

}  // namespace mpglab::parser
