// What is said of a shrinking, by `hunt` and by `shrink`.
#pragma once

#include <string>

#include "cli/json.h"
#include "explore/shrink.h"

namespace mpglab::cli {

// "shrunk from 61 preemptions to 4, ..."
std::string shrink_line(const explore::ShrinkResult& result);
void add_shrinking(Json& object, const explore::ShrinkResult& result);

}  // namespace mpglab::cli
