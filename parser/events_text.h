// Events as text: what `mpglab dump --events` prints, which is what Go's own reader's events print.
#pragma once

#include <string>

#include "parser/event.h"

namespace mpglab::parser {

// Appends the event with its stacks and a newline. Several lines if there are stacks.
void append_text(std::string& out, const Event& event);

}  // namespace mpglab::parser
