#include "explore/prover.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "interleave/dpor.h"
#include "interleave/state_frontier.h"
#include "interleave/state_search.h"

namespace mpglab::explore {

namespace {

using interleave::Dpor;
using interleave::DporFrontier;
using interleave::StateFrontier;
using interleave::StateSearch;

std::string_view why_not(const sim::Program& program) {
  return sim::goroutines_of(program) > sim::kMostGoroutines
             ? "the scenario has more than 4,096 goroutines"
             : "";
}

// Some of the world's plain data is in no fingerprint (sim/fingerprint.cc): what only these use.
std::string_view why_not_by_states(const sim::Program& program) {
  using sim::OpKind;
  for (const sim::GoroutineBody& body : program.bodies) {
    for (const sim::Op& op : body.ops) {
      if (op.kind == OpKind::kNetRead) return "the scenario reads from the network";
      if (op.kind == OpKind::kTraceStart || op.kind == OpKind::kTraceStop ||
          op.kind == OpKind::kGeneration)
        return "the scenario starts, stops or turns over its trace by itself";
    }
  }
  return why_not(program);
}

interleave::StateSearchOptions within(std::uint32_t preemptions) {
  interleave::StateSearchOptions bounded;
  bounded.preemptions = std::min(preemptions, bounded.preemptions);
  return bounded;
}

// What each search has of its own: how one is made, takes a ticket up and tells what it made of it.
struct ByClasses {
  using Frontier = DporFrontier;
  using Search = Dpor;
  using Ticket = DporFrontier::Ticket;
  struct Made {
    DporFrontier::Made made;
    std::string cannot;
  };

  std::unique_ptr<Search> search(Lab& lab) const {
    return std::make_unique<Dpor>(lab.world().engine(), frontier.footprints());
  }
  static void take_up(Search& search, Ticket ticket) { search.take_up(ticket.part); }
  static bool counts(const Search& /*search*/) { return true; }
  static Made made_by(Search& search, std::uint32_t executions) {
    std::string cannot(search.cannot());
    return {DporFrontier::made_by(search, executions), std::move(cannot)};
  }
  void merge(Made made) {
    frontier.merge(std::move(made.made));
    cannot = std::move(made.cannot);
  }
  bool over() const { return frontier.over() || !cannot.empty(); }
  Proof proof() const {
    const bool exhausted = frontier.over() && cannot.empty();
    Proof proof;
    proof.exhausted = proof.whole = exhausted;
    proof.cannot = cannot;
    return proof;
  }
  std::optional<interleave::TreeEstimate> tree() const {
    if (frontier.executions() == 0) return std::nullopt;
    return frontier.estimate();
  }
  KeptSearch kept() const {
    KeptSearch kept;
    kept.frontier = frontier.kept();
    return kept;
  }
  bool restore(const KeptSearch& kept) { return frontier.restore(kept.frontier); }

  std::string cannot{};
  Frontier frontier{};
};

struct ByStates {
  using Frontier = StateFrontier;
  using Search = StateSearch;
  using Ticket = interleave::StateTicket;
  using Made = interleave::StateMade;

  std::unique_ptr<Search> search(Lab& lab) const {
    return std::make_unique<StateSearch>(
        lab.world().engine(),
        [](const void* world) { return static_cast<const sim::World*>(world)->fingerprint(); },
        &lab.world(), options);
  }
  static void take_up(Search& search, Ticket ticket) { search.take_up(std::move(ticket)); }
  static bool counts(const Search& search) { return !search.scouting(); }
  static Made made_by(Search& search, std::uint32_t /*executions*/) { return search.made(); }
  void merge(Made made) { frontier.merge(std::move(made)); }
  bool over() const { return frontier.over() || !why_not.empty(); }
  Proof proof() const {
    return {.exhausted = frontier.exhausted() && why_not.empty(),
            .whole = frontier.whole() && why_not.empty(),
            .preemptions_below = frontier.complete_below(),
            .states = frontier.states(),
            .cannot = std::string(why_not.empty() ? frontier.cannot() : why_not)};
  }
  static std::optional<interleave::TreeEstimate> tree() { return std::nullopt; }
  KeptSearch kept() {
    KeptSearch kept;
    if (!keeps) return kept;
    kept.frontier = frontier.kept();
    StateFrontier::Log log = frontier.take_log();
    kept.met = std::move(log.met);
    kept.met_before = log.before;
    kept.generation = log.generation;
    return kept;
  }
  bool restore(const KeptSearch& kept) {
    if (!frontier.restore(kept.frontier, kept.met)) return false;
    if (keeps) frontier.begin_log(kept.generation, kept.met.size());
    return true;
  }

