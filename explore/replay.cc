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
    divergence_ = Divergence{index_, std::move(message)};
    return kDiverged;
  };
  if (index_ == token_.tape_length) {
    return diverged(
        fmt::format("the schedule goes on after choice {}, where the token's ends", index_));
  }
  interleave::Choice choice{decision.kind, decision.bound, 0};
  const bool deviates =
      next_ < token_.deviations.size() && token_.deviations[next_].index == index_;
  if (deviates) {
    choice.value = token_.deviations[next_].value;
    if (choice.value >= choice.bound) {
      return diverged(fmt::format("at choice {} the token takes alternative {}, and there are {}",
                                  index_, choice.value, choice.bound));
    }
  }
  hash_.add(choice);
  if (deviates) {
    if (hash_.check() != token_.deviations[next_].check) {
      const std::uint32_t since = next_ == 0 ? 0 : token_.deviations[next_ - 1].index + 1;
      return diverged(fmt::format(
          "between choice {} and choice {} the program was asked something else than before", since,
          index_));
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
        Divergence{index_, fmt::format("the schedule ended after {} choices, and the token has {}",
                                       index_, token_.tape_length)};
  } else if (hash_.value() != token_.tape_hash) {
    const std::uint32_t since = token_.deviations.empty() ? 0 : token_.deviations.back().index + 1;
    divergence_ = Divergence{
        since,
        fmt::format("after choice {} the program was asked something else than before", since)};
  }
}

Result<Lab::Run, Divergence> replay(Lab& lab, const Token& token) {
  MPG_CHECK(lab.faults() == token.faults, "a token is replayed with other faults");
  FollowToken follow(token);
  const Lab::Run run = lab.run(follow);
  if (follow.divergence()) return failure(*follow.divergence());
  return run;
}

}  // namespace mpglab::explore
