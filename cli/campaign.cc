#include "cli/campaign.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/files.h"
#include "cli/version.h"
#include "explore/hash.h"
#include "explore/replay.h"
#include "interleave/dpor_frontier.h"

namespace mpglab::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kWhole = "campaign.json";

std::string hash_text(std::string_view text) {
  explore::Hash hash;
  hash.add(text);
  return fmt::format("{:08x}", hash.value());
}

std::string hex(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  text.reserve(16 * numbers.size());
  for (const std::uint64_t number : numbers)
    fmt::format_to(std::back_inserter(text), "{:016x}", number);
  return text;
}

bool read_hex(std::string_view text, std::vector<std::uint64_t>& numbers) {
  for (; text.size() >= 16; text.remove_prefix(16)) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 16, number, 16);
    if (error != std::errc{} || end != text.data() + 16) return false;
    numbers.push_back(number);
  }
  return text.empty();
}

// ---- writing ----

Json json_of_plan(const CampaignPlan& plan, bool ended) {
  Json object = json_object();
  object["type"] = "campaign";
  object["format"] = kCampaignFormat;
  object["mpglab"] = kVersion;
  object["model"] = explore::kModelNumber;
  object["program"] = plan.program_hash;
  object["settings"] = plan.settings;
  object["runs"] = plan.runs;
  object["seconds"] = plan.seconds;
  object["keep_going"] = plan.keep_going;
  object["known_occur"] = plan.known_occur;
  object["ended"] = ended;
  return object;
}

Json json_of_state(const explore::HuntState& state) {
  Json object{{"type", "state"}};
  object["next"] = state.next;
  object["runs"] = state.runs;
  object["findings"] = state.findings;
  object["budget_runs"] = state.budget_runs;
  object["first_finding_run"] = state.first_finding_run;
  object["steps"] = state.steps;
  object["seconds"] = state.seconds;
  object["exhausted"] = state.exhausted;
  return object;
}

Json json_of_discovery(const explore::Discovery& discovery) {
  Json object{{"type", "discovery"}};
  object["run"] = discovery.run;
  object["count"] = discovery.count;
  object["signature"] = discovery.finding.signature;
  object["token"] = explore::to_text(discovery.token);
  return object;
}

// The tape as kind, bound and value of each choice.
Json json_of_tape(const interleave::Tape& tape) {
  Json array = Json::array();
  for (const interleave::Choice& choice : tape) {
    array.push_back(static_cast<unsigned>(choice.kind));
    array.push_back(choice.bound);
    array.push_back(choice.value);
  }
  return array;
}

Json json_of_dfs(const explore::HuntState& state) {
  Json object{{"type", "dfs"}};
  object["round"] = state.dfs.round;
  object["complete_below"] = state.dfs.complete_below;
  object["leaves_dealt"] = state.dfs.leaves_dealt;
  object["whole"] = state.dfs_whole;
  const explore::DfsCount& count = state.dfs_count;
  object["before"] = count.before;
  object["size_before"] = count.size_before;
  object["size"] = count.size;
  object["new_before"] = count.new_before;
  object["runs"] = count.runs;
  object["children"] = count.children;
  object["left_out"] = count.left_out;
  object["node"] = state.dfs.node ? json_of_tape(*state.dfs.node) : Json(nullptr);
  return object;
}

Json json_of_proof(const explore::HuntState& state) {
  Json object{{"type", "proof"}};
  object["exhausted"] = state.proof.exhausted;
  object["whole"] = state.proof.whole;
  object["preemptions_below"] = state.proof.preemptions_below;
  object["states"] = state.proof.states;
  object["cannot"] = state.proof.cannot;
  object["dpor"] = state.dpor;
  return object;
}

Json json_of_classes(const interleave::ClassCount::Kept& kept) {
  Json object{{"type", "classes"}};
  object["executions"] = kept.executions;
  object["level"] = kept.level;
  object["entries"] = hex(kept.entries);
  return object;
}

std::string text_of(const CampaignPlan& plan, bool ended, const explore::HuntState& state) {
  std::string text = json_line(json_of_plan(plan, ended)) + json_line(json_of_state(state));
  for (const explore::Discovery& discovery : state.discoveries)
    text += json_line(json_of_discovery(discovery));
  text += json_line(json_of_dfs(state));
  text += json_line(json_of_proof(state));
  text += json_line(json_of_classes(state.classes.kept()));
  return text + json_line(Json{{"type", "end"}, {"hash", hash_text(text)}});
}

