// What is said of a shrinking, by `hunt` and by `shrink`.
#pragma once

#include <string>

#include "cli/json.h"
#include "explore/shrink.h"
#include "explore/shrink_program.h"

namespace mpglab::cli {

// "shrunk from 61 preemptions to 4, ..."
std::string shrink_line(const explore::ShrinkResult& result);
void add_shrinking(Json& object, const explore::ShrinkResult& result);

// "scenario shrunk from 3 goroutines, 16 operations and 2 Ps to 3, 5 and 2 ..."
std::string program_shrink_line(const explore::ShrinkProgramResult& result);
// `file`: where the scenario went.
void add_program_shrinking(Json& object, const explore::ShrinkProgramResult& result,
                           const std::string& file);

}  // namespace mpglab::cli
