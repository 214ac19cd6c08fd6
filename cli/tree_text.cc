#include "cli/tree_text.h"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "cli/text.h"

namespace mpglab::cli {

namespace {

// Two digits are more than it is worth; a number that can be written out is.
std::string about(double number) {
  constexpr double kLong = 1e6;
  if (number >= kLong) return fmt::format("{:.1e}", number);
  return grouped(static_cast<std::uint64_t>(std::llround(number)));
}

}  // namespace

std::string tree_text(const interleave::TreeEstimate& estimate) {
  return fmt::format("{} as far as it is known, which has some {} schedules then (+/- {})",
                     tree_in_short(estimate), about(estimate.executions), about(estimate.error));
}

std::string tree_in_short(const interleave::TreeEstimate& estimate) {
  return fmt::format("about {:.2g}% of the tree", 100 * estimate.explored);
}

Json json_of(const interleave::TreeEstimate& estimate) {
  Json object = Json::object();
  object["explored"] = estimate.explored;
  object["schedules"] = estimate.executions;
  object["error"] = estimate.error;
  return object;
}

}  // namespace mpglab::cli