// ---- reading ----

void read_plan(const Json& object, Campaign& campaign) {
  CampaignPlan& plan = campaign.plan;
  object.at("program").get_to(plan.program_hash);
  plan.settings = object.at("settings");
  object.at("runs").get_to(plan.runs);
  object.at("seconds").get_to(plan.seconds);
  object.at("keep_going").get_to(plan.keep_going);
  object.at("known_occur").get_to(plan.known_occur);
  object.at("ended").get_to(campaign.ended);
}

void read_state(const Json& object, explore::HuntState& state) {
  object.at("next").get_to(state.next);
  object.at("runs").get_to(state.runs);
  object.at("findings").get_to(state.findings);
  object.at("budget_runs").get_to(state.budget_runs);
  object.at("first_finding_run").get_to(state.first_finding_run);
  object.at("steps").get_to(state.steps);
  object.at("seconds").get_to(state.seconds);
  object.at("exhausted").get_to(state.exhausted);
}

bool read_discovery(const Json& object, explore::HuntState& state) {
  auto token = explore::token_from_text(object.at("token").get<std::string>());
  if (!token) return false;
  explore::Discovery& discovery = state.discoveries.emplace_back();
  discovery.token = std::move(*token);
  object.at("run").get_to(discovery.run);
  object.at("count").get_to(discovery.count);
  object.at("signature").get_to(discovery.finding.signature);
  return true;
}

bool read_dfs(const Json& object, explore::HuntState& state) {
  object.at("round").get_to(state.dfs.round);
  object.at("complete_below").get_to(state.dfs.complete_below);
  object.at("leaves_dealt").get_to(state.dfs.leaves_dealt);
  object.at("whole").get_to(state.dfs_whole);
  explore::DfsCount& count = state.dfs_count;
  count.round = state.dfs.round;
  object.at("before").get_to(count.before);
  object.at("size_before").get_to(count.size_before);
  object.at("size").get_to(count.size);
  object.at("new_before").get_to(count.new_before);
  object.at("runs").get_to(count.runs);
  object.at("children").get_to(count.children);
  object.at("left_out").get_to(count.left_out);
  const Json& node = object.at("node");
  if (node.is_null()) return true;
  if (node.size() % 3 != 0) return false;
  interleave::Tape& tape = state.dfs.node.emplace();
  for (std::size_t i = 0; i < node.size(); i += 3) {
    tape.push_back({static_cast<interleave::ChoiceKind>(node[i].get<std::uint8_t>()),
                    node[i + 1].get<std::uint16_t>(), node[i + 2].get<std::uint16_t>()});
  }
  return true;
}

bool read_proof(const Json& object, explore::HuntState& state) {
  object.at("exhausted").get_to(state.proof.exhausted);
  object.at("whole").get_to(state.proof.whole);
  object.at("preemptions_below").get_to(state.proof.preemptions_below);
  object.at("states").get_to(state.proof.states);
  object.at("cannot").get_to(state.proof.cannot);
  object.at("dpor").get_to(state.dpor);
  return state.dpor.empty() || interleave::DporFrontier().restore(state.dpor);
}

bool read_classes(const Json& object, explore::HuntState& state) {
  interleave::ClassCount::Kept kept;
  object.at("executions").get_to(kept.executions);
  object.at("level").get_to(kept.level);
  return read_hex(object.at("entries").get<std::string>(), kept.entries) &&
         state.classes.restore(kept);
}

// False: a line that is not as it is written.
bool read_line(std::string_view line, Campaign& campaign) {
  const Json object = Json::parse(line);
  const auto type = object.at("type").get<std::string>();
  if (type == "campaign") return read_plan(object, campaign), true;
  if (type == "state") return read_state(object, campaign.state), true;
  if (type == "discovery") return read_discovery(object, campaign.state);
  if (type == "dfs") return read_dfs(object, campaign.state);
  if (type == "proof") return read_proof(object, campaign.state);
  return type == "classes" && read_classes(object, campaign.state);
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
                                         bool ended, const explore::HuntState& state) {
  const std::string text = text_of(plan, ended, state);
  return write_file_to_disk(file, std::as_bytes(std::span(text)));
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
