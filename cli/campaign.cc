#include "cli/campaign.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "cli/files.h"
#include "cli/version.h"
#include "explore/hash.h"
#include "explore/replay.h"

namespace mpglab::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kWhole = "campaign.json";

std::string hash_text(std::string_view text) {
  explore::Hash hash;
  hash.add(text);
  return fmt::format("{:08x}", hash.value());
}

// ---- values: how one is in the file, and back ----
//
// read() returns false if that was never written; a Json::exception says the same.

template <class Value>
Json written(const Value& value) {
  return value;
}
template <class Value>
bool read(const Json& json, Value& value) {
  json.get_to(value);
  return true;
}

// Hashes, of which there are many.
Json written(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  text.reserve(16 * numbers.size());
  for (const std::uint64_t number : numbers)
    fmt::format_to(std::back_inserter(text), "{:016x}", number);
  return text;
}
bool read(const Json& json, std::vector<std::uint64_t>& numbers) {
  const auto digits = json.get<std::string>();
  std::string_view text = digits;
  for (; text.size() >= 16; text.remove_prefix(16)) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 16, number, 16);
    if (error != std::errc{} || end != text.data() + 16) return false;
    numbers.push_back(number);
  }
  return text.empty();
}

Json written(const explore::Token& token) {
  return explore::to_text(token);
}
bool read(const Json& json, explore::Token& token) {
  auto read = explore::token_from_text(json.get<std::string>());
  if (!read) return false;
  token = std::move(*read);
  return true;
}

// Kind, bound and value of each choice; or null.
Json written(const std::optional<interleave::Tape>& tape) {
  if (!tape) return nullptr;
  Json array = Json::array();
  for (const interleave::Choice& choice : *tape) {
    array.push_back(static_cast<unsigned>(choice.kind));
    array.push_back(choice.bound);
    array.push_back(choice.value);
  }
  return array;
}
bool read(const Json& json, std::optional<interleave::Tape>& tape) {
  if (json.is_null()) return true;
  if (json.size() % 3 != 0) return false;
  tape.emplace();
  for (std::size_t i = 0; i < json.size(); i += 3) {
    tape->push_back({static_cast<interleave::ChoiceKind>(json[i].get<std::uint8_t>()),
                     json[i + 1].get<std::uint16_t>(), json[i + 2].get<std::uint16_t>()});
  }
  return true;
}

// ---- lines: which fields each has ----
//
// fields(archive, thing) gives each field's name and place to an archive, which writes it or reads
// it. So a field is named once. For a writer the thing is const.

class LineWriter {
 public:
  explicit LineWriter(Json& object) : object_(object) {}

  template <class Value>
  void operator()(const char* name, const Value& value) {
    object_[name] = written(value);
  }

 private:
  Json& object_;
};

class LineReader {
 public:
  explicit LineReader(const Json& object) : object_(object) {}

  template <class Value>
  void operator()(const char* name, Value& value) {
    ok_ = read(object_.at(name), value) && ok_;
  }
  bool ok() const { return ok_; }

 private:
  const Json& object_;
  bool ok_ = true;
};

// Is it a T, const or not?
template <class Thing, class T>
concept Is = std::same_as<std::remove_const_t<Thing>, T>;

template <class Archive>
void fields(Archive& archive, Is<CampaignPlan> auto& plan) {
  archive("program", plan.program_hash);
  archive("settings", plan.settings);
  archive("runs", plan.runs);
  archive("seconds", plan.seconds);
  archive("keep_going", plan.keep_going);
  archive("known_occur", plan.known_occur);
}

template <class Archive>
void fields(Archive& archive, Is<explore::HuntState> auto& state) {
  archive("next", state.next);
  archive("runs", state.runs);
  archive("findings", state.findings);
  archive("budget_runs", state.budget_runs);
  archive("first_finding_run", state.first_finding_run);
  archive("steps", state.steps);
  archive("seconds", state.seconds);
  archive("exhausted", state.exhausted);
}

template <class Archive>
void fields(Archive& archive, Is<explore::Discovery> auto& discovery) {
  archive("run", discovery.run);
  archive("count", discovery.count);
  archive("signature", discovery.finding.signature);
  archive("token", discovery.token);
}

