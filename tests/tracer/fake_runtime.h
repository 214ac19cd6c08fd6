// A runtime of one M, one P and two goroutines for tests of the tracer, with a thread of its own
// that reads the trace. The world stops at once.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "interleave/engine.h"
#include "interleave/semaphore.h"
#include "tracer/runtime.h"
#include "tracer/tracer.h"

namespace mpglab::tracer {

// Runs `body` as the only thread of one execution.
void run_alone(interleave::Engine& engine, const std::function<void()>& body);

class FakeRuntime final : public Runtime {
 public:
  explicit FakeRuntime(interleave::Engine& engine);

  TracedM& getm() override { return engine_.current() == 0 ? m : reader_m; }
  std::uint64_t trace_clock_now() override { return ++clock; }
  void osyield() override { engine_.yield(); }
  void semacquire(Sema sema) override { semas_[static_cast<std::size_t>(sema)].acquire(); }
  void semrelease(Sema sema, bool /*handoff*/) override {
    semas_[static_cast<std::size_t>(sema)].release();
  }
  void stop_the_world(StwReason /*reason*/) override {}
  void start_the_world() override {}
  void lock_sysmon() override {}
  void unlock_sysmon() override {}
  std::span<TracedP* const> live_ps() override { return ps; }
  std::span<TracedP* const> dead_ps() override { return {}; }
  std::uint32_t gomaxprocs() override { return 1; }
  ProcStatus status_of(TracedP& /*p*/, bool /*owns_world*/) override {
    return ProcStatus::kRunning;
  }
  std::span<TracedG* const> all_gs() override { return gs; }
  std::optional<SuspendedG> suspend_and_look(TracedG& traced) override {
    return SuspendedG{traced.goid, -1, GoStatus::kWaiting, false};
  }
  void snapshot_ms(std::vector<TracedM*>& out) override { out.assign(1, &m); }
  void for_each_p(ForP fn, void* context) override { fn(context, p); }
  void park_trace_reader() override { engine_.yield(); }
  [[noreturn]] void throw_(const char* message) override;

  // Starts the thread that reads `tracer` until its trace is over.
  void start_reader(Tracer& tracer);

  TracedM m;
  TracedM reader_m;
  TracedP p;
  TracedG g;
  TracedG sleeper;  // a second goroutine, which waits all the time
  std::array<TracedP*, 1> ps{&p};
  std::array<TracedG*, 2> gs{&g, &sleeper};
  std::uint64_t clock = 100;
  std::string thrown;

 private:
  interleave::Engine& engine_;
  std::array<interleave::Semaphore, static_cast<std::size_t>(Sema::kCount)> semas_;
};

}  // namespace mpglab::tracer
