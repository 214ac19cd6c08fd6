#include "explore/prover.h"

#include <algorithm>

#include "base/check.h"
#include "interleave/dpor.h"
#include "interleave/state_search.h"

namespace mpglab::explore {

namespace {

class ByClasses final : public Prover {
 public:
  explicit ByClasses(Lab& lab) : dpor_(lab.world().engine()) {}

  bool begin() override { return dpor_.begin(); }
  std::uint32_t pick(const interleave::Decision& decision) override { return dpor_.pick(decision); }
  void end(const interleave::Tape& tape) override { dpor_.end(tape); }
  Proof proof() const override {
    return {.exhausted = dpor_.exhausted(),
            .whole = dpor_.exhausted(),
            .cannot = std::string(dpor_.cannot())};
  }

 private:
  interleave::Dpor dpor_;
};

class ByStates final : public Prover {
 public:
  ByStates(Lab& lab, const interleave::StateSearchOptions& options)
      : search_(
            lab.world().engine(),
            [](const void* world) { return static_cast<const sim::World*>(world)->fingerprint(); },
            &lab.world(), options) {}

  bool begin() override { return search_.begin(); }
  std::uint32_t pick(const interleave::Decision& decision) override {
    return search_.pick(decision);
  }
  void end(const interleave::Tape& tape) override { search_.end(tape); }
  Proof proof() const override {
    return {.exhausted = search_.exhausted(),
            .whole = search_.whole(),
            .preemptions_below = search_.complete_below(),
            .states = search_.states(),
            .cannot = std::string(search_.cannot())};
  }
  bool counts() const override { return !search_.scouting(); }

 private:
  interleave::StateSearch search_;
};

}  // namespace

std::unique_ptr<Prover> make_prover(const StrategyOptions& options, Lab& lab) {
  MPG_CHECK(lab.program().bodies_only, "a proof takes only what the bodies do");
  if (options.kind == StrategyKind::kDpor) return std::make_unique<ByClasses>(lab);
  MPG_CHECK(options.kind == StrategyKind::kStates, "a strategy that can prove nothing");
  interleave::StateSearchOptions bounded;
  bounded.preemptions = std::min(options.bounds.preemptions, bounded.preemptions);
  return std::make_unique<ByStates>(lab, bounded);
}

}  // namespace mpglab::explore
