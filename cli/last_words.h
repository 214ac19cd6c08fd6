// LastWords: says, while it lives, which schedule a fatal signal came in and where what was found
// is, and ends the process with kInternal. For a hunt: its jobs are threads of one process, so a
// fault of ours in one of them takes all of them with it.
//
// A signal handler can reach nothing but an object of the process, so there is one, and at most one
// LastWords at a time.
#pragma once

#include <string>

#include "explore/running_schedules.h"

namespace mpglab::cli {

class LastWords {
 public:
  // `of`: which hunt, as in "gcwait (strategy random, seed 1)"; `kept`: where its findings are.
  // `running` must outlive this.
  LastWords(const explore::RunningSchedules& running, std::string of, std::string kept);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

 private:
  const std::string of_;
  const std::string kept_;
};

}  // namespace mpglab::cli
