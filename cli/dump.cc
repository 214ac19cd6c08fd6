// mpglab dump: what is in a trace, as text.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "format/wire_text.h"
#include "parser/events_text.h"
#include "parser/reader.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::string file;
  std::vector<std::string> bugs;
  std::uint64_t seed = 1;
  bool events = false;
  bool wire = false;
  bool json = false;
};

void dump_wire(const Options& options, Context& context) {
  const auto trace = read_file(options.file);
  if (!trace) return context.fail(trace.error());
  const auto done =
      format::wire_to_text(*trace, [&](std::string_view line) { context.console.line(line); });
  if (done) return;
  context.console.complain(
      fmt::format("{}: byte {}: {}", options.file, done.error().offset, done.error().message));
  // What is not even a trace gives no line at all.
  context.exit_code = done.error().offset < format::kHeaderSize ? kUsage : kFound;
}

Json json_of(const parser::Event& event, std::uint64_t number) {
  Json object = json_object();
  object["event"] = number;
  object["time"] = event.time;
  object["thread"] = event.thread;
  object["proc"] = event.proc;
  object["goroutine"] = event.goroutine;
  std::string text;
  parser::append_text(text, event);
  // The first line says it all but for the stacks, which follow it.
  object["text"] = text.substr(0, text.find('\n'));
  return object;
}

void dump_events(const Options& options, const parser::ReaderFaults& faults, Context& context) {
  std::FILE* const input = options.file == "-" ? stdin : std::fopen(options.file.c_str(), "rb");
  if (input == nullptr)
    return context.fail(fmt::format("{}: cannot be read: {}", options.file, std::strerror(errno)));
  parser::FileSource source(input);
  parser::Reader reader({.faults = faults, .tie_seed = options.seed});
  reader.reset(source);
  std::string text;
  while (reader.next() == parser::Next::kEvent) {
    text.clear();
    if (options.json) {
      text = json_line(json_of(reader.event(), reader.events() - 1));
    } else {
      parser::append_text(text, reader.event());
    }
    context.console.print(text);
  }
  std::string hint;
  if (reader.failed() && reader.error().code == parser::ErrorCode::kNotATrace)
    hint = text_form_hint(input);
  if (input != stdin) std::fclose(input);
  if (!reader.failed()) return;
  const parser::Error& error = reader.error();
  context.console.complain(fmt::format("{}: {}: {}{}", options.file, parser::code_name(error.code),
                                       error.message.substr(0, error.message.find('\n')), hint));
  // Nothing was understood at all, or the trace breaks.
  context.exit_code = reader.version() ? kFound : kUsage;
}

}  // namespace

void add_dump(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("dump", "Print a trace as text");
  command->add_option("trace", options->file, "A trace file; - is stdin")->required();
  auto* events = command->add_flag("--events", options->events,
                                   "Events in order, as Go's own reader prints them (the default)");
  auto* wire = command->add_flag("--wire", options->wire,
                                 "The wire format, batch by batch; `mpglab pack` reads it");
  auto* json = command->add_flag("--json", options->json, "Events as JSON, one object a line");
  events->excludes(wire)->excludes(json);
  wire->excludes(json);
  auto* bug = command->add_option(
      "--bug", options->bugs, "Read as a reader with this fault would; `mpglab bugs` lists them");
  auto* seed = command->add_option("--seed", options->seed,
                                   "Which order, for the bug nondeterministic-tie-order");
  wire->excludes(bug)->excludes(seed);
  command->callback([options, &context] {
    const auto faults = find_faults(options->bugs);
    if (!faults) return context.fail(faults.error());
    options->wire ? dump_wire(*options, context)
                  : dump_events(*options, faults->reader_faults(), context);
  });
}

}  // namespace mpglab::cli
