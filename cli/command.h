// Command: what all subcommands share. Each has a file of its own, with one function that adds it
// to the parser; its callback does the work and leaves the exit code in the Context.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"

namespace mpglab::cli {

struct Context {
  Console console;
  ColorChoice color = ColorChoice::kAuto;
  ExitCode exit_code = kNothingFound;

  // A mistake in what was asked for, or a file that cannot be read or written.
  void fail(std::string_view message) {
    console.complain(message);
    exit_code = kUsage;
  }
};

void add_run(CLI::App& app, Context& context);
void add_hunt(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_shrink(CLI::App& app, Context& context);
void add_explain(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_dump(CLI::App& app, Context& context);
void add_pack(CLI::App& app, Context& context);
void add_bugs(CLI::App& app, Context& context);
void add_scenarios(CLI::App& app, Context& context);

}  // namespace mpglab::cli
