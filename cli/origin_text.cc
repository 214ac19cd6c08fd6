#include "cli/origin_text.h"

#include <fmt/format.h>

#include "cli/text.h"
#include "explore/strategies.h"

namespace mpglab::cli {

std::string origin_line(const explore::Origin& origin) {
  const explore::StrategyKind kind = origin.strategy;
  std::string text = fmt::format("{} {}", origin.run > 0 ? "found by" : "made by `mpglab run` with",
                                 explore::strategy_name(kind));
  if (origin.bound && explore::has_depth(kind)) text += fmt::format(" of depth {}", *origin.bound);
  if (origin.bound && explore::bounds_preemptions(kind))
    text += fmt::format(" within {}", counted(*origin.bound, "preemption"));
  if (explore::has_seed(kind)) text += fmt::format(", seed {}", origin.seed);
  if (origin.run > 0) text += fmt::format(", schedule {}", grouped(origin.run));
  if (origin.shrunk) text += "; shrunk since";
  return text;
}

}  // namespace mpglab::cli
