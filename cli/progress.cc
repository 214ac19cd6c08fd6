#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "cli/classes_text.h"
#include "cli/text.h"
#include "cli/tree_text.h"

namespace mpglab::cli {

Course course_of(const explore::HuntOptions& options) {
  Course course;
  course.runs = options.runs / options.shards;
  course.seconds = options.seconds;
  course.deviations = options.bounds.deviations;
  if (options.from != nullptr) {
    course.runs_before = options.from->runs;
    course.tried_before = options.from->next;
    course.seconds_before = options.from->seconds;
  }
  return course;
}

namespace {

// What the limit of schedules counts, so far and before.
struct Counted {
  std::uint64_t all;
  std::uint64_t made;
};
Counted counted_for_limit(const Course& course, const explore::HuntProgress& at) {
  if (at.states) return {at.states->tried, at.states->tried - course.tried_before};
  return {at.runs, at.runs - course.runs_before};
}

std::string states_in_short(const explore::StateCount& count) {
  std::string text = fmt::format("{} met", counted(count.states, "state"));
  if (count.preemptions_below > 0)
    text +=
        fmt::format(", all within {} tried", counted(count.preemptions_below - 1, "preemption"));
  return text;
}

}  // namespace

std::optional<double> seconds_left(const Course& course, const explore::HuntProgress& at) {
  const double passed = at.seconds - course.seconds_before;
  const Counted limited = counted_for_limit(course, at);
  const auto made = static_cast<double>(limited.made);
  std::optional<double> left;
  const auto limit = [&left](double seconds) { left = left ? std::min(*left, seconds) : seconds; };
  if (made > 0 && passed > 0) {
    if (course.runs > 0)
      limit(static_cast<double>(course.runs - std::min(course.runs, limited.all)) * passed / made);
    if (at.dfs) {
      const bool bound = course.deviations != interleave::BoundedDfs::kUnbounded;
      limit(at.dfs->expected_left(bound ? course.deviations : at.dfs->round) * passed / made);
    }
    if (at.tree)
      limit(std::max(0.0, at.tree->executions - static_cast<double>(at.runs)) * passed / made);
  }
  if (course.seconds > 0) limit(std::max(0.0, course.seconds - passed));
  return left;
}

std::string progress_text(const Course& course, const explore::HuntProgress& at) {
  const double passed = at.seconds - course.seconds_before;
  const auto made = static_cast<double>(at.runs - course.runs_before);
  const double rate = passed > 0 ? made / passed : 0.0;
  std::string text;
  if (at.dfs) {
    text = fmt::format("{}: {} of {}", counted(at.dfs->round, "deviation"), grouped(at.dfs->runs),
                       grouped(at.dfs->size));
  } else {
    text = grouped(at.runs);
    // The limit of a search for states counts others as well.
    if (course.runs != 0 && !at.states) text += fmt::format(" of {}", grouped(course.runs));
  }
  text += fmt::format(" schedules, {}/s, {}", grouped(static_cast<std::uint64_t>(rate)),
                      duration_text(at.seconds));
  if (const auto left = seconds_left(course, at))
    text += fmt::format(", {} left", duration_text(*left));
  if (at.dfs && at.dfs->round < course.deviations)
    text += fmt::format(", then about {:.2g}", at.dfs->expected_next());
  if (at.tree) text += ", " + tree_in_short(*at.tree);
  if (at.states) text += ", " + states_in_short(*at.states);
  if (at.classes) text += fmt::format(", {}", classes_in_short(*at.classes));
  if (at.findings > 0) text += fmt::format(", {}", counted(at.findings, "finding"));
  return text;
}

void Progress::show(const explore::HuntProgress& at) {
  if (!wanted_) return;
  // Back to the beginning of the line, and clear what is left of the one before.
  fmt::print(stderr, "\r{}\x1b[K", progress_text(course_, at));
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace mpglab::cli
