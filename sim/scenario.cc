#include "sim/scenario.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "sim/scenario_body.h"

namespace mpglab::sim {

namespace {

constexpr std::int64_t kMaxProcs = 16;
constexpr std::int64_t kMaxGoroutineCount = 10'000;  // each has a stack of its own
constexpr std::int64_t kMaxCapacity = 1024;
constexpr std::size_t kMaxGoroutines = 64;
constexpr std::size_t kMaxChannels = 64;
constexpr std::size_t kMaxSettings = 16;

ScenarioError error_at(const toml::source_position& at, std::string message) {
  return {at.line, at.column, std::move(message)};
}

ScenarioError error_at(const toml::key& key, std::string message) {
  return error_at(key.source().begin, std::move(message));
}

ScenarioError error_at(const toml::node& node, std::string message) {
  return error_at(node.source().begin, std::move(message));
}

// A table's entries in the order in which the file has them; toml++ sorts them by name.
struct Entry {
  const toml::key* key;
  const toml::node* value;
};

std::vector<Entry> in_file_order(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, value] : table) entries.push_back({&key, &value});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const toml::source_position& left = a.key->source().begin;
    const toml::source_position& right = b.key->source().begin;
    return std::pair(left.line, left.column) < std::pair(right.line, right.column);
  });
  return entries;
}

bool is_name(std::string_view text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
}

// Where the line and column that toml++ counted lie in the text.
std::size_t offset_of(std::string_view text, const toml::source_position& at) {
  std::size_t offset = 0;
  for (toml::source_index line = 1; line < at.line; ++line) {
    offset = text.find('\n', offset);
    if (offset == std::string_view::npos) return text.size();
    ++offset;
  }
  for (toml::source_index column = 1; column < at.column && offset < text.size(); ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xc0) == 0x80)
      ++offset;
  }
  return offset;
}

// The inside of the string that begins at `text`, as it stands in the file. Positions in a body are
// counted there, because the value that toml++ gives has lost its first newline and its escapes.
struct RawString {
  std::string_view inside;
  std::uint32_t quotes;
};

RawString raw_string(std::string_view text) {
  const char quote = text.front();
  const bool multi_line = text.size() >= 3 && text[1] == quote && text[2] == quote;
  const std::uint32_t quotes = multi_line ? 3 : 1;
  const std::string_view closing = text.substr(0, quotes);
  std::size_t end = quotes;
  while (end < text.size() && text.substr(end, quotes) != closing)
    end += quote == '"' && text[end] == '\\' ? 2U : 1U;
  return {text.substr(quotes, std::min(end, text.size()) - quotes), quotes};
}

std::string name_of_file(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  constexpr std::string_view kEnding = ".toml";
  if (file.ends_with(kEnding)) file.remove_suffix(kEnding.size());
  return std::string{file};
}

// Turns a parsed file into a Program. The first mistake ends it.
class Builder {
 public:
  Builder(std::string_view file, std::string_view text, std::span<const Setting> settings)
      : text_(text), settings_(settings) {
    program_.name = name_of_file(file);
    program_.file = file;
  }

  Result<Program, ScenarioError> build(const toml::table& root) {
    using Step = bool (Builder::*)(const toml::table&);
    for (const Step step : {&Builder::read_settings, &Builder::read_top, &Builder::read_channels,
                            &Builder::read_goroutines, &Builder::read_bodies}) {
      if (!(this->*step)(root)) return failure(*std::move(error_));
    }
    return std::move(program_);
  }

 private:
  bool fail(ScenarioError error) {
    error_ = std::move(error);
    return false;
  }