  interleave::StateSearchOptions options;
  std::string_view why_not;
  bool keeps = false;
  Frontier frontier{options};
};

// A prover by one of these.
template <class By>
class ProverBy final : public Prover {
 public:
  template <class... Options>
  explicit ProverBy(Options... options) : by_{options...} {
    if constexpr (std::is_same_v<By, ByStates>)
      if (by_.keeps) by_.frontier.begin_log(/*generation=*/0, /*known=*/0);
  }

  std::unique_ptr<Worker> worker(Lab& lab) override {
    return std::make_unique<WorkerBy>(*this, by_.search(lab));
  }
  bool over() const override { return by_.over(); }
  std::uint64_t next() const override { return by_.frontier.next(); }
  void merge() override { by_.merge(std::move(made_.extract(next()).mapped())); }
  void deal_again() override {
    made_.erase(next());
    by_.frontier.deal_again();
  }
  Proof proof() const override { return by_.proof(); }
  std::optional<interleave::TreeEstimate> tree() const override { return by_.tree(); }
  KeptSearch kept() override { return by_.kept(); }
  bool restore(const KeptSearch& kept) override { return by_.restore(kept); }

 private:
  class WorkerBy final : public Worker {
   public:
    WorkerBy(ProverBy& prover, std::unique_ptr<typename By::Search> search)
        : prover_(prover), search_(std::move(search)) {}

    std::optional<Ticket> take() override {
      if (prover_.over()) return std::nullopt;
      ticket_ = prover_.by_.frontier.deal();
      if (!ticket_) return std::nullopt;
      number_ = ticket_->number;
      return Ticket{number_, ticket_->executions};
    }
    interleave::Strategy& take_up() override {
      By::take_up(*search_, std::move(*ticket_));
      return *search_;
    }
    bool counts() const override { return By::counts(*search_); }
    void finish(std::uint32_t executions) override { made_ = By::made_by(*search_, executions); }
    void hand_in() override { prover_.made_.emplace(number_, std::move(made_)); }

   private:
    ProverBy& prover_;
    std::unique_ptr<typename By::Search> search_;
    std::optional<typename By::Ticket> ticket_;
    std::uint64_t number_ = 0;
    typename By::Made made_;
  };

  By by_;
  std::map<std::uint64_t, typename By::Made> made_;  // by ticket; for those before them
};

}  // namespace

std::unique_ptr<Prover> make_prover(const sim::Program& program, const ProverOptions& options) {
  MPG_CHECK(program.bodies_only, "a proof takes only what the bodies do");
  MPG_CHECK(is_prover(options.kind), "a strategy that can prove nothing");
  if (options.kind == StrategyKind::kDpor)
    return std::make_unique<ProverBy<ByClasses>>(std::string(why_not(program)));
  return std::make_unique<ProverBy<ByStates>>(within(options.preemptions),
                                              why_not_by_states(program), options.keeps);
}

bool is_kept(StrategyKind kind, const KeptSearch& kept) {
  if (kept.frontier.empty()) return true;
  if (kind == StrategyKind::kDpor) return DporFrontier().restore(kept.frontier);
  return kind == StrategyKind::kStates && StateFrontier().restore(kept.frontier, {});
}

}  // namespace mpglab::explore
