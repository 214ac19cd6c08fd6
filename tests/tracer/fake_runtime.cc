#include "tests/tracer/fake_runtime.h"

#include "interleave/random_walk.h"

namespace mpglab::tracer {

void run_alone(interleave::Engine& engine, const std::function<void()>& body) {
  interleave::RandomWalk strategy(1);
  engine.run(
      strategy, [](void* run) { (*static_cast<const std::function<void()>*>(run))(); },
      const_cast<std::function<void()>*>(&body));
}

FakeRuntime::FakeRuntime(interleave::Engine& engine)
    : m(engine, "M0"),
      reader_m(engine, "M1"),
      p(engine, "P0", 0),
      g(engine, "G0"),
      sleeper(engine, "G1"),
      engine_(engine),
      semas_{interleave::Semaphore(engine, "worldsema", 1),
             interleave::Semaphore(engine, "traceAdvanceSema", 1),
             interleave::Semaphore(engine, "traceShutdownSema", 1),
             interleave::Semaphore(engine, "trace.doneSema[0]", 0),
             interleave::Semaphore(engine, "trace.doneSema[1]", 0)} {
  m.procid = 1001;
  m.p = &p;
  m.curg = &g;
  g.goid = 1;
  sleeper.goid = 2;
}

void FakeRuntime::start_reader(Tracer& tracer) {
  engine_.spawn(
      "reader",
      [](void* self) {
        auto& reader = *static_cast<Tracer*>(self);
        while (!reader.read_trace().empty()) {
        }
      },
      &tracer);
}

void FakeRuntime::throw_(const char* message) {
  thrown = message;
  engine_.stop();
}

}  // namespace mpglab::tracer
