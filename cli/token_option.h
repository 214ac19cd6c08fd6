// The argument of replay, shrink and explain: a token.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/set_option.h"
#include "explore/replay.h"

namespace mpglab::cli {

struct TokenOption {
  std::string text;
  std::string scenario;
  std::vector<std::string> settings;
};

inline void add_token_option(CLI::App& command, TokenOption& option) {
  command.add_option("token", option.text, "A token that run, hunt or shrink printed")->required();
  command.add_option("--scenario", option.scenario,
                     "The scenario's file, if it is not a built-in one");
  add_set_option(command, option.settings);
}

// Where a token could not be followed any further, and why that may be.
inline std::string divergence_text(const explore::Token& token,
                                   const explore::Divergence& divergence) {
  const std::string why =
      token.model == explore::kModelNumber
          ? std::string("the token does not fit its scenario any more")
          : fmt::format("the token was made with model {} and does not fit model {}, which this is",
                        token.model, explore::kModelNumber);
  return fmt::format("{}: it diverged at choice {}, step {}: {}", why, divergence.index,
                     divergence.step, divergence.message);
}

}  // namespace mpglab::cli
