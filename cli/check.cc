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
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/json.h"
#include "cli/text.h"
#include "doctor/diagnosis.h"
#include "parser/reader.h"

namespace mpglab::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> bugs;
  bool each_generation = false;
  bool json = false;
};

// Is it a trace that breaks, or nothing that could be read as one?
bool unreadable(parser::ErrorCode code) {
  using Code = parser::ErrorCode;
  return code == Code::kUnreadable || code == Code::kEmpty || code == Code::kNotATrace ||
         code == Code::kTooOld || code == Code::kUnknownVersion;
}

std::string place_text(const parser::Place& place) {
  const std::string thread =
      place.thread < 0 ? "no thread" : fmt::format("thread {}", place.thread);
  return fmt::format("generation {}, {}, byte {}", place.generation, thread, place.offset);
}

bool same(const parser::Place& a, const parser::Place& b) {
  return a.offset == b.offset && a.event == b.event;
}

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

// What a pipe gives, in a file that can be read again. Null: it could not be kept; errno says why.
File kept(std::FILE* pipe) {
  File copy(std::tmpfile());
  std::array<char, 1 << 16> buffer{};
  while (copy != nullptr) {
    const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe);
    if (got == 0) break;
    if (std::fwrite(buffer.data(), 1, got, copy.get()) != got) return nullptr;
  }
  if (copy != nullptr) std::rewind(copy.get());
  return copy;
}

// The first line of a message; the rest is in the lines below it.
std::string_view first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return text;
}

std::string set_by_text(const parser::Place& place) {
  return fmt::format("{} at {}", format::spec_of(place.event).name, place_text(place));
}

Json json_of(const parser::Place& place) {
  return {{"generation", place.generation}, {"thread", place.thread}, {"offset", place.offset}};
}

// Everything that is known of an error.
void add_error(Json& object, const parser::Error& error) {
  object["code"] = parser::code_name(error.code);
  object["message"] = first_line(error.message);
  const doctor::Diagnosis diagnosis = doctor::diagnose(error);
  object["trouble"] = doctor::trouble_name(diagnosis.trouble);
  object["rule"] = parser::code_rule(error.code);
  if (error.place) object.update(json_of(*error.place));
  if (!error.event.empty()) object["event"] = error.event;
  if (!error.contradiction.empty()) object["contradiction"] = error.contradiction;
  if (error.contradicts) {
    Json set_by = json_of(*error.contradicts);
    set_by["event"] = format::spec_of(error.contradicts->event).name;
    object["set_by"] = std::move(set_by);
  }
  if (!error.waiting.empty()) {
    Json waiting = Json::array();
    for (const parser::Waiting& one : error.waiting) {
      Json entry = json_of(one.place);
      entry["event"] = one.event;
      entry["needs"] = one.needs;
      if (one.comes) entry["comes"] = json_of(*one.comes);
      if (one.nowhere) entry["nowhere"] = true;
      waiting.push_back(std::move(entry));
    }
    object["waiting"] = std::move(waiting);
    object["waiting_threads"] = error.waiting_threads;
  }
  if (error.behind) {
    object["behind"] = {{"code", parser::code_name(error.behind->code)},
                        {"message", first_line(error.behind->message)}};
    if (error.behind->place) object["behind"].update(json_of(*error.behind->place));
  }
  Json races = Json::array();
  for (const doctor::KnownRace& race : diagnosis.races) {
    races.push_back(
        {{"id", race.id}, {"issue", race.issue}, {"versions", race.versions}, {"tell", race.tell}});
  }
  object["looks_like"] = std::move(races);
}

class Check {
 public:
  Check(const Options& options, const parser::ReaderFaults& faults, Context& context)
      : options_(options),
        context_(context),
        reader_({.faults = faults}),
        each_({.faults = faults, .each_generation = true}) {}

