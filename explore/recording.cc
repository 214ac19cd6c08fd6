#include "explore/recording.h"

#include "interleave/observer.h"

namespace mpglab::explore {

namespace {

class Recorder final : public interleave::Observer {
 public:
  Recorder(sim::World& world, Recording& recording) : world_(world), recording_(recording) {}

  void on_operation(const interleave::Step& step) override {
    RecordedStep& recorded = recording_.steps.emplace_back();
    recorded.number = step.number;
    recorded.thread = step.thread;
    recorded.operation = step.operation;
    recorded.before = step.before;
    recorded.after = step.after;
    recorded.before_text = world_.value_text(step.operation.object, step.before);
    recorded.after_text = world_.value_text(step.operation.object, step.after);
    recorded.function = world_.function_of(step.thread);
    recorded.goroutine = world_.goroutine_of(step.thread);
  }

  void on_choice(std::size_t index, const interleave::Choice& choice, interleave::ThreadId current,
                 interleave::ThreadId taken) override {
    recording_.choices.push_back({.index = index,
                                  .choice = choice,
                                  .current = current,
                                  .taken = taken,
                                  .before_step = recording_.steps.size(),
                                  .function = std::string{world_.function_of(current)}});
  }

 private:
  sim::World& world_;
  Recording& recording_;
};

// The world tells nobody any more, however the recording ends.
class Observed {
 public:
  Observed(sim::World& world, interleave::Observer& observer) : world_(world) {
    world_.engine().observe(&observer);
    world_.log_events(true);
  }
  ~Observed() {
    world_.engine().observe(nullptr);
    world_.log_events(false);
  }
  Observed(const Observed&) = delete;
  Observed& operator=(const Observed&) = delete;

 private:
  sim::World& world_;
};

}  // namespace

Result<Recording, Divergence> record(Lab& lab, const Token& token) {
  sim::World& world = lab.world();
  Recording recording;
  recording.token = token;
  Recorder recorder(world, recording);
  const Observed observed(world, recorder);
  const auto run = replay(lab, token);
  if (!run) return failure(run.error());
  recording.verdict = run->verdict;
  if (run->finding != nullptr) recording.finding = *run->finding;
  interleave::Engine& engine = world.engine();
  for (unsigned i = 0; i < engine.thread_count(); ++i)
    recording.threads.push_back(world.thread_label(static_cast<interleave::ThreadId>(i)));
  for (interleave::ObjectId i = 0; i < engine.object_count(); ++i)
    recording.objects.push_back({std::string{engine.object_name(i)}, false});
  for (const RecordedStep& step : recording.steps)
    if (step.changed()) recording.objects[step.operation.object].changes = true;
  const auto events = world.logged_events();
  recording.events.assign(events.begin(), events.end());
  recording.truth = world.truth().records;
  const auto sessions = world.sessions();
  recording.sessions.assign(sessions.begin(), sessions.end());
  recording.total_steps = run->outcome->execution->steps;
  recording.switches = run->outcome->execution->switches;
  return recording;
}

}  // namespace mpglab::explore
