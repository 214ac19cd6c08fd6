#include "sim/scenario_body.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "base/near_name.h"

namespace mpglab::sim {

namespace {

enum class Takes : std::uint8_t { kNothing, kGoroutine, kChannel, kCount, kMaybeBlocking };

struct Operation {
  std::string_view name;
  OpKind kind;
  Takes takes;
};

constexpr std::array<Operation, 16> kOperations = {{
    {"go", OpKind::kGo, Takes::kGoroutine},
    {"syscall", OpKind::kSyscall, Takes::kMaybeBlocking},
    {"gosched", OpKind::kGosched, Takes::kNothing},
    {"work", OpKind::kWork, Takes::kCount},
    {"send", OpKind::kSend, Takes::kChannel},
    {"recv", OpKind::kRecv, Takes::kChannel},
    {"stop-the-world", OpKind::kStopTheWorld, Takes::kNothing},
    {"gc", OpKind::kGc, Takes::kNothing},
    {"alloc", OpKind::kAlloc, Takes::kNothing},
    {"netread", OpKind::kNetRead, Takes::kNothing},
    {"generation", OpKind::kGeneration, Takes::kNothing},
    {"trace-start", OpKind::kTraceStart, Takes::kNothing},
    {"trace-stop", OpKind::kTraceStop, Takes::kNothing},
    {"wait", OpKind::kWait, Takes::kNothing},
    {"repeat", OpKind::kRepeat, Takes::kCount},
    {"end", OpKind::kEnd, Takes::kNothing},
}};

struct Word {
  std::string_view text;
  TextPosition at;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool starts_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

// The words of one line up to its comment.
std::vector<Word> split_line(std::string_view line, TextPosition at) {
  std::vector<Word> words;
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!inside && line[i] == '#') break;
    if (is_blank(line[i])) {
      inside = false;
    } else if (!inside) {
      inside = true;
      words.push_back({line.substr(i, 1), at});
    } else {
      Word& word = words.back();
      word.text = {word.text.data(), word.text.size() + 1};
    }
    if (starts_code_point(line[i])) ++at.column;
  }
  return words;
}

class Compiler {
 public:
  Compiler(std::uint32_t body, const ScenarioNames& names) : body_(body), names_(names) {}

  std::optional<ScenarioError> add(const std::vector<Word>& words) {
    const Word& first = words.front();
    const auto* const operation =
        std::find_if(kOperations.begin(), kOperations.end(),
                     [&](const Operation& known) { return known.name == first.text; });
    if (operation == kOperations.end()) return unknown_operation(first);
    if (ops_.size() == kMaxOperations)
      return error(first.at, fmt::format("a body has at most {} operations", kMaxOperations));
    const std::size_t most = operation->takes == Takes::kNothing ? 1 : 2;
    if (words.size() > most) {
      return error(words[most].at,
                   fmt::format("'{}' is too much: {}", words[most].text, usage(*operation)));
    }
    if (words.size() == 1 && operation->takes != Takes::kNothing &&
        operation->takes != Takes::kMaybeBlocking)
      return error(first.at, usage(*operation));
    Op op{.kind = operation->kind, .line = first.at.line};
    if (words.size() == 2) {
      if (auto wrong = set_argument(op, *operation, words[1])) return wrong;
    }
    if (auto wrong = place(op, first)) return wrong;
    ops_.push_back(op);
    return std::nullopt;
  }

  Result<std::vector<Op>, ScenarioError> finish() {
    if (!open_repeats_.empty())
      return failure(error(open_repeats_.back().at, "this repeat has no end"));
    return std::move(ops_);
  }

 private:
  static ScenarioError error(TextPosition at, std::string message) {
    return {at.line, at.column, std::move(message)};
  }

  static ScenarioError unknown_operation(const Word& word) {
    std::array<std::string_view, kOperations.size()> known;
    std::transform(kOperations.begin(), kOperations.end(), known.begin(),
                   [](const Operation& operation) { return operation.name; });
    return error(word.at, fmt::format("unknown operation '{}'{}", word.text,
                                      did_you_mean(word.text, known)));
  }

  static std::string usage(const Operation& operation) {
    switch (operation.takes) {
      case Takes::kNothing:
        return fmt::format("{} stands alone", operation.name);
      case Takes::kGoroutine:
        return fmt::format("{} takes the name of a goroutine", operation.name);
      case Takes::kChannel:
        return fmt::format("{} takes the name of a channel", operation.name);
      case Takes::kCount:
        return fmt::format("{} takes a number from 1 to {}", operation.name, kMaxCount);
      case Takes::kMaybeBlocking:
        return fmt::format("{} stands alone or takes 'blocking'", operation.name);
    }
    return {};
  }

