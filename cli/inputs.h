// What people name on the command line, looked up: scenarios, faults, strategies, tokens. Errors
// are one line, with what was expected and the nearest known name.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "explore/catalogue.h"
#include "explore/strategies.h"
#include "explore/token.h"
#include "sim/program.h"
#include "sim/scenario.h"

namespace mpglab::cli {

// What --set says, each "NAME=NUMBER".
Result<std::vector<sim::Setting>, std::string> settings_of(const std::vector<std::string>& texts);

// A built-in scenario by its name, or a file: whatever has a '/' or ends in ".toml".
Result<sim::Program, std::string> load_scenario(const std::string& name,
                                                const std::vector<sim::Setting>& settings = {});

Result<explore::FaultSet, std::string> find_faults(const std::vector<std::string>& ids);

Result<explore::StrategyKind, std::string> named_strategy(const std::string& name);

// Why --seed is not for this strategy.
std::string no_seed_text(const std::string& strategy);

// A token with the program that it can be replayed with.
struct Replayable {
  explore::Token token;
  sim::Program program;
};
// `scenario`: a file, for a token of one that is not built in; empty: the built-in one. `settings`:
// in place of the token's own.
Result<Replayable, std::string> load_token(const std::string& text, const std::string& scenario,
                                           const std::vector<std::string>& settings);

// "gcwait", "load-channels with sends=5 + gcwait-stop-not-steal".
std::string title_of(const sim::Program& program, explore::FaultSet faults);

// Faults by their ids: "gcwait-stop-not-steal, ..."; empty if there are none.
std::string names_of(explore::FaultSet faults);

}  // namespace mpglab::cli
