// Replay: a tape once more, to the letter. Where the program asks for something else than the tape
// answers, the execution ends (End::kDiverged) and `divergence` says where.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "interleave/strategy.h"

namespace mpglab::interleave {

class Replay final : public Strategy {
 public:
  struct Divergence {
    std::size_t index;               // of the tape entry
    std::optional<Choice> expected;  // what the tape has there; nothing: the tape has ended
    ChoiceKind found_kind;           // what the program asked
    std::uint16_t found_bound;
  };

  explicit Replay(Tape tape) : tape_(std::move(tape)) {}

  bool begin() override {
    next_ = 0;
    divergence_.reset();
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (next_ == tape_.size()) {
      divergence_ = Divergence{next_, std::nullopt, decision.kind, decision.bound};
      return kDiverged;
    }
    const Choice& choice = tape_[next_];
    if (choice.kind != decision.kind || choice.bound != decision.bound) {
      divergence_ = Divergence{next_, choice, decision.kind, decision.bound};
      return kDiverged;
    }
    ++next_;
    return choice.value;
  }

  void end(const Tape& /*tape*/) override {}

  const std::optional<Divergence>& divergence() const { return divergence_; }
  // Entries that the last execution did not ask for: it ended earlier than the tape.
  std::size_t left_over() const { return tape_.size() - next_; }

 private:
  Tape tape_;
  std::size_t next_ = 0;
  std::optional<Divergence> divergence_;
};

}  // namespace mpglab::interleave
