#include "sim/world.h"

#include "sim/runtime.h"

namespace mpglab::sim {

class World::Impl final : private tracer::EventObserver {
 public:
  Impl(const Program& program, const WorldOptions& options)
      : program_(program),
        engine_(engine_options(options)),
        runtime_(engine_, program_, options.faults, {options.keep_truth, options.sink}) {}

  const Outcome& run(interleave::Strategy& strategy) {
    runtime_.reset();
    events_.clear();
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
      case interleave::End::kExhausted:
        outcome_.kind = Outcome::Kind::kExhausted;
        break;
    }
    return outcome_;
  }

  Runtime& runtime() { return runtime_; }
  interleave::Engine& engine() { return engine_; }

  void log_events(bool on) { runtime_.tracer().observe(on ? this : nullptr); }
  std::span<const LoggedEvent> logged_events() const { return events_; }

 private:
  void on_event(const tracer::TracedM* m, std::uint64_t gen, format::EventType type,
                std::span<const std::uint64_t> args) override {
    events_.push_back({engine_.steps(),
                       engine_.current(),
                       m == nullptr ? -1 : m->procid,
                       gen,
                       static_cast<std::uint8_t>(type),
                       {args.begin(), args.end()}});
  }

  // The runtime has many short critical sections; what happens around their ends cannot matter.
  static interleave::EngineOptions engine_options(const WorldOptions& options) {
    interleave::EngineOptions engine = options.engine;
    engine.merge_lock_steps = true;
    return engine;
  }

  // A copy: the world outlives whoever compiled the scenario.
  const Program program_;
  interleave::Engine engine_;
  Runtime runtime_;
  Outcome outcome_;
  std::vector<LoggedEvent> events_;
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