  void file(const std::string& name) {
    File input(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (input == nullptr) return cannot_open(name);
    if (options_.each_generation && std::fseek(input.get(), 0, SEEK_CUR) != 0) {
      input = kept(input.get());
      if (input == nullptr) return cannot_open(name);
    }
    parser::FileSource source(input.get());
    reader_.reset(source);
    while (reader_.next() == parser::Next::kEvent) {
    }
    if (reader_.failed() && reader_.error().code == parser::ErrorCode::kNotATrace)
      hint_ = text_form_hint(input.get());
    report(name);
    hint_.clear();
    if (options_.each_generation && !(reader_.failed() && unreadable(reader_.error().code))) {
      std::rewind(input.get());
      judge_each_generation(name, input.get());
    }
  }

 private:
  // Once more, each generation as if it were the first.
  void judge_each_generation(const std::string& name, std::FILE* input) {
    parser::FileSource source(input);
    each_.reset(source);
    do {
      while (each_.next() == parser::Next::kEvent) {
      }
      if (each_.failed() && each_.error().place) generation(name, each_.error());
    } while (each_.failed() && each_.skip_generation());
  }

  void generation(const std::string& name, const parser::Error& error) {
    if (context_.exit_code == kNothingFound) context_.exit_code = kFound;
    if (options_.json) {
      Json object = json_object();
      object["file"] = name;
      object["verdict"] = "broken-generation";
      object["events"] = error.events;
      add_error(object, error);
      context_.console.print(json_line(object));
      return;
    }
    const std::string who = fmt::format("  generation {} on its own: {}", error.place->generation,
                                        context_.console.style()(view::Ink::kRed, "broken"));
    if (reader_.failed() && reader_.error().place && same(*reader_.error().place, *error.place))
      return context_.console.line(who + " in the same place");
    context_.console.line(
        fmt::format("{}, {}: {}", who, parser::code_name(error.code), first_line(error.message)));
    details(error);
  }

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
      add_error(object, error);
      context_.console.print(json_line(object));
      return;
    }
    if (cannot) {
      context_.fail(fmt::format("{}: {}{}", name, first_line(error.message), hint_));
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
    details(error);
  }

  void details(const parser::Error& error) {
    Console& console = context_.console;
    const auto detail = [&](std::string_view label, std::string_view text) {
      if (!text.empty()) console.line(fmt::format("  {:<12}{}", label, text));
    };
    if (error.place) detail("where", place_text(*error.place));
    detail("event", error.event);
    detail("rule", parser::code_rule(error.code));
    detail("but", error.contradiction);
    if (error.contradicts) detail("set by", set_by_text(*error.contradicts));
    waiting(error);
    if (error.behind) {
      const std::string at =
          error.behind->place ? fmt::format(" at byte {}", error.behind->place->offset) : "";
      detail("and behind",
             fmt::format("the input is broken{}: {}", at, first_line(error.behind->message)));
    }
    const doctor::Diagnosis diagnosis = doctor::diagnose(error);
    detail("trouble", doctor::trouble_name(diagnosis.trouble));
    for (std::size_t i = 0; i < diagnosis.races.size(); ++i) {
      const doctor::KnownRace& race = diagnosis.races[i];
      detail(i == 0 ? "looks like" : "or",
             fmt::format("{} ({}; {})", race.id, race.issue, race.versions));
      console.print(wrapped(fmt::format("if {}", race.tell), 92, "              "));
    }
  }

  // Those whose need nothing brings come first: the others wait for them, one behind the other.
  void waiting(const parser::Error& error) {
    constexpr std::size_t kMostShown = 12;
    std::vector<const parser::Waiting*> order;
    for (const parser::Waiting& one : error.waiting)
      if (one.nowhere) order.push_back(&one);
    for (const parser::Waiting& one : error.waiting)
      if (!one.nowhere) order.push_back(&one);
    if (order.size() > kMostShown) order.resize(kMostShown);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const parser::Waiting& one = *order[i];
      std::string text = fmt::format("thread {} (byte {}) with {}: needs {}", one.place.thread,
                                     one.place.offset, one.event, one.needs);
      if (one.nowhere) text += "; nothing brings it";
      if (one.comes)
        text += fmt::format("; comes at thread {}, byte {}", one.comes->thread, one.comes->offset);
      context_.console.line(fmt::format("  {:<12}{}", i == 0 ? "waiting" : "", text));
    }
    if (error.waiting_threads > order.size()) {
      context_.console.line(
          fmt::format("  {:<12}and {} more", "", grouped(error.waiting_threads - order.size())));
    }
  }

  const Options& options_;
  Context& context_;
  parser::Reader reader_;
  parser::Reader each_;
  std::string hint_;  // to the file that is being judged
};

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "check", "Judge traces: are they sound, and if not, where do they break and why");
  command->add_option("trace", options->files, "Trace files; - is stdin")->required();
  command->add_option("--bug", options->bugs,
                      "Read as a reader with this fault would; `mpglab bugs` lists them");
  command->add_flag("--each-generation", options->each_generation,
                    "Judge each generation as if it were the first, too");
  command->add_flag("--json", options->json, "One JSON object for each file");
  command->footer(
      "Reads traces of Go 1.22 to 1.26 and says what Go's own reader would, with the place, the "
      "rule\n"
      "and what contradicts it. Exit code 1 if a trace is broken, 2 if a file is no trace.");
  command->callback([options, &context] {
    const auto faults = find_faults(options->bugs);
    if (!faults) return context.fail(faults.error());
    Check check(*options, faults->reader_faults(), context);
    for (const std::string& file : options->files) check.file(file);
  });
}

}  // namespace mpglab::cli