template <class Archive>
void dfs_fields(Archive& archive, Is<explore::HuntState> auto& state) {
  archive("round", state.dfs.round);
  archive("complete_below", state.dfs.complete_below);
  archive("leaves_dealt", state.dfs.leaves_dealt);
  archive("whole", state.dfs_whole);
  archive("before", state.dfs_count.before);
  archive("size_before", state.dfs_count.size_before);
  archive("size", state.dfs_count.size);
  archive("new_before", state.dfs_count.new_before);
  archive("runs", state.dfs_count.runs);
  archive("children", state.dfs_count.children);
  archive("left_out", state.dfs_count.left_out);
  archive("node", state.dfs.node);
}

template <class Archive>
void proof_fields(Archive& archive, Is<explore::HuntState> auto& state) {
  archive("exhausted", state.proof.exhausted);
  archive("whole", state.proof.whole);
  archive("preemptions_below", state.proof.preemptions_below);
  archive("states", state.proof.states);
  archive("cannot", state.proof.cannot);
  archive("search", state.search.frontier);
}

template <class Archive>
void fields(Archive& archive, Is<StateJournal::Place> auto& met) {
  archive("generation", met.generation);
  archive("states", met.states);
  archive("hash", met.hash);
}

template <class Archive>
void fields(Archive& archive, Is<interleave::ClassCount::Kept> auto& kept) {
  archive("executions", kept.executions);
  archive("level", kept.level);
  archive("entries", kept.entries);
}

// ---- the file ----

std::string text_of(const CampaignPlan& plan, bool ended, const explore::HuntState& state,
                    const StateJournal::Place& met) {
  std::string text;
  const auto line = [&](Json object, const auto& write_fields) {
    LineWriter writer(object);
    write_fields(writer);
    text += json_line(object);
  };
  Json head = json_object();
  head["type"] = "campaign";
  head["format"] = kCampaignFormat;
  head["mpglab"] = kVersion;
  head["model"] = explore::kModelNumber;
  line(std::move(head), [&](LineWriter& writer) {
    fields(writer, plan);
    writer("ended", ended);
  });
  line({{"type", "state"}}, [&](LineWriter& writer) { fields(writer, state); });
  for (const explore::Discovery& discovery : state.discoveries)
    line({{"type", "discovery"}}, [&](LineWriter& writer) { fields(writer, discovery); });
  line({{"type", "dfs"}}, [&](LineWriter& writer) { dfs_fields(writer, state); });
  line({{"type", "proof"}}, [&](LineWriter& writer) { proof_fields(writer, state); });
  line({{"type", "met"}}, [&](LineWriter& writer) { fields(writer, met); });
  const interleave::ClassCount::Kept classes = state.classes.kept();
  line({{"type", "classes"}}, [&](LineWriter& writer) { fields(writer, classes); });
  return text + json_line(Json{{"type", "end"}, {"hash", hash_text(text)}});
}

// False: a line that is not as it is written.
bool read_line(std::string_view line, Campaign& campaign) {
  const Json object = Json::parse(line);
  const auto type = object.at("type").get<std::string>();
  explore::HuntState& state = campaign.state;
  LineReader reader(object);
  if (type == "campaign") {
    fields(reader, campaign.plan);
    reader("ended", campaign.ended);
  } else if (type == "state") {
    fields(reader, state);
  } else if (type == "discovery") {
    fields(reader, state.discoveries.emplace_back());
  } else if (type == "dfs") {
    dfs_fields(reader, state);
    state.dfs_count.round = state.dfs.round;
  } else if (type == "proof") {
    proof_fields(reader, state);
  } else if (type == "met") {
    fields(reader, campaign.met);
  } else if (type == "classes") {
    interleave::ClassCount::Kept kept;
    fields(reader, kept);
    return reader.ok() && state.classes.restore(kept);
  } else {
    return false;
  }
  return reader.ok();
}

// Is what is kept of its search such as its strategy writes?
bool has_its_search(const Campaign& campaign) {
  const explore::HuntState& state = campaign.state;
  if (state.search.frontier.empty()) return true;
  const auto kind = explore::find_strategy(campaign.plan.settings.value("strategy", ""));
  return kind && explore::is_kept(*kind, state.search);
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

// What is wrong with the file as a whole; empty: nothing.
std::string damage_of(std::string_view text) {
  constexpr std::string_view kEnd = R"({"type":"end","hash":")";
  const std::size_t end = text.rfind(kEnd);
  if (end == std::string_view::npos || !text.ends_with('\n')) return "its end is missing";
  const std::string_view body = text.substr(0, end);
  if (text.substr(end + kEnd.size()) != hash_text(body) + "\"}\n")
    return "it is not what was written";
  return {};
}

