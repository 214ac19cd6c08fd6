#include "explore/replay.h"

#include <fmt/format.h>

#include "base/check.h"

namespace mpglab::explore {

bool FollowToken::begin() {
  next_ = 0;
  index_ = 0;
  hash_ = {};
  divergence_.reset();
  return true;
}

std::uint32_t FollowToken::pick(const interleave::Decision& decision) {
  const auto diverged = [&](std::string message) {
    divergence_ = Divergence{.index = index_, .message = std::move(message)};
    return kDiverged;
  };
  if (index_ == token_.tape_length) {
    return diverged(
        fmt::format("expected the schedule to end after {} choices, and it goes on", index_));
  }
  interleave::Choice choice{decision.kind, decision.bound, 0};
  const bool deviates =
      next_ < token_.deviations.size() && token_.deviations[next_].index == index_;
  if (deviates) {
    choice.value = token_.deviations[next_].value;
    if (choice.value >= choice.bound) {
      return diverged(fmt::format("expected at least {} alternatives, and there are {}",
                                  choice.value + 1, choice.bound));
    }
  }
  hash_.add(choice);
  if (deviates) {
    if (hash_.check() != token_.deviations[next_].check) {
      const std::uint32_t since = next_ == 0 ? 0 : token_.deviations[next_ - 1].index + 1;
      return diverged(fmt::format(
          "expected what was asked from choice {} on, and something in between is another", since));
    }
    ++next_;
  }
  ++index_;
  return choice.value;
}

void FollowToken::end(const interleave::Tape& /*tape*/) {
  if (divergence_) return;
  if (index_ != token_.tape_length) {
    divergence_ =
        Divergence{.index = index_,
                   .message = fmt::format("expected {} choices, and the schedule ended after {}",
                                          token_.tape_length, index_)};
  } else if (hash_.value() != token_.tape_hash) {
    const std::uint32_t since = token_.deviations.empty() ? 0 : token_.deviations.back().index + 1;
    divergence_ =
        Divergence{.index = since,
                   .message = "expected what was asked from here on, and something is another"};
  }
}

std::optional<Divergence> FollowToken::divergence(const Lab::Run& run) const {
  std::optional<Divergence> divergence = divergence_;
  if (divergence) divergence->step = run.outcome->execution->steps;
  return divergence;
}

Result<Lab::Run, Divergence> replay(Lab& lab, const Token& token) {
  MPG_CHECK(lab.faults() == token.faults, "a token is replayed with other faults");
  FollowToken follow(token);
  const Lab::Run run = lab.run(follow);
  if (auto divergence = follow.divergence(run)) return failure(*std::move(divergence));
  return run;
}

}  // namespace mpglab::explore
