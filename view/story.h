// Story: the rows of a failure card. Of the thousands of steps of a schedule it picks those that a
// person needs to see why it went wrong.
//
// What a row may be:
//  - a change of a word of the story: one that the thread of the wrong event looked at shortly
//    before, and that somebody else had changed;
//  - an event that a thread wrote about a P or goroutine, or the stop-the-world;
//  - a preemption: a thread is held up and another goes on.
// The rows end shortly after the wrong event, and begin shortly before its thread was held up for
// the last time, or else with the first preemption; there are at most `max_rows`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "explore/recording.h"

namespace mpglab::view {

struct Row {
  enum class Kind : std::uint8_t { kChange, kEvent, kPreemption };
  Kind kind = Kind::kChange;
  std::uint64_t step = 0;
  std::size_t thread = 0;          // by thread id of the engine
  std::size_t next_thread = 0;     // kPreemption: who goes on
  std::string text;                // a cell: the function, the event, or where the thread is held
  std::vector<std::string> words;  // of each word of the story, after the step; empty: unknown
  std::optional<std::size_t> changed;  // which word the step changed
  bool wrong = false;
};

struct Story {
  std::vector<std::string> words;    // names, "P1.status"; without "sched."
  std::vector<std::size_t> threads;  // who takes part, in the order of their ids
  std::vector<Row> rows;
  std::size_t left_out = 0;  // rows before the first one that is shown
};

Story tell(const explore::Recording& recording, std::size_t max_rows);

}  // namespace mpglab::view