  std::optional<ScenarioError> set_argument(Op& op, const Operation& operation,
                                            const Word& word) const {
    switch (operation.takes) {
      case Takes::kNothing:
        return std::nullopt;
      case Takes::kMaybeBlocking:
        if (word.text != "blocking")
          return error(word.at, fmt::format("'{}': {}", word.text, usage(operation)));
        op.kind = OpKind::kBlockingSyscall;
        return std::nullopt;
      case Takes::kCount:
        return set_count(op, operation, word);
      case Takes::kChannel:
        return set_index(op.argument, word, names_.channels, "channel");
      case Takes::kGoroutine:
        if (auto wrong = set_index(op.argument, word, names_.goroutines, "goroutine")) return wrong;
        if (op.argument == 0)
          return error(word.at, "main is started by the runtime, and only once");
        op.count = names_.counts[op.argument];
        return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<ScenarioError> set_count(Op& op, const Operation& operation,
                                         const Word& word) const {
    std::string wrong;
    const auto count = number_of(word.text, names_.settings, kMaxCount, wrong);
    if (!count) {
      return error(word.at, wrong.empty() ? fmt::format("'{}': {}", word.text, usage(operation))
                                          : std::move(wrong));
    }
    op.count = *count;
    return std::nullopt;
  }

  static std::optional<ScenarioError> set_index(std::uint32_t& index, const Word& word,
                                                std::span<const std::string_view> known,
                                                std::string_view what) {
    const auto found = std::find(known.begin(), known.end(), word.text);
    if (found == known.end()) {
      return error(word.at, fmt::format("there is no {} '{}'{}", what, word.text,
                                        did_you_mean(word.text, known)));
    }
    index = static_cast<std::uint32_t>(found - known.begin());
    return std::nullopt;
  }

  // What depends on where the operation stands.
  std::optional<ScenarioError> place(Op& op, const Word& word) {
    if (op.kind == OpKind::kWait && body_ != 0)
      return error(word.at, "only main can wait for the others");
    if (op.kind == OpKind::kRepeat) {
      if (open_repeats_.size() == kMaxRepeatDepth)
        return error(word.at, fmt::format("repeats nest at most {} deep", kMaxRepeatDepth));
      open_repeats_.push_back({static_cast<std::uint32_t>(ops_.size()), word.at});
    }
    if (op.kind == OpKind::kEnd) {
      if (open_repeats_.empty()) return error(word.at, "this end closes no repeat");
      op.argument = open_repeats_.back().index;
      open_repeats_.pop_back();
    }
    return std::nullopt;
  }

  struct OpenRepeat {
    std::uint32_t index;
    TextPosition at;
  };

  std::uint32_t body_;
  const ScenarioNames& names_;
  std::vector<Op> ops_;
  std::vector<OpenRepeat> open_repeats_;
};

}  // namespace

std::optional<std::uint32_t> number_of(std::string_view text,
                                       std::span<const SettingValue> settings, std::uint32_t most,
                                       std::string& wrong) {
  if (text.starts_with('$')) {
    const std::string_view name = text.substr(1);
    const auto found = std::find_if(settings.begin(), settings.end(),
                                    [&](const SettingValue& known) { return known.name == name; });
    if (found == settings.end()) {
      std::vector<std::string_view> names;
      for (const SettingValue& known : settings) names.push_back(known.name);
      wrong = fmt::format("there is no setting '{}'{}", name, did_you_mean(name, names));
      return std::nullopt;
    }
    if (found->value <= most) return found->value;
    wrong = fmt::format("${} is {}, and here at most {}", name, found->value, most);
    return std::nullopt;
  }
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, status] = std::from_chars(text.data(), end, number);
  if (status != std::errc{} || last != end || number == 0 || number > most) return std::nullopt;
  return number;
}

std::string body_text(const Program& program, std::size_t body) {
  std::string text;
  std::size_t depth = 0;
  for (const Op& op : program.bodies[body].ops) {
    const bool blocking = op.kind == OpKind::kBlockingSyscall;
    const OpKind kind = blocking ? OpKind::kSyscall : op.kind;
    const auto* const operation =
        std::find_if(kOperations.begin(), kOperations.end(),
                     [&](const Operation& known) { return known.kind == kind; });
    MPG_CHECK(operation != kOperations.end(), "an operation without a word for it");
    if (op.kind == OpKind::kEnd) --depth;
    text.append(2 * depth, ' ').append(operation->name);
    if (operation->takes == Takes::kGoroutine) text += " " + program.bodies[op.argument].name;
    if (operation->takes == Takes::kChannel) text += " " + program.channels[op.argument].name;
    if (operation->takes == Takes::kCount) text += fmt::format(" {}", op.count);
    if (blocking) text += " blocking";
    text += '\n';
    if (op.kind == OpKind::kRepeat) ++depth;
  }
  return text;
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> names) {
  const std::string_view near = nearest_name(name, names);
  return near.empty() ? std::string{} : fmt::format("; did you mean '{}'?", near);
}

Result<std::vector<Op>, ScenarioError> compile_body(std::string_view text, TextPosition start,
                                                    std::uint32_t body,
                                                    const ScenarioNames& names) {
  Compiler compiler(body, names);
  TextPosition at = start;
  while (true) {
    const std::size_t end = text.find('\n');
    const std::vector<Word> words = split_line(text.substr(0, end), at);
    if (!words.empty()) {
      if (auto wrong = compiler.add(words)) return failure(*std::move(wrong));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    at = {at.line + 1, 1};
  }
  return compiler.finish();
}

}  // namespace mpglab::sim
