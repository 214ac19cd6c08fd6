#include "cli/classes_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/text.h"

namespace mpglab::cli {

namespace {

// With as many digits as the error lets mean something.
std::string percent(double share, double error) {
  const double digits = error > 0 ? std::ceil(-std::log10(100 * error)) : 0;
  const int after_point = static_cast<int>(std::clamp(digits, 0.0, 9.0));
  return fmt::format("{:.{}f}% +/- {:.{}f}%", 100 * share, after_point, 100 * error, after_point);
}

std::string number_of(const interleave::ClassEstimate& estimate) {
  return (estimate.exact ? "" : "about ") +
         (estimate.classes == 1 ? std::string("1 class") : grouped(estimate.classes) + " classes");
}

}  // namespace

std::string classes_text(const interleave::ClassEstimate& estimate) {
  return fmt::format(
      "{} of equivalent schedules, {} of them met once; the next schedule is of a new one with a "
      "probability of {}",
      number_of(estimate), grouped(estimate.once), percent(estimate.unseen, estimate.error));
}

std::string classes_in_short(const interleave::ClassEstimate& estimate) {
  return fmt::format("{}, {} unseen", number_of(estimate),
                     percent(estimate.unseen, estimate.error));
}

Json json_of(const interleave::ClassEstimate& estimate) {
  Json object = Json::object();
  object["schedules"] = estimate.executions;
  object["classes"] = estimate.classes;
  object["exact"] = estimate.exact;
  object["once"] = estimate.once;
  object["unseen"] = estimate.unseen;
  object["error"] = estimate.error;
  object["at_most"] = estimate.at_most;
  return object;
}

}  // namespace mpglab::cli
