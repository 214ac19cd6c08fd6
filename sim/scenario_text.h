// A Program back to the text of a scenario file: the inverse of parse_scenario (sim/scenario.h).
//
// What the text says is parsed to the same program again, but for the lines at which its operations
// stand, for the settings, whose values stand where their names did, and for the comments of the
// file that it was read from.
#pragma once

#include <string>

#include "sim/program.h"

namespace mpglab::sim {

// REQUIRES: the invariants of a Program; title and story are not empty and valid UTF-8; whoever
// starts a body starts it as often, for the file says it once.
std::string scenario_text(const Program& program);

}  // namespace mpglab::sim
