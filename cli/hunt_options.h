// What `mpglab hunt` is asked for, and which part of it makes a campaign the one that it is.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/json.h"
#include "cli/model_options.h"
#include "explore/strategies.h"

namespace mpglab::cli {

struct HuntOptions {
  ModelOptions model;
  std::string strategy = "fair-pct";
  unsigned depth = explore::kDefaultPctDepth;
  interleave::BoundedDfs::Bounds bounds;
  std::uint64_t seed = 1;
  std::uint64_t runs = 0;
  double seconds = 0;
  unsigned jobs = 1;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  bool keep_going = false;
  bool no_shrink = false;
  bool no_card = false;
  bool classes = false;
  bool at_once = false;
  bool tell_ms_apart = false;
  std::string out;
  std::string resume;
  bool json = false;
  std::set<std::string, std::less<>> given;  // the names of those that were said: "seed"

  bool has(std::string_view name) const { return given.contains(name); }
};

// Options that would be taken and not heeded, and those that shut each other out, are a mistake: an
// error, in one line. The first are about folders alone, and need not know the strategy.
Result<void, std::string> check_folders(const HuntOptions& options);
Result<void, std::string> check_options(const HuntOptions& options, explore::StrategyKind kind);

// What must be the same from the beginning of a campaign to its end: everything that says which
// schedules there are and which of them goes wrong. By the names of the options.
Json campaign_settings(const HuntOptions& options);

// Puts a campaign's settings in the place of those that were not given. An error: one that was
// given is another one there. REQUIRES: `settings` is what campaign_settings returned once; else it
// throws Json::exception.
Result<void, std::string> take_settings(const Json& settings, HuntOptions& options);

}  // namespace mpglab::cli
