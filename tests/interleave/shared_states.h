// The search for states by several workers, simulated in one: so many tickets are out, and which of
// them is done next is drawn at random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "interleave/engine.h"
#include "interleave/random.h"
#include "interleave/state_frontier.h"
#include "interleave/state_search.h"

namespace mpglab::interleave::test {

struct StateSharing {
  unsigned workers = 1;
  std::uint64_t order = 0;  // another one: other tickets are done first
  StateFrontier::Size size = {};
  bool cut_off = false;  // tickets, after a random number of executions
};

class SharedStates {
 public:
  // An execution of the search, not one that gets to know the program.
  struct Seen {
    End end = End::kFinished;
    Tape tape;

    friend bool operator==(const Seen&, const Seen&) = default;
  };

  // Observes the engine as long as it lives. The program has no plain data.
  SharedStates(Engine& engine, Engine::Body body, void* argument, const StateSearchOptions& options,
               const StateSharing& sharing)
      : engine_(engine),
        body_(body),
        argument_(argument),
        options_(options),
        sharing_(sharing),
        random_(sharing.order),
        frontier_(options, sharing.size),
        search_(
            engine, [](const void* /*program*/) { return std::uint64_t{0}; }, nullptr, options) {
    frontier_.begin_log(/*generation=*/0, /*known=*/0);
  }

  // Until everything is explored, or so many tickets were merged.
  void run(std::uint64_t most = ~std::uint64_t{0}) {
    for (std::uint64_t merged = 0; !frontier_.over() && merged < most;) {
      while (held_.size() < sharing_.workers) {
        auto ticket = frontier_.deal();
        if (!ticket) break;
        held_.push_back(std::move(*ticket));
      }
      make_one();
      for (auto next = made_.find(frontier_.next()); next != made_.end() && merged < most;
           next = frontier_.over() ? made_.end() : made_.find(frontier_.next())) {
        seen_.insert(seen_.end(), next->second.seen.begin(), next->second.seen.end());
        StateMade made = std::move(next->second.made);
        made_.erase(next);
        frontier_.merge(std::move(made));
        ++merged;
      }
    }
  }

  const std::vector<Seen>& seen() const { return seen_; }
  StateFrontier& frontier() { return frontier_; }

 private:
  struct Made {
    StateMade made;
    std::vector<Seen> seen;
  };

  void make_one() {
    const auto chosen = held_.begin() + random_.below(static_cast<std::uint32_t>(held_.size()));
    StateTicket ticket = std::move(*chosen);
    held_.erase(chosen);
    Made& made = made_[ticket.number];
    std::uint32_t executions = ticket.executions;
    if (sharing_.cut_off) executions = 1 + random_.below(executions);
    search_.take_up(std::move(ticket));
    for (std::uint32_t i = 0; i < executions; ++i) {
      const End end = engine_.run(search_, body_, argument_).end;
      if (end == End::kExhausted) break;
      if (!search_.scouting()) made.seen.push_back({end, engine_.tape()});
    }
    made.made = search_.made();
  }

  Engine& engine_;
  const Engine::Body body_;
  void* const argument_;
  const StateSearchOptions options_;
  const StateSharing sharing_;
  Random random_;
  StateFrontier frontier_;
  StateSearch search_;
  std::vector<StateTicket> held_;
  std::map<std::uint64_t, Made> made_;  // for those before them
  std::vector<Seen> seen_;
};

}  // namespace mpglab::interleave::test
