// FindingsFolder: where `hunt --out` keeps what it finds, one folder for each cause.
//
//   DIR/gcwait-broken-unknown-resource-1a2b3c4d/
//     token.txt       the schedule, for replay, shrink and explain
//     finding.json    the object that hunt --json prints
//     card.txt        the failure card
//     schedule.trace  its trace; schedule.1.trace, ... if it has several
//
// Two findings are one cause if they are of one scenario with the same faults and have one
// signature. The first is kept; nothing in a folder is ever written over.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "explore/finding.h"
#include "explore/lab.h"
#include "explore/token.h"

namespace mpglab::cli {

class FindingsFolder {
 public:
  // Makes the folder if it is not there. An error: it cannot be made or written to.
  static Result<FindingsFolder, std::string> open(const std::string& path);

  struct Known {
    std::string name;  // of its folder
    explore::Token token;
  };
  // What is kept of this scenario with these faults, by name. An error: a token that cannot be
  // read.
  Result<std::vector<Known>, std::string> known(const std::string& scenario,
                                                explore::FaultSet faults) const;

  struct Kept {
    std::string folder;
    bool known = false;  // it was there already, and stays as it was
  };
  // Keeps a finding. REQUIRES: the lab's last run is the token's schedule.
  Result<Kept, std::string> keep(explore::Lab& lab, const explore::Finding& finding,
                                 const explore::Token& token, const std::string& json,
                                 const std::string& card) const;

 private:
  explicit FindingsFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace mpglab::cli
