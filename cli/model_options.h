// The options that say what is run: the scenario, the faults, the Go version, the budget of steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "explore/catalogue.h"
#include "explore/lab.h"
#include "sim/program.h"

namespace mpglab::cli {

struct ModelOptions {
  std::string scenario;
  std::vector<std::string> bugs;
  std::vector<std::string> settings;
  std::string go = "1.22";
  std::uint64_t max_steps = explore::kDefaultMaxSteps;
};

// Returns the option for the scenario, which is required.
CLI::Option* add_model_options(CLI::App& command, ModelOptions& options);

struct Model {
  sim::Program program;
  explore::FaultSet faults;
};
Result<Model, std::string> load_model(const ModelOptions& options);

// What --strategy says in the help: names and what they do.
std::string strategy_help();

}  // namespace mpglab::cli
