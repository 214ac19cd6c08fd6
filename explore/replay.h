// replay: the schedule of a token again, exactly, or the place where it could not be followed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "explore/lab.h"
#include "explore/token.h"
#include "interleave/strategy.h"

namespace mpglab::explore {

// Where a replay parted from its token.
struct Divergence {
  std::uint64_t index = 0;  // the tape entry by which it must have happened
  std::uint64_t step = 0;   // of the engine, where the run ended or was given up
  std::string message;      // one line: what was expected, and what was there
};

// Follows a token: the default wherever it has no deviation, and strict wherever it has one.
class FollowToken final : public interleave::Strategy {
 public:
  // `token` must outlive the strategy.
  explicit FollowToken(const Token& token) : token_(token) {}

  bool begin() override;
  std::uint32_t pick(const interleave::Decision& decision) override;
  void end(const interleave::Tape& tape) override;

  // After an execution: nothing if it was the token's, to the last choice.
  std::optional<Divergence> divergence(const Lab::Run& run) const;

 private:
  const Token& token_;
  std::size_t next_ = 0;  // deviation
  std::uint32_t index_ = 0;
  TapeHash hash_;
  std::optional<Divergence> divergence_;
};

// Runs `token` in `lab` and judges it. A token of another model is followed as far as it fits.
// REQUIRES: check_fits(token, lab.program()), and lab.faults() == token.faults.
Result<Lab::Run, Divergence> replay(Lab& lab, const Token& token);

}  // namespace mpglab::explore
