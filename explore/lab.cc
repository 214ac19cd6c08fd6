#include "explore/lab.h"

#include <utility>

namespace mpglab::explore {

namespace {

sim::WorldOptions options_of(FaultSet faults, std::uint64_t max_steps) {
  sim::WorldOptions options;
  options.faults = faults.sim_faults();
  options.engine.max_steps = max_steps;
  return options;
}

}  // namespace

Lab::Lab(sim::Program program, FaultSet faults, std::uint64_t max_steps)
    : program_(std::move(program)),
      faults_(faults),
      world_(program_, options_of(faults, max_steps)),
      judge_(faults.reader_faults()) {}

Lab::Run Lab::run(interleave::Strategy& strategy) {
  using Kind = sim::Outcome::Kind;
  const sim::Outcome& outcome = world_.run(strategy);
  finding_.reset();
  if (outcome.kind == Kind::kExhausted || outcome.kind == Kind::kGivenUp)
    return {&outcome, Verdict::kSound, nullptr};
  if (outcome.kind == Kind::kDiverged) return {&outcome, Verdict::kInternal, nullptr};
  finding_ = judge_.judge(world_, outcome);
  if (!finding_) return {&outcome, Verdict::kSound, nullptr};
  return {&outcome, finding_->verdict, &*finding_};
}

}  // namespace mpglab::explore
