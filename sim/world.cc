#include "sim/world.h"

#include <algorithm>

#include "sim/runtime.h"

namespace mpglab::sim {

class World::Impl final : private tracer::EventObserver {
 public:
  Impl(const Program& program, const WorldOptions& options)
      : program_(program),
        engine_(engine_options(options, program)),
        runtime_(engine_, program_, options.faults, {options.keep_truth, options.sink}) {
    log_events(false);
  }

  const Outcome& run(interleave::Strategy& strategy) {
    runtime_.reset();
    events_.clear();
    written_.clear();
    const interleave::Execution& execution = engine_.run(
        strategy, [](void* runtime) { static_cast<Runtime*>(runtime)->run_m0(); }, &runtime_);
    outcome_.execution = &execution;
    outcome_.message.clear();
    switch (execution.end) {
      case interleave::End::kFinished:
        outcome_.kind = Outcome::Kind::kFinished;
        break;
      case interleave::End::kStopped:
        if (runtime_.main_returned()) {
          outcome_.kind = Outcome::Kind::kFinished;
        } else {
          outcome_.kind = Outcome::Kind::kThrow;
          outcome_.message = runtime_.thrown();
        }
        break;
      case interleave::End::kDeadlock:
        outcome_.kind = Outcome::Kind::kDeadlock;
        break;
      case interleave::End::kStepBudget:
        outcome_.kind = Outcome::Kind::kBudget;
        break;
      case interleave::End::kDiverged:
        outcome_.kind = Outcome::Kind::kDiverged;
        break;
      case interleave::End::kGivenUp:
        outcome_.kind = Outcome::Kind::kGivenUp;
        break;
      case interleave::End::kExhausted:
        outcome_.kind = Outcome::Kind::kExhausted;
        break;
    }
    return outcome_;
  }

  Runtime& runtime() { return runtime_; }
  interleave::Engine& engine() { return engine_; }

  void log_events(bool on) {
    logs_ = on;
    runtime_.tracer().observe(on || program_.bodies_only ? this : nullptr);
  }
  std::uint64_t fingerprint() const {
    std::uint64_t sum = runtime_.fingerprint();
    for (std::size_t i = 0; i < written_.size(); ++i)
      sum += interleave::mixed(written_[i].number + i);
    return sum;
  }
  std::span<const LoggedEvent> logged_events() const { return events_; }

 private:
  void on_event(const tracer::TracedM* m, std::uint64_t gen, format::EventType type,
                std::span<const std::uint64_t> args) override {
    if (program_.bodies_only) note(m, type, args);
    if (!logs_) return;
    events_.push_back({engine_.steps(),
                       engine_.current(),
                       m == nullptr ? -1 : m->procid,
                       gen,
                       static_cast<std::uint8_t>(type),
                       {args.begin(), args.end()}});
  }

  // What each thread has written so far, but for the times, and for names that are numbers given in
  // the order of first use: stacks and strings.
  void note(const tracer::TracedM* m, format::EventType type, std::span<const std::uint64_t> args) {
    const auto thread = static_cast<std::size_t>(m == nullptr ? 0 : m->procid - M::procid_of(-1));
    if (thread >= written_.size()) written_.resize(thread + 1);
    interleave::Past& written = written_[thread];
    written.saw(static_cast<std::uint64_t>(type));
    const format::EventSpec& spec = format::spec_of(type);
    for (std::size_t i = 0; i < args.size(); ++i) {
      const std::size_t place = i + 1;
      const auto names = [place](const auto& places) {
        return std::find(places.begin(), places.end(), place) != places.end();
      };
      if (!names(spec.stacks) && !names(spec.strings)) written.saw(args[i]);
    }
  }

  // The runtime has many short critical sections; what happens around their ends cannot matter. A
  // proof sees that for itself, and must see every step.
  static interleave::EngineOptions engine_options(const WorldOptions& options,
                                                  const Program& program) {
    interleave::EngineOptions engine = options.engine;
    engine.merge_lock_steps = !program.bodies_only;
    engine.time_stands_still = engine.spare_naming_steps = program.bodies_only;
    engine.spare_looks = program.bodies_only && program.looks_spared;
    return engine;
  }

  // A copy: the world outlives whoever compiled the scenario.
  const Program program_;
  interleave::Engine engine_;
  Runtime runtime_;
  Outcome outcome_;
  bool logs_ = false;
  std::vector<LoggedEvent> events_;
  std::vector<interleave::Past> written_;  // by procid
};

World::World(const Program& program, WorldOptions options)
    : impl_(std::make_unique<Impl>(program, options)) {}
World::~World() = default;

const Outcome& World::run(interleave::Strategy& strategy) {
  return impl_->run(strategy);
}

std::span<const TraceSession> World::sessions() const {
  return {impl_->runtime().sessions().data(), impl_->runtime().session_count()};
}
const TruthLog& World::truth() const {
  return impl_->runtime().truth();
}
interleave::Engine& World::engine() {
  return impl_->engine();
}

std::string World::thread_label(interleave::ThreadId thread) const {
  const M* mp = impl_->runtime().m_of(thread);
  return mp == nullptr ? "thread " + std::to_string(thread) : mp->label;
}

std::string_view World::function_of(interleave::ThreadId thread) const {
  const M* mp = impl_->runtime().m_of(thread);
  return mp == nullptr ? std::string_view{} : mp->calls->innermost();
}

std::int64_t World::goroutine_of(interleave::ThreadId thread) const {
  const M* mp = impl_->runtime().m_of(thread);
  if (mp == nullptr || mp->curg == nullptr) return -1;
  return static_cast<std::int64_t>(mp->curg->goid);
}

std::uint64_t World::fingerprint() const {
  return impl_->fingerprint();
}

void World::log_events(bool on) {
  impl_->log_events(on);
}
std::span<const LoggedEvent> World::logged_events() const {
  return impl_->logged_events();
}

std::string World::value_text(interleave::ObjectId object, std::uint64_t value) const {
  return impl_->runtime().value_text(object, value);
}

std::string World::describe_waiting() const {
  std::string text;
  interleave::Engine& engine = impl_->engine();
  Runtime& runtime = impl_->runtime();
  for (unsigned i = 0; i < engine.thread_count(); ++i) {
    const auto thread = static_cast<interleave::ThreadId>(i);
    text += thread_label(thread) + " in " + std::string(function_of(thread)) + "\n";
  }
  for (const G* g : runtime.goroutines()) {
    if (g->place != G::Place::kWaiting) continue;
    text += "goroutine " + std::to_string(g->goid) +
            " waits: " + std::string(name_of(g->waitreason)) + "\n";
  }
  return text;
}

}  // namespace mpglab::sim
