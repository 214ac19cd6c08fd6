// TruthJudge: does a trace tell what happened?
//
// Per resource (goroutine or P), let s0 be its state when the trace started, and S the transitions
// it made from then on, in order. The trace must tell: a status, s0, if the resource existed by
// then; then exactly S, with the same states before and after and made by the same thread. Of S the
// end may be missing from the first record that came after the trace was stopped, or from the last
// one before that, if its event is written after the transition. A resource of which S has no
// record may be told of by its status alone, or not at all. A goroutine that left its syscall while
// StartTrace was still waiting for such may have done so before the trace (TraceSession::settled).
//
// It shares no logic with the parser: it knows nothing of generations, sequence numbers and orders
// of events between resources, only the transitions that came out.
//
// Use: begin, observe for each transition of the trace in order, finish.
// Owner: the Judge. Memory is kept from trace to trace and is bounded by the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "explore/finding.h"
#include "sim/truth.h"

namespace mpglab::explore {

class TruthJudge {
 public:
  // A transition that the trace tells.
  struct Transition {
    sim::ResourceKind kind;
    std::uint64_t id;
    bool status;  // the trace had not known the resource before; `from` and `thread` mean nothing
    sim::ResourceState from;
    sim::ResourceState to;
    std::uint64_t thread;
    std::uint64_t event;  // number of the event in the trace
  };

  // `log` and `session` must stay as they are until finish() has returned.
  void begin(const sim::TruthLog& log, const sim::TraceSession& session);

  // False: the trace differs from the truth here; the rest need not be observed.
  bool observe(const Transition& told);

  // True: the trace tells the truth.
  bool finish();

  // What is wrong, after observe() or finish() returned false; `all` are the transitions of the
  // trace up to there, in order.
  struct Difference {
    std::string code;
    std::string message;
    std::string detail;  // for the signature: kind of resource and states, no numbers
    Lie lie;
  };
  Difference difference(const std::vector<Transition>& all);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::uint64_t kMaxProcs = 1024;

  enum class Rule : std::uint8_t {
    kNone,
    kUnknownResource,    // the trace tells of a resource that never was
    kWrongStatus,        // first state told is not the one at the start
    kStatusTooLate,      // a status for a resource that the trace told of before
    kExtraTransition,    // the trace tells more than happened
    kWrongTransition,    // another transition than the one that happened
    kWrongThread,        // the right transition, by the wrong thread
    kMissingTransition,  // the trace ends before the truth does
  };

  // What is known of a resource in this trace. Records of one resource are a list through next_.
  struct Resource {
    sim::ResourceState at_start;
    bool told = false;
    std::uint32_t next = kNone;  // the record that the trace has to tell next
    std::uint32_t last = kNone;  // the last record of the session so far
  };

  static std::string_view code_of(Rule rule);
  Resource* find(sim::ResourceKind kind, std::uint64_t id);
  Resource& make(sim::ResourceKind kind, std::uint64_t id);
  bool may_be_missing(std::uint32_t record) const;
  bool may_come_before_start(std::uint32_t record) const;
  bool differs(Rule rule, sim::ResourceKind kind, std::uint64_t id);

  const sim::TruthLog* log_ = nullptr;
  const sim::TraceSession* session_ = nullptr;
  // By id. Ids are counted up by the simulator from 0 or 1, so dense tables are right; an id of the
  // trace that is not in them is unknown and never makes them grow.
  std::vector<Resource> goroutines_;
  std::vector<Resource> procs_;
  std::vector<std::uint32_t> next_;  // by record: the next one of the same resource, or kNone

  Rule rule_ = Rule::kNone;
  sim::ResourceKind wrong_kind_{};
  std::uint64_t wrong_id_ = 0;
};

}  // namespace mpglab::explore
