#include "cli/findings_folder.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/file_lock.h"
#include "cli/files.h"
#include "cli/outcome.h"
#include "explore/hash.h"

namespace mpglab::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kToken = "token.txt";
constexpr std::string_view kLock = "findings.lock";  // held while a finding is written

// "gcwait+gcwait-stop-not-steal-broken-unknown-resource-1a2b3c4d".
std::string folder_name(const explore::Lab& lab, const explore::Finding& finding) {
  std::string name = lab.program().name;
  for (const explore::Race& race : explore::catalogue())
    if (lab.faults().has(race)) name += fmt::format("+{}", race.id);
  explore::Hash signature;
  signature.add(finding.signature);
  return fmt::format("{}-{}-{}-{:08x}", name, explore::verdict_name(finding.verdict), finding.code,
                     signature.value());
}

Result<void, std::string> write_text(const fs::path& path, std::string_view text) {
  return write_file_to_disk(path.string(), std::as_bytes(std::span(text)));
}

}  // namespace

Result<FindingsFolder, std::string> FindingsFolder::open(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return failure(fmt::format("{}: cannot be made: {}", path, error.message()));
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
    return failure(fmt::format("{}: this folder cannot be written to", path));
  return FindingsFolder(path);
}

Result<std::vector<FindingsFolder::Known>, std::string> FindingsFolder::known(
    const std::string& scenario, explore::FaultSet faults) const {
  std::vector<Known> all;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error)) {
    const fs::path file = entry.path() / kToken;
    if (!fs::exists(file)) continue;
    const auto bytes = read_file(file.string());
    if (!bytes) return failure(bytes.error());
    std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    text.resize(std::min(text.size(), text.find_last_not_of(" \t\r\n") + 1));
    auto token = explore::token_from_text(text);
    if (!token) return failure(fmt::format("{}: {}", file.string(), token.error().message));
    if (token->scenario == scenario && token->faults == faults)
      all.push_back({entry.path().filename().string(), std::move(*token)});
  }
  if (error) return failure(fmt::format("{}: cannot be read: {}", path_, error.message()));
  std::sort(all.begin(), all.end(), [](const Known& a, const Known& b) { return a.name < b.name; });
  return all;
}

Result<FindingsFolder::Kept, std::string> FindingsFolder::keep(explore::Lab& lab,
                                                               const explore::Finding& finding,
                                                               const explore::Token& token,
                                                               const std::string& json,
                                                               const std::string& card) const {
  const fs::path folder = fs::path(path_) / folder_name(lab, finding);
  // Hunts of several parts may keep their findings here at once: of one cause, the files of one.
  const auto lock = FileLock::wait_for((fs::path(path_) / kLock).string());
  if (!lock) return failure(lock.error());
  // The token is written last: a folder with one is complete.
  if (fs::exists(folder / kToken)) return Kept{folder.string(), true};
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return failure(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  if (!lab.world().sessions().empty()) {
    const auto traces = write_traces(lab, (folder / "schedule.trace").string());
    if (!traces) return failure(traces.error());
  }
  for (const auto& [name, text] : {std::pair<std::string_view, std::string>{"finding.json", json},
                                   {"card.txt", card},
                                   {kToken, explore::to_text(token) + "\n"}}) {
    if (auto written = write_text(folder / name, text); !written)
      return failure(std::move(written.error()));
  }
  return Kept{folder.string(), false};
}

}  // namespace mpglab::cli
