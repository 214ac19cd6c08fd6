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

inline std::string divergence_text(const explore::Divergence& divergence) {
  return fmt::format("the token does not fit its scenario any more: it diverged at choice {}: {}",
                     divergence.index, divergence.message);
}

}  // namespace mpglab::cli
