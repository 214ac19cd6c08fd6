// The catalogue: historical races of Go's tracer, runtime and trace reader, as data.
//
// Each race has a switch, which sits in sim or parser at the very place where Go had the fault.
// Adding a race: put the switch there, and an entry at the end of the table in catalogue.cc with
// the next free number. Numbers are in tokens, so one is never used again.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "parser/faults.h"
#include "sim/faults.h"

namespace mpglab::explore {

enum class Side : std::uint8_t { kTracer, kRuntime, kReader };

constexpr std::string_view side_name(Side side) {
  switch (side) {
    case Side::kTracer:
      return "tracer";
    case Side::kRuntime:
      return "runtime";
    case Side::kReader:
      return "reader";
  }
  return "?";
}

struct Race {
  std::uint8_t number;  // below 64, for ever
  Side side;
  std::string_view id;        // "gcwait-stop-not-steal"
  std::string_view title;     // one line
  std::string_view story;     // a few sentences
  std::string_view issue;     // Go's, "golang/go#65181"; empty if there was none
  std::string_view commits;   // of the fix, space between; empty if there is none
  std::string_view versions;  // which were affected
  // What shows it: the built-in scenario that has the race, or, if that is empty, the built-in
  // trace of its name (explore/builtin_traces.h) and the command that tells the difference, between
  // "mpglab" and the trace.
  std::string_view scenario;
  std::string_view command;
  // Exactly one of the two is set.
  bool sim::Faults::*sim_switch;
  bool parser::ReaderFaults::*reader_switch;
};

// In the order of their numbers.
std::span<const Race> catalogue();

// nullptr if there is none.
const Race* find_race(std::string_view id);

// The known id that is nearest to a mistyped one; empty if none is near.
std::string_view nearest_race(std::string_view id);

// Which races are switched on.
class FaultSet {
 public:
  constexpr FaultSet() = default;
  static constexpr FaultSet from_bits(std::uint64_t bits) {
    FaultSet set;
    set.bits_ = bits;
    return set;
  }

  constexpr void add(const Race& race) { bits_ |= std::uint64_t{1} << race.number; }
  constexpr bool has(const Race& race) const { return ((bits_ >> race.number) & 1) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint64_t bits() const { return bits_; }
  // Is every member in this mpglab's catalogue?
  bool known() const;

  sim::Faults sim_faults() const;
  parser::ReaderFaults reader_faults() const;

  friend constexpr bool operator==(FaultSet, FaultSet) = default;

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace mpglab::explore
