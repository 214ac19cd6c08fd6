// mpglab pack: wire text back to a trace.

#include <memory>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/files.h"
#include "format/wire_text.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::string file;
  std::string output;
};

void pack(const Options& options, Context& context) {
  if (options.output.empty() && isatty(STDOUT_FILENO) != 0)
    return context.fail("a trace is not for a terminal: say -o FILE");
  const auto text = read_file(options.file);
  if (!text) return context.fail(text.error());
  const std::string_view characters{reinterpret_cast<const char*>(text->data()), text->size()};
  if (characters.starts_with("go 1."))
    return context.fail(fmt::format(
        "{}: this is a trace already; `mpglab dump --wire` shows its text", options.file));
  const auto trace = format::wire_from_text(characters);
  if (!trace) {
    return context.fail(fmt::format("{}:{}:{}: {}", options.file, trace.error().line,
                                    trace.error().column, trace.error().message));
  }
  if (options.output.empty()) {
    context.console.print({reinterpret_cast<const char*>(trace->data()), trace->size()});
    return;
  }
  if (const auto written = write_file(options.output, *trace); !written)
    return context.fail(written.error());
}

}  // namespace

void add_pack(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("pack", "Make a trace of the text that `dump --wire` prints");
  command->add_option("text", options->file, "A file with wire text; - is stdin")->required();
  command->add_option("-o,--output", options->output, "Where the trace goes; stdout if not given");
  command->footer("Write broken traces by hand: the size of a batch may be left out.");
  command->callback([options, &context] { pack(*options, context); });
}

}  // namespace mpglab::cli
