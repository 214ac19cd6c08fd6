// mpglab check: judges traces, of mpglab or of any Go program.

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/json.h"
#include "parser/reader.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

// Is it a trace that breaks, or nothing that could be read as one?
bool unreadable(parser::ErrorCode code) {
  using Code = parser::ErrorCode;
  return code == Code::kUnreadable || code == Code::kEmpty || code == Code::kNotATrace ||
         code == Code::kTooOld || code == Code::kUnknownVersion;
}

std::string place_text(const parser::Place& place) {
  return fmt::format("generation {}, thread {}, byte {}", place.generation, place.thread,
                     place.offset);
}

// The first line of a message; the rest is in the lines below it.
std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return text;
}

class Check {
 public:
  Check(const Options& options, Context& context) : options_(options), context_(context) {}

  void file(const std::string& name) {
    std::FILE* const input = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
    if (input == nullptr) return cannot_open(name);
    parser::FileSource source(input);
    reader_.reset(source);
    while (reader_.next() == parser::Next::kEvent) {
    }
    if (input != stdin) std::fclose(input);
    report(name);
  }

 private:
  void cannot_open(const std::string& name) {
    const std::string message = fmt::format("cannot be read: {}", std::strerror(errno));
    if (options_.json) {
      Json object = object_of(name, "unreadable");
      object["code"] = parser::code_name(parser::ErrorCode::kUnreadable);
      object["message"] = message;
      context_.console.print(json_line(object));
    }
    context_.fail(fmt::format("{}: {}", name, message));
  }

  Json object_of(const std::string& name, std::string_view verdict) const {
    Json object = json_object();
    object["file"] = name;
    object["verdict"] = verdict;
    object["events"] = verdict == "unreadable" ? 0 : reader_.events();
    return object;
  }

  void report(const std::string& name) {
    if (!reader_.failed()) return ok(name);
    const parser::Error& error = reader_.error();
    const bool cannot = unreadable(error.code);
    if (cannot) {
      context_.exit_code = kUsage;
    } else if (context_.exit_code == kNothingFound) {
      context_.exit_code = kFound;
    }
    if (options_.json) {
      Json object = object_of(name, cannot ? "unreadable" : "broken");
      object["code"] = parser::code_name(error.code);
      object["message"] = first_line(error.message);
      if (error.place) {
        object["generation"] = error.place->generation;
        object["thread"] = error.place->thread;
        object["offset"] = error.place->offset;
      }
      if (!error.event.empty()) object["event"] = error.event;
      if (!error.contradiction.empty()) object["contradiction"] = error.contradiction;
      if (!error.waiting.empty()) {
        Json waiting = Json::array();
        for (const parser::Waiting& one : error.waiting) {
          waiting.push_back({{"thread", one.place.thread},
                             {"offset", one.place.offset},
                             {"event", one.event},
                             {"needs", one.needs}});
        }
        object["waiting"] = std::move(waiting);
      }
      context_.console.print(json_line(object));
      return;
    }
    if (cannot) {
      context_.fail(fmt::format("{}: {}", name, first_line(error.message)));
      return;
    }
    broken(name, error);
  }

  void ok(const std::string& name) {
    if (options_.json) {
      context_.console.print(json_line(object_of(name, "ok")));
    } else {
      context_.console.line(fmt::format("{}: {}, {} events", name,
                                        context_.console.style()(view::Ink::kGreen, "ok"),
                                        reader_.events()));
    }
  }

  void broken(const std::string& name, const parser::Error& error) {
    Console& console = context_.console;
    console.line(fmt::format("{}: {}, {} events before {}: {}", name,
                             console.style()(view::Ink::kRed, "broken"), error.events,
                             parser::code_name(error.code), first_line(error.message)));
    const auto detail = [&](std::string_view label, std::string_view text) {
      if (!text.empty()) console.line(fmt::format("  {:<12}{}", label, text));
    };
    if (error.place) detail("where", place_text(*error.place));
    detail("event", error.event);
    detail("rule", parser::code_rule(error.code));
    detail("but", error.contradiction);
    if (error.contradicts) {
      detail("set by", fmt::format("{} at {}", format::spec_of(error.contradicts->event).name,
                                   place_text(*error.contradicts)));
    }
    for (std::size_t i = 0; i < error.waiting.size(); ++i) {
      const parser::Waiting& waiting = error.waiting[i];
      detail(i == 0 ? "waiting" : " ",
             fmt::format("thread {} (byte {}) with {}: needs {}", waiting.place.thread,
                         waiting.place.offset, waiting.event, waiting.needs));
    }
  }

  const Options& options_;
  Context& context_;
  parser::Reader reader_;
};

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "check", "Judge traces: are they sound, and if not, where do they break and why");
  command->add_option("trace", options->files, "Trace files; - is stdin")->required();
  command->add_flag("--json", options->json, "One JSON object for each file");
  command->footer(
      "Reads traces of Go 1.22 to 1.26 and says what Go's own reader would, with the place, the "
      "rule\n"
      "and what contradicts it. Exit code 1 if a trace is broken, 2 if a file is no trace.");
  command->callback([options, &context] {
    Check check(*options, context);
    for (const std::string& file : options->files) check.file(file);
  });
}

}  // namespace mpglab::cli