// The mpglab that made it, if it is another one than this.
std::string other_mpglab(const Json& header) {
  if (header.value("type", "") != "campaign") return {};
  const int format = header.value("format", 0);
  const std::string version = header.value("mpglab", "");
  const std::uint32_t model = header.value("model", 0U);
  if (format == kCampaignFormat && version == kVersion && model == explore::kModelNumber) return {};
  return fmt::format(
      "this campaign is of mpglab {} with model {}; this is mpglab {} with model {}, whose "
      "schedules "
      "are others",
      version, model, kVersion, explore::kModelNumber);
}

}  // namespace

std::string campaign_file(const std::string& folder, std::uint64_t shard, std::uint64_t shards) {
  const std::string name =
      shards == 1 ? std::string(kWhole) : fmt::format("campaign-{}-of-{}.json", shard, shards);
  return (fs::path(folder) / name).string();
}

Result<std::vector<std::string>, std::string> campaign_files(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name == kWhole || (name.starts_with("campaign-") && name.ends_with(".json")))
      files.push_back(at->path().string());
  }
  if (error)
    return failure(fmt::format("{}: this folder cannot be read: {}", folder, error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

Result<FileLock, std::string> lock_campaign(const std::string& file) {
  auto lock = FileLock::take(fs::path(file).replace_extension(".lock").string());
  if (lock) return std::move(*lock);
  const FileLock::Refusal& refusal = lock.error();
  if (!refusal.busy) return failure(refusal.message);
  return failure(fmt::format("{}: another process{} is at work on this campaign; one alone can be",
                             file, refusal.holder ? fmt::format(" ({})", *refusal.holder) : ""));
}

void remove_leftovers(const std::string& file) {
  constexpr std::size_t kEnding = std::string_view(".XXXXXX").size();  // files.h's temporary name
  const fs::path path(file);
  const std::string begin = path.filename().string() + ".";
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator at(path.parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(begin) && name.size() == begin.size() - 1 + kEnding)
      leftovers.push_back(at->path());
  }
  for (const fs::path& leftover : leftovers) fs::remove(leftover, error);
}

Result<void, std::string> write_campaign(const std::string& file, const CampaignPlan& plan,
                                         bool ended, const explore::HuntState& state,
                                         StateJournal& journal) {
  if (auto added = journal.add(state.search); !added) return added;
  const std::string text = text_of(plan, ended, state, journal.place());
  if (auto written = write_file_to_disk(file, std::as_bytes(std::span(text))); !written)
    return written;
  journal.remove_others();
  return {};
}

Result<Campaign, std::string> read_campaign(const std::string& file) {
  const auto bytes = read_file(file);
  if (!bytes) return failure(bytes.error());
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const Json header = Json::parse(first_line(text), nullptr, /*allow_exceptions=*/false);
  if (header.is_object()) {
    try {
      if (const std::string other = other_mpglab(header); !other.empty())
        return failure(fmt::format("{}: {}", file, other));
    } catch (const Json::exception&) {
      // A header with other things in it than we write: the hash tells.
    }
  }
  if (const std::string damage = damage_of(text); !damage.empty())
    return failure(fmt::format("{}: this campaign is damaged: {}", file, damage));
  Campaign campaign;
  try {
    std::string_view rest = text;
    for (std::string_view line = first_line(rest); line.size() + 1 < rest.size();
         line = first_line(rest)) {
      if (!read_line(line, campaign))
        return failure(
            fmt::format("{}: this campaign is damaged: {}...", file, line.substr(0, 60)));
      rest.remove_prefix(line.size() + 1);
    }
    if (!has_its_search(campaign))
      return failure(fmt::format("{}: this campaign is damaged: no search was like that", file));
  } catch (const Json::exception& error) {
    return failure(fmt::format("{}: this campaign is damaged: {}", file, error.what()));
  }
  return campaign;
}

Result<void, std::string> find_again(explore::Lab& lab, const std::string& file,
                                     explore::HuntState& state) {
  for (explore::Discovery& discovery : state.discoveries) {
    const auto fits = explore::check_fits(discovery.token, lab.program());
    const auto run = fits ? std::optional(explore::replay(lab, discovery.token)) : std::nullopt;
    const bool same = run && run->has_value() && (*run)->finding != nullptr &&
                      (*run)->finding->signature == discovery.finding.signature;
    if (!same) {
      return failure(fmt::format("{}: schedule {} does not show {} any more", file, discovery.run,
                                 discovery.finding.signature));
    }
    discovery.finding = *(*run)->finding;
  }
  return {};
}

}  // namespace mpglab::cli
