// The mpglab command.

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/near_name.h"
#include "cli/command.h"
#include "cli/version.h"

namespace {

using namespace mpglab;
using namespace mpglab::cli;

// A failed check has said where it failed; what is left is the exit code.
void exit_after_abort(int /*signal*/) {
  std::_Exit(kInternal);
}

std::vector<std::string_view> names_of_commands(const CLI::App& app) {
  static std::vector<std::string> kept;
  kept.clear();
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    kept.push_back(command->get_name());
  return {kept.begin(), kept.end()};
}

// One line for whatever CLI11 has against the command line.
std::string mistake(const CLI::App& app, const CLI::ParseError& error,
                    const std::vector<std::string>& arguments) {
  const std::vector<std::string_view> commands = names_of_commands(app);
  const auto parsed = app.get_subcommands();
  if (parsed.empty()) {
    for (const std::string& argument : arguments) {
      if (argument.starts_with("-")) continue;
      const std::string_view near = nearest_name(argument, commands);
      if (!near.empty())
        return fmt::format("there is no command '{}'; did you mean {}?", argument, near);
      return fmt::format("there is no command '{}'; there are {}", argument,
                         fmt::join(commands, ", "));
    }
    if (arguments.empty())
      return fmt::format("a command is missing: {}; `mpglab --help` tells more",
                         fmt::join(commands, ", "));
  }
  const CLI::App& command = parsed.empty() ? app : *parsed.front();
  for (const std::string& extra : app.remaining(true)) {
    if (!extra.starts_with("-")) continue;
    const std::string name = extra.substr(0, extra.find('='));
    std::vector<std::string> known;
    for (const CLI::Option* option : command.get_options())
      for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
    const std::vector<std::string_view> views(known.begin(), known.end());
    const std::string_view near = nearest_name(name, views);
    if (near.empty())
      return fmt::format("there is no option {}; `mpglab {} --help` lists them", name,
                         command.get_name());
    return fmt::format("there is no option {}; did you mean {}?", name, near);
  }
  std::string text = error.what();
  for (char& c : text)
    if (c == '\n') c = ' ';
  return fmt::format("{} (`mpglab {}{}--help` tells more)", text, command.get_name(),
                     parsed.empty() ? "" : " ");
}

int run(int argc, char** argv) {
  Context context;
  CLI::App app{
      "mpglab: a laboratory for Go's scheduler and its execution tracer.\n\n"
      "It runs a miniature of Go's scheduler and decides every interleaving itself, so that a "
      "race\nis found, shrunk, explained, and repeated from one short token.",
      ""};
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("mpglab {}, Go 1.22", kVersion));
  const std::map<std::string, ColorChoice> colors{{"auto", ColorChoice::kAuto},
                                                  {"always", ColorChoice::kAlways},
                                                  {"never", ColorChoice::kNever}};
  app.add_option_function<std::string>(
         "--color", [&](const std::string& when) { context.color = colors.at(when); },
         "auto, always or never; NO_COLOR in the environment means never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.fallthrough();
  app.footer(
      "Start here:\n"
      "  mpglab hunt gcwait --bug gcwait-stop-not-steal   find the race that mpglab was made for\n"
      "  mpglab check FILE.trace                          judge a trace of any Go program\n"
      "  mpglab COMMAND --help                            what a command does, and its options\n\n"
      "Exit codes: 0 nothing found, 1 something found, 2 a mistake in the command or its input,\n"
      "3 inconclusive, 4 a fault of mpglab.");
  // Before each command, when all options are known.
  app.parse_complete_callback([&] { context.console.choose_color(context.color); });
  add_run(app, context);
  add_hunt(app, context);
  add_replay(app, context);
  add_shrink(app, context);
  add_explain(app, context);
  add_check(app, context);
  add_dump(app, context);
  add_pack(app, context);
  add_bugs(app, context);
  add_scenarios(app, context);

  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success);  // prints the help or the version
    return context.console.finish(kNothingFound);
  } catch (const CLI::ParseError& error) {
    context.fail(mistake(app, error, arguments));
  }
  return context.console.finish(context.exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, exit_after_abort);
  // A file that may not grow any more is said like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mpglab: internal error: {}\n", error.what());
    return kInternal;
  }
}
