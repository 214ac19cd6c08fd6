// Optimal DPOR by several workers, simulated in one: so many tickets are out, and which of them is
// done next is drawn at random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "interleave/dpor.h"
#include "interleave/dpor_frontier.h"
#include "interleave/engine.h"
#include "interleave/random.h"

namespace mpglab::interleave::test {

struct Sharing {
  unsigned workers = 1;
  std::uint64_t order = 0;  // another one: other tickets are done first
  DporFrontier::Size size = {};
  bool cut_off = false;  // tickets, after a random number of executions
};

class SharedDpor {
 public:
  // `seen` is called with each execution's end and tape, in the order of the tickets.
  struct Seen {
    End end = End::kFinished;
    Tape tape;
  };

  // Observes the engine as long as it lives.
  SharedDpor(Engine& engine, Engine::Body body, void* argument, const Sharing& sharing)
      : engine_(engine),
        body_(body),
        argument_(argument),
        sharing_(sharing),
        random_(sharing.order),
        frontier_(std::make_unique<DporFrontier>(sharing.size)),
        dpor_(engine, frontier_->footprints()) {}

  // Until everything is explored, or there were so many executions.
  void run(std::uint64_t most = ~std::uint64_t{0}) {
    while (!frontier_->over() && seen_.size() < most) {
      while (held_.size() < sharing_.workers) {
        auto ticket = frontier_->deal();
        if (!ticket) break;
        held_.push_back(std::move(*ticket));
      }
      make_one(most);
      merge_what_is_due(most);
    }
  }

  // Goes on from what is kept of the frontier, in place of what this one knows.
  bool restore(const std::vector<std::uint64_t>& kept) {
    frontier_ = std::make_unique<DporFrontier>(sharing_.size);
    held_.clear();
    made_.clear();
    return frontier_->restore(kept);
  }

  const std::vector<Seen>& seen() const { return seen_; }
  const Dpor& dpor() const { return dpor_; }
  const DporFrontier& frontier() const { return *frontier_; }

 private:
  struct Made {
    DporFrontier::Made made;
    std::vector<Seen> seen;
  };

  void make_one(std::uint64_t most) {
    const auto chosen = held_.begin() + random_.below(static_cast<std::uint32_t>(held_.size()));
    const DporFrontier::Ticket ticket = std::move(*chosen);
    held_.erase(chosen);
    std::uint64_t executions = std::min<std::uint64_t>(ticket.executions, most - seen_.size());
    if (sharing_.cut_off) executions = 1 + random_.below(static_cast<std::uint32_t>(executions));
    Made& made = made_[ticket.number];
    dpor_.take_up(ticket.part);
    while (made.seen.size() < executions) {
      const End end = engine_.run(dpor_, body_, argument_).end;
      if (end == End::kExhausted) break;
      made.seen.push_back({end, engine_.tape()});
    }
    made.made = DporFrontier::made_by(dpor_, static_cast<std::uint32_t>(made.seen.size()));
  }

  void merge_what_is_due(std::uint64_t most) {
    while (!frontier_->over() && seen_.size() < most) {
      const auto next = made_.find(frontier_->next());
      if (next == made_.end()) return;
      Made made = std::move(next->second);
      made_.erase(next);
      // More than are wanted: those that are, once more.
      if (seen_.size() + made.seen.size() > most) {
        frontier_->deal_again();
        return;
      }
      seen_.insert(seen_.end(), made.seen.begin(), made.seen.end());
      frontier_->merge(std::move(made.made));
    }
  }

  Engine& engine_;
  const Engine::Body body_;
  void* const argument_;
  const Sharing sharing_;
  Random random_;
  std::unique_ptr<DporFrontier> frontier_;
  Dpor dpor_;
  std::vector<DporFrontier::Ticket> held_;
  std::map<std::uint64_t, Made> made_;  // for those before them
  std::vector<Seen> seen_;
};

}  // namespace mpglab::interleave::test
