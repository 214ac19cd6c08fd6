#include "view/passing.h"

#include <fmt/format.h>

namespace mpglab::view {

namespace {

using explore::NearestPassing;

std::string where(const std::string& function) {
  return function.empty() ? std::string() : fmt::format(" in {}", function);
}

std::string step_of(const NearestPassing& passing) {
  return fmt::format("the {}{}{}", passing.access,
                     passing.object.empty() ? "" : fmt::format(" of {}", passing.object),
                     where(passing.step_function));
}

std::string without(const NearestPassing& passing) {
  if (passing.preempts)
    return fmt::format("if {} is not held{} before step {}", passing.thread,
                       where(passing.function), passing.at_step);
  if (passing.next == passing.default_next)
    return fmt::format("if what {} chooses{} before step {} is the default", passing.thread,
                       where(passing.function), passing.at_step);
  return fmt::format("if {}, not {}, goes on after {}{} before step {}", passing.default_next,
                     passing.next, passing.thread, where(passing.function), passing.at_step);
}

}  // namespace

std::string passing_words(const NearestPassing& passing) {
  if (passing.how == NearestPassing::How::kWithout) return without(passing);
  const bool later = passing.how == NearestPassing::How::kLater;
  const bool one = passing.steps == 1;
  std::string change;
  if (later) {
    change = one ? "makes one more step first:"
                 : fmt::format("makes {} more steps first, up to", passing.steps);
  } else {
    change = fmt::format("is held {} sooner: before",
                         one ? "one step" : fmt::format("{} steps", passing.steps));
  }
  return fmt::format("if {}, held before step {} for {}, {} {}", passing.thread, passing.at_step,
                     passing.next, change, step_of(passing));
}

}  // namespace mpglab::view
