// Where a token came from, in words.
#pragma once

#include <string>

#include "explore/token.h"

namespace mpglab::cli {

// "found by random, seed 7, schedule 4,044; shrunk since".
std::string origin_line(const explore::Origin& origin);

}  // namespace mpglab::cli
