// Diagnosis: what a broken trace looks like to somebody who knows how Go's traces have broken.
//
// The reader says which rule an event breaks; this says what kind of trouble that is, and which
// known races leave the same signature, the most likely first, with how to tell them apart. It
// knows traces only, so it serves real ones and the laboratory's alike.
//
// Source of the races: golang/go issues and commits, named with each.
#pragma once

#include <string_view>
#include <vector>

#include "parser/error.h"

namespace mpglab::doctor {

enum class Trouble : std::uint8_t {
  kNotATrace,          // no trace of Go at all, or the input cannot be read
  kTooOld,             // v1 of the format, or a version that is not known
  kTruncated,          // the input ends too early
  kCorrupt,            // bytes that no tracer writes
  kMissingGeneration,  // generations or batches are missing, or stand in another order
  kTracerRace,         // whole and well-formed, and contradicts itself
};
std::string_view trouble_name(Trouble trouble);

struct KnownRace {
  std::string_view id;        // "dead-p-stale-on-stop"
  std::string_view issue;     // Go's, or the commit of the fix
  std::string_view versions;  // which were affected
  std::string_view tell;      // how to tell it from others with the same signature
};

struct Diagnosis {
  Trouble trouble = Trouble::kTracerRace;
  std::vector<KnownRace> races;  // with this signature, most likely first; empty: none is known
};

Diagnosis diagnose(const parser::Error& error);

}  // namespace mpglab::doctor