  bool only_keys(const toml::table& table, std::span<const std::string_view> known,
                 std::string_view where) {
    for (const Entry& entry : in_file_order(table)) {
      const std::string_view key = entry.key->str();
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        return fail(
            error_at(*entry.key, fmt::format("unknown key '{}' in {}{}; known are {}", key, where,
                                             did_you_mean(key, known), fmt::join(known, ", "))));
      }
    }
    return true;
  }

  bool read_text(const toml::table& table, std::string_view key, std::string& text) {
    const toml::node* const node = table.get(key);
    if (node == nullptr)
      return fail({1, 1, fmt::format("the scenario has no {}: {} = \"...\"", key, key)});
    const auto* const value = node->as_string();
    if (value == nullptr) return fail(error_at(*node, fmt::format("{} must be a text", key)));
    const std::string_view all = value->get();
    const std::size_t first = all.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
      return fail(error_at(*node, fmt::format("{} must not be empty", key)));
    text = all.substr(first, all.find_last_not_of(" \t\r\n") - first + 1);
    return true;
  }

  // Leaves `number` alone if the key is not there. "$NAME" is the setting NAME.
  bool read_number(const toml::table& table, std::string_view key, std::int64_t least,
                   std::int64_t most, std::uint32_t& number) {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return true;
    if (const auto* const text = node->as_string();
        text != nullptr && text->get().starts_with('$')) {
      std::string wrong;
      const auto value =
          number_of(text->get(), names_.settings, static_cast<std::uint32_t>(most), wrong);
      if (!value) return fail(error_at(*node, std::move(wrong)));
      number = *value;
      return true;
    }
    const auto* const value = node->as_integer();
    if (value == nullptr || value->get() < least || value->get() > most) {
      return fail(
          error_at(*node, fmt::format("{} must be a number from {} to {}", key, least, most)));
    }
    number = static_cast<std::uint32_t>(value->get());
    return true;
  }

  // The table [settings]: numbers by name, each with its default.
  bool read_settings(const toml::table& root) {
    if (const toml::node* const node = root.get("settings"); node != nullptr) {
      const auto* const table = node->as_table();
      if (table == nullptr)
        return fail(error_at(*node, "settings must be a table: [settings], then NAME = NUMBER"));
      for (const Entry& entry : in_file_order(*table)) {
        const std::string_view name = entry.key->str();
        if (names_.settings.size() == kMaxSettings)
          return fail(error_at(*entry.key,
                               fmt::format("a scenario has at most {} settings", kMaxSettings)));
        if (!is_name(name))
          return fail(error_at(*entry.key, fmt::format("'{}' is no name for a setting: a letter, "
                                                       "then letters, digits, '-' and '_'",
                                                       name)));
        std::uint32_t value = 0;
        if (!read_number(*table, name, 1, kMaxCount, value)) return false;
        names_.settings.push_back({name, value});
        program_.settings.push_back({std::string{name}, value});
      }
    }
    return apply_settings();
  }

  // What whoever runs the scenario wants otherwise.
  bool apply_settings() {
    for (const Setting& wanted : settings_) {
      const auto found =
          std::find_if(names_.settings.begin(), names_.settings.end(),
                       [&](const SettingValue& known) { return known.name == wanted.name; });
      if (found == names_.settings.end()) {
        std::vector<std::string_view> known;
        for (const SettingValue& setting : names_.settings) known.push_back(setting.name);
        return fail({0, 0,
                     fmt::format("the scenario has no setting '{}'{}", wanted.name,
                                 known.empty() ? "; it has none at all"
                                               : did_you_mean(wanted.name, known))});
      }
      if (wanted.value == 0 || wanted.value > kMaxCount) {
        return fail(
            {0, 0, fmt::format("{} must be a number from 1 to {}", wanted.name, kMaxCount)});
      }
      found->value = wanted.value;
    }
    for (std::size_t i = 0; i < names_.settings.size(); ++i) {
      ProgramSetting& setting = program_.settings[i];
      setting.changed = setting.value != names_.settings[i].value;
      setting.value = names_.settings[i].value;
    }
    return true;
  }

  bool read_top(const toml::table& root) {
    static constexpr std::array<std::string_view, 9> kKeys = {
        "title",         "story",    "gomaxprocs", "bodies-only", "scheduling-at-once",
        "idle-ms-alike", "settings", "channel",    "goroutine"};
    return only_keys(root, kKeys, "a scenario") && read_text(root, "title", program_.title) &&
           read_text(root, "story", program_.story) &&
           read_number(root, "gomaxprocs", 1, kMaxProcs, program_.gomaxprocs) &&
           read_bool(root, "bodies-only", program_.bodies_only) &&
           read_bool(root, "scheduling-at-once", program_.scheduling_at_once) &&
           read_bool(root, "idle-ms-alike", program_.idle_ms_alike);
  }

  bool read_bool(const toml::table& root, std::string_view key, bool& value) {
    const toml::node* const node = root.get(key);
    if (node == nullptr) return true;
    const auto* const known = node->as_boolean();
    if (known == nullptr)
      return fail(error_at(*node, fmt::format("{} must be true or false", key)));
    value = known->get();
    return true;
  }

  // The tables [kind.NAME], in file order.
  bool read_tables(const toml::table& root, std::string_view kind, std::size_t most,
                   std::vector<Entry>& entries) {
    const toml::node* const node = root.get(kind);
    if (node == nullptr) return true;
    const auto* const tables = node->as_table();
    if (tables == nullptr)
      return fail(error_at(*node, fmt::format("{} must be tables: [{}.NAME]", kind, kind)));
    entries = in_file_order(*tables);
    if (entries.size() > most)
      return fail(
          error_at(*entries[most].key, fmt::format("a scenario has at most {} {}s", most, kind)));
    for (const Entry& entry : entries) {
      if (!is_name(entry.key->str())) {
        return fail(
            error_at(*entry.key, fmt::format("'{}' is no name for a {}: a letter, then letters, "
                                             "digits, '-' and '_'",
                                             entry.key->str(), kind)));
      }
      if (!entry.value->is_table()) {
        return fail(error_at(*entry.value, fmt::format("{} '{}' must be a table: [{}.{}]", kind,
                                                       entry.key->str(), kind, entry.key->str())));
      }
    }
    return true;
  }

  bool read_channels(const toml::table& root) {
    static constexpr std::array<std::string_view, 1> kKeys = {"capacity"};
    std::vector<Entry> entries;
    if (!read_tables(root, "channel", kMaxChannels, entries)) return false;
    for (const Entry& entry : entries) {
      const toml::table& table = *entry.value->as_table();
      Channel channel{.name = std::string{entry.key->str()}};
      if (!only_keys(table, kKeys, "a channel") ||
          !read_number(table, "capacity", 0, kMaxCapacity, channel.capacity))
        return false;
      program_.channels.push_back(std::move(channel));
    }
    return true;
  }

  bool read_goroutines(const toml::table& root) {
    static constexpr std::array<std::string_view, 2> kKeys = {"body", "count"};
    if (!read_tables(root, "goroutine", kMaxGoroutines, goroutines_)) return false;
    const auto is_main = [](const Entry& entry) { return entry.key->str() == "main"; };
    const auto main = std::find_if(goroutines_.begin(), goroutines_.end(), is_main);
    if (main == goroutines_.end())
      return fail({1, 1, "the scenario has no [goroutine.main]: it is where the program begins"});
    std::rotate(goroutines_.begin(), main, main + 1);
    for (const Entry& entry : goroutines_) {
      const toml::table& table = *entry.value->as_table();
      std::uint32_t count = 1;
      if (!only_keys(table, kKeys, "a goroutine") ||
          !read_number(table, "count", 1, kMaxGoroutineCount, count))
        return false;
      if (is_main(entry) && count != 1)
        return fail(error_at(*table.get("count"), "there is only one main: leave count out"));
      names_.goroutines.push_back(entry.key->str());
      names_.counts.push_back(count);
    }
    for (const Channel& channel : program_.channels) names_.channels.push_back(channel.name);
    return true;
  }

  bool read_bodies(const toml::table& /*root*/) {
    for (std::uint32_t i = 0; i < goroutines_.size(); ++i) {
      const Entry& entry = goroutines_[i];
      const toml::node* const node = entry.value->as_table()->get("body");
      if (node == nullptr) {
        return fail(error_at(
            *entry.key,
            fmt::format("goroutine '{}' has no body: body = \"\"\"...\"\"\"", entry.key->str())));
      }
      if (!node->is_string()) return fail(error_at(*node, "body must be a text"));
      const toml::source_position at = node->source().begin;
      const RawString raw = raw_string(text_.substr(offset_of(text_, at)));
      auto ops = compile_body(raw.inside, {at.line, at.column + raw.quotes}, i, names_);
      if (!ops) return fail(std::move(ops).error());
      program_.bodies.push_back({std::string{entry.key->str()}, *std::move(ops)});
    }
    return check_tracing();
  }

  bool check_tracing() {
    const Op* stop = nullptr;
    for (const GoroutineBody& body : program_.bodies) {
      for (const Op& op : body.ops) {
        if (op.kind == OpKind::kTraceStart) program_.trace_whole_run = false;
        if (op.kind == OpKind::kTraceStop && stop == nullptr) stop = &op;
      }
    }
    if (program_.trace_whole_run && stop != nullptr) {
      return fail({stop->line, 1,
                   "trace-stop without a trace-start: without both, the whole run is traced"});
    }
    return true;
  }

  std::string_view text_;
  std::span<const Setting> settings_;
  Program program_;
  ScenarioNames names_;
  std::vector<Entry> goroutines_;  // by body index
  std::optional<ScenarioError> error_;
};

}  // namespace

Result<Program, ScenarioError> parse_scenario(std::string_view file, std::string_view text,
                                              std::span<const Setting> settings) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  try {
    const toml::table root = toml::parse(text, file);
    return Builder(file, text, settings).build(root);
  } catch (const toml::parse_error& error) {
    return failure(error_at(error.source().begin, std::string{error.description()}));
  }
}

}  // namespace mpglab::sim
