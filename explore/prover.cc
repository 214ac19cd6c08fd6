#include "explore/prover.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "interleave/state_search.h"

namespace mpglab::explore {

namespace {

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
  return "";
}

class ByStates final : public Prover {
 public:
  ByStates(Lab& lab, const interleave::StateSearchOptions& options)
      : why_not_(why_not_by_states(lab.program())),
        search_(
            lab.world().engine(),
            [](const void* world) { return static_cast<const sim::World*>(world)->fingerprint(); },
            &lab.world(), options) {}

  bool begin() override { return why_not_.empty() && search_.begin(); }
  std::uint32_t pick(const interleave::Decision& decision) override {
    return search_.pick(decision);
  }
  void end(const interleave::Tape& tape) override { search_.end(tape); }
  Proof proof() const override {
    return {.exhausted = search_.exhausted(),
            .whole = search_.whole(),
            .preemptions_below = search_.complete_below(),
            .states = search_.states(),
            .cannot = std::string(why_not_.empty() ? search_.cannot() : why_not_)};
  }
  bool counts() const override { return !search_.scouting(); }

 private:
  std::string_view why_not_;
  interleave::StateSearch search_;
};

}  // namespace

std::unique_ptr<Prover> make_prover(const StrategyOptions& options, Lab& lab) {
  MPG_CHECK(lab.program().bodies_only, "a proof takes only what the bodies do");
  MPG_CHECK(options.kind == StrategyKind::kStates, "a strategy that can prove nothing");
  interleave::StateSearchOptions bounded;
  bounded.preemptions = std::min(options.bounds.preemptions, bounded.preemptions);
  return std::make_unique<ByStates>(lab, bounded);
}

}  // namespace mpglab::explore
