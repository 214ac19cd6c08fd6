// Campaign: a hunt that can be gone on with. `hunt --out DIR` keeps it beside the findings, and
// `hunt --resume DIR` takes it up.
//
//   DIR/campaign.json          of a hunt of all schedules
//   DIR/campaign-2-of-4.json   of the second of four shards
//   DIR/campaign.states-0      what a search for states has met (state_journal.h)
//   DIR/campaign.lock          for whoever is at work on it (file_lock.h); likewise for each shard
//
// What was kept is exactly what the hunt knew after some number of schedules (explore::HuntState),
// so that a campaign that was stopped, by whatever, ends with what it would have ended with. The
// file is written anew each time and takes the place of the old one when it is on the disk: at
// every moment there is a whole one.
//
// JSON, one object a line, and the last one has a hash of those before it. Findings are kept as
// their tokens, and found again by running them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/file_lock.h"
#include "cli/json.h"
#include "cli/state_journal.h"
#include "explore/hunt.h"
#include "explore/lab.h"

namespace mpglab::cli {

// Goes up when the file is another one.
inline constexpr int kCampaignFormat = 6;

// What a campaign is, and how long it is to be. JSON's move assigns by a swap that is not declared
// not to throw. NOLINTNEXTLINE(bugprone-exception-escape)
struct CampaignPlan {
  Json settings;                   // what must be the same all along, by the options' names
  std::uint32_t program_hash = 0;  // explore::program_hash
  std::uint64_t runs = 0;          // limits; 0: none
  double seconds = 0;
  bool keep_going = false;
  bool known_occur = false;  // when it began, something that the folder had still went wrong
};

// NOLINTNEXTLINE(bugprone-exception-escape)
struct Campaign {
  CampaignPlan plan;
  bool ended = false;        // by its limits or a finding; else something stopped it
  explore::HuntState state;  // whose discoveries have no findings yet, nor its search what it met
  StateJournal::Place met;   // where that is
};

std::string campaign_file(const std::string& folder, std::uint64_t shard, std::uint64_t shards);

// The files of all campaigns in the folder, by name. An error: it cannot be read.
Result<std::vector<std::string>, std::string> campaign_files(const std::string& folder);

// For one process alone, as long as the lock lives. An error: another one is at work on it.
// REQUIRES: `file` is of campaign_file() or campaign_files(), and its folder is there.
Result<FileLock, std::string> lock_campaign(const std::string& file);

// Removes what a process left that was killed while it wrote the file. REQUIRES: it is locked; else
// what a living one writes is taken away.
void remove_leftovers(const std::string& file);

// Adds what the search has met to the journal, and then writes the file.
Result<void, std::string> write_campaign(const std::string& file, const CampaignPlan& plan,
                                         bool ended, const explore::HuntState& state,
                                         StateJournal& journal);

// An error: it cannot be read, is damaged, or is of another mpglab.
Result<Campaign, std::string> read_campaign(const std::string& file);

// Runs the token of each discovery, to have its finding again. An error: one does not show what it
// did. REQUIRES: the lab's program is the campaign's.
Result<void, std::string> find_again(explore::Lab& lab, const std::string& file,
                                     explore::HuntState& state);

}  // namespace mpglab::cli
