// Which of the events that the tracer wrote is the one that the reader stumbled over.
#pragma once

#include <cstddef>
#include <optional>

#include "explore/recording.h"

namespace mpglab::explore {

// The index in recording.events. Nothing if the finding is not about one event of a trace.
std::optional<std::size_t> wrong_event(const Recording& recording);

}  // namespace mpglab::explore
