// --set: the settings of a scenario.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace mpglab::cli {

inline void add_set_option(CLI::App& command, std::vector<std::string>& settings) {
  command
      .add_option(
          "--set", settings,
          "NAME=NUMBER: a setting of the scenario (`mpglab scenarios NAME` shows them); may "
          "be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace mpglab::cli
