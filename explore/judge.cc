#include "explore/judge.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "parser/event.h"

namespace mpglab::explore {

namespace {

// What depends on the schedule in a name: the numbers in it.
std::string without_numbers(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result),
               [](char c) { return std::isdigit(static_cast<unsigned char>(c)) == 0; });
  return result;
}

sim::ResourceState state_of(parser::GoState state) {
  switch (state) {
    case parser::GoState::kUndetermined:
    case parser::GoState::kNotExist:
      return sim::ResourceState::kNotExist;
    case parser::GoState::kRunnable:
      return sim::ResourceState::kRunnable;
    case parser::GoState::kRunning:
      return sim::ResourceState::kRunning;
    case parser::GoState::kWaiting:
      return sim::ResourceState::kWaiting;
    case parser::GoState::kSyscall:
      return sim::ResourceState::kSyscall;
  }
  return sim::ResourceState::kNotExist;
}

sim::ResourceState state_of(parser::ProcState state) {
  switch (state) {
    case parser::ProcState::kUndetermined:
    case parser::ProcState::kNotExist:
      return sim::ResourceState::kNotExist;
    case parser::ProcState::kRunning:
      return sim::ResourceState::kRunning;
    case parser::ProcState::kIdle:
      return sim::ResourceState::kIdle;
  }
  return sim::ResourceState::kNotExist;
}

template <class State>
std::optional<TruthJudge::Transition> transition(sim::ResourceKind kind, std::int64_t id,
                                                 State from, State to, std::int64_t thread,
                                                 std::uint64_t event) {
  // A status in a later generation repeats what is known.
  if (from == to) return std::nullopt;
  return TruthJudge::Transition{.kind = kind,
                                .id = static_cast<std::uint64_t>(id),
                                .status = from == State::kUndetermined,
                                .from = state_of(from),
                                .to = state_of(to),
                                .thread = static_cast<std::uint64_t>(thread),
                                .event = event};
}

// What the event tells of a goroutine or a P, if anything.
std::optional<TruthJudge::Transition> transition_of(const parser::Event& event,
                                                    std::uint64_t number) {
  if (const auto go = event.go_transition()) {
    return transition(sim::ResourceKind::kGoroutine, go->goroutine, go->from, go->to, event.thread,
                      number);
  }
  if (const auto proc = event.proc_transition()) {
    return transition(sim::ResourceKind::kProc, proc->proc, proc->from, proc->to, event.thread,
                      number);
  }
  return std::nullopt;
}

Finding broken(const parser::Error& error) {
  Finding finding;
  finding.verdict = Verdict::kBroken;
  finding.code = parser::code_name(error.code);
  finding.message = error.message;
  finding.signature =
      fmt::format("broken/{}/{}", finding.code, error.event.substr(0, error.event.find(' ')));
  finding.error = error;
  return finding;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Finding deadlocked(sim::World& world, const sim::Outcome& outcome) {
  Finding finding;
  finding.verdict = Verdict::kDeadlock;
  finding.code = "deadlock";
  finding.message = fmt::format("nobody can go on: {} threads wait or only spin",
                                outcome.execution->waiting.size());
  finding.waiting = lines_of(world.describe_waiting());
  std::set<std::string> operations;
  for (const interleave::Waiting& waiting : outcome.execution->waiting) {
    const interleave::Operation operation = waiting.operation;
    const std::string_view object = operation.object == interleave::kNoObject
                                        ? std::string_view{}
                                        : world.engine().object_name(operation.object);
    operations.insert(
        fmt::format("{} {}", interleave::access_name(operation.access), without_numbers(object)));
  }
  finding.signature = fmt::format("deadlock/{}", fmt::join(operations, ","));
  return finding;
}

Finding threw(const sim::Outcome& outcome) {
  Finding finding;
  finding.verdict = Verdict::kInvariant;
  finding.code = "throw";
  finding.message = outcome.message;
  finding.signature = fmt::format("invariant/{}", without_numbers(outcome.message));
  return finding;
}

Finding out_of_steps(const sim::Outcome& outcome) {
  Finding finding;
  finding.verdict = Verdict::kBudget;
  finding.code = "step-budget";
  finding.message =
      fmt::format("the schedule had not ended after {} steps", outcome.execution->steps - 1);
  finding.signature = "budget";
  return finding;
}

}  // namespace

Judge::Judge(parser::ReaderFaults faults) : reader_({.faults = faults}) {}

std::optional<Finding> Judge::judge(sim::World& world, const sim::Outcome& outcome) {
  using Kind = sim::Outcome::Kind;
  switch (outcome.kind) {
    case Kind::kFinished:
      break;
    case Kind::kThrow:
      return threw(outcome);
    case Kind::kDeadlock:
      return deadlocked(world, outcome);
    case Kind::kBudget:
      return out_of_steps(outcome);
    case Kind::kGivenUp:
    case Kind::kDiverged:
    case Kind::kExhausted:
      MPG_CHECK(false, "there is no run to judge");
  }
  const auto sessions = world.sessions();
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (!sessions[i].complete) continue;
    auto finding = judge_trace(sessions[i], world.truth());
    if (!finding) continue;
    finding->session = i;
    return finding;
  }
  return std::nullopt;
}

std::optional<Finding> Judge::judge_trace(const sim::TraceSession& session,
                                          const sim::TruthLog& truth) {
  truth_judge_.begin(truth, session);
  told_.clear();
  bool true_so_far = true;
  std::uint64_t number = 0;
  reader_.reset(session.bytes);
  while (reader_.next() == parser::Next::kEvent) {
    // After a lie the rest is read all the same: a trace that breaks later is broken.
    if (true_so_far) {
      if (const auto told = transition_of(reader_.event(), number)) {
        told_.push_back(*told);
        true_so_far = truth_judge_.observe(*told);
      }
    }
    ++number;
  }
  events_ += number;
  if (reader_.failed()) return broken(reader_.error());
  if (true_so_far && truth_judge_.finish()) return std::nullopt;

  TruthJudge::Difference difference = truth_judge_.difference(told_);
  Finding finding;
  finding.verdict = Verdict::kFalse;
  finding.signature = fmt::format("false/{}/{}", difference.code, difference.detail);
  finding.code = std::move(difference.code);
  finding.message = std::move(difference.message);
  finding.lie = std::move(difference.lie);
  return finding;
}

}  // namespace mpglab::explore
