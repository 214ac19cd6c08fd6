// Numbers on the command line: whole ones and lengths of time, with messages that say what was
// expected. (CLI11 alone takes "-3" for a very large whole number.)
#pragma once

#include <cstdint>

#include <CLI/CLI.hpp>

namespace mpglab::cli {

// A whole number from `least` to `most`.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

// Adds an option for a length of time above 0: "10", "10s", "500ms", "5m", "1h". In seconds.
CLI::Option* add_duration(CLI::App& command, const char* name, double& seconds,
                          const char* description);

}  // namespace mpglab::cli
