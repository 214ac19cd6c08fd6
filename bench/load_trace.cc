#include "load_trace.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "base/check.h"
#include "explore/builtin_scenarios.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace mpglab::bench {

namespace {

class Sink final : public sim::TraceSink {
 public:
  explicit Sink(std::FILE* file) : file_(file) {}
  void write(std::span<const std::byte> bytes) override {
    complete_ = complete_ && std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size();
  }
  bool complete() const { return complete_; }

 private:
  std::FILE* file_;
  bool complete_ = true;
};

sim::Program program_of(const Load& load) {
  const auto rounds = std::max(1.0, load_megabytes() * load.rounds_per_megabyte);
  const std::array settings = {
      sim::Setting{"rounds", static_cast<std::uint32_t>(rounds)},
      sim::Setting{load.setting, load.value},
      sim::Setting{load.goroutine_count, load.goroutines},
  };
  const explore::BuiltinScenario* scenario = explore::find_builtin_scenario(load.scenario);
  MPG_CHECK(scenario != nullptr, "the load scenarios are built in");
  auto program = sim::parse_scenario(scenario->file, scenario->text, settings);
  MPG_CHECK(program.has_value(), "the settings are the scenario's");
  return std::move(*program);
}

void write_trace(const Load& load, explore::StrategyKind kind, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  MPG_CHECK(file != nullptr, "the build folder can be written to");
  Sink sink(file);
  sim::WorldOptions options;
  options.engine.max_steps = ~std::uint64_t{0};
  options.engine.keep_tape = false;
  options.keep_truth = false;
  options.sink = &sink;
  sim::World world(program_of(load), options);
  const auto strategy = explore::make_strategy({.kind = kind, .length = 1'000});
  const bool finished = world.run(*strategy).kind == sim::Outcome::Kind::kFinished;
  const bool closed = std::fclose(file) == 0;
  MPG_CHECK(finished && closed && sink.complete(), "a load runs to its end, and the disk has room");
}

}  // namespace

double load_megabytes() {
  const char* wanted = std::getenv("MPGLAB_BENCH_MEGABYTES");
  return wanted != nullptr ? std::max(0.01, std::atof(wanted)) : 100;
}

std::string load_trace(const Load& load, explore::StrategyKind strategy) {
  const std::filesystem::path folder = MPGLAB_BENCH_TRACES;
  std::filesystem::create_directories(folder);
  const std::string path =
      (folder / fmt::format("{}-{}-{}MB.trace", load.scenario, explore::strategy_name(strategy),
                            load_megabytes()))
          .string();
  if (!std::filesystem::exists(path)) {
    // An interrupted call leaves no half of a trace.
    const std::string partial = path + ".partial";
    write_trace(load, strategy, partial);
    std::filesystem::rename(partial, path);
  }
  return path;
}

}  // namespace mpglab::bench
