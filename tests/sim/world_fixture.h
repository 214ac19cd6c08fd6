// A world for tests: a scenario in a line or two, and schedules of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "format/event.h"
#include "interleave/random_walk.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace mpglab::sim {

// The schedule in which nobody is preempted.
class DefaultSchedule final : public interleave::Strategy {
 public:
  bool begin() override { return true; }
  std::uint32_t pick(const interleave::Decision& /*decision*/) override { return 0; }
  void end(const interleave::Tape& /*tape*/) override {}
};

class WorldTest : public testing::Test {
 protected:
  // A scenario of a main goroutine and one other body, "worker".
  void scenario(std::string_view main_body, std::string_view worker_body = "work 1",
                std::uint32_t gomaxprocs = 2, std::string_view more = "") {
    const std::string text =
        "title = \"t\"\nstory = \"s\"\ngomaxprocs = " + std::to_string(gomaxprocs) + "\n" +
        std::string(more) + "\n[goroutine.main]\nbody = \"\"\"\n" + std::string(main_body) +
        "\n\"\"\"\n[goroutine.worker]\nbody = \"\"\"\n" + std::string(worker_body) + "\n\"\"\"\n";
    Result<Program, ScenarioError> program = parse_scenario("scenarios/test.toml", text);
    ASSERT_TRUE(program.has_value()) << program.error().message;
    WorldOptions options;
    options.engine.max_steps = max_steps_;
    world_ = std::make_unique<World>(*program, options);
  }

  const Outcome& run_default() {
    DefaultSchedule strategy;
    return world_->run(strategy);
  }

  // Runs schedule `number` of the random walk.
  const Outcome& run_random(std::uint64_t number) {
    interleave::RandomWalk strategy(1, number);
    return world_->run(strategy);
  }

  // What happened to a resource, in order.
  std::vector<ResourceState> history(ResourceKind kind, std::uint64_t id) const {
    std::vector<ResourceState> states;
    for (const TruthRecord& record : world_->truth().records) {
      if (record.kind == kind && record.id == id) states.push_back(record.to);
    }
    return states;
  }

  // The events of the last run, in the order in which they were written, if they were logged.
  std::vector<format::EventType> events() const {
    std::vector<format::EventType> types;
    for (const LoggedEvent& event : world_->logged_events())
      types.push_back(static_cast<format::EventType>(event.type));
    return types;
  }
  // Those of them that are among `wanted`.
  std::vector<format::EventType> events(std::initializer_list<format::EventType> wanted) const {
    std::vector<format::EventType> types = events();
    std::erase_if(types, [&](format::EventType type) {
      return std::find(wanted.begin(), wanted.end(), type) == wanted.end();
    });
    return types;
  }

  std::vector<std::byte> trace() const { return world_->sessions().front().bytes; }

  // In so many of `runs` random schedules, `holds` was true.
  template <class Predicate>
  unsigned count_random(unsigned runs, Predicate holds) {
    unsigned count = 0;
    for (unsigned i = 0; i < runs; ++i) {
      run_random(i);
      if (holds()) ++count;
    }
    return count;
  }

  std::uint64_t max_steps_ = 1'000'000;
  std::unique_ptr<World> world_;
};

}  // namespace mpglab::sim
