// AskAlways: another strategy, asked at every choice, calm or not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "interleave/strategy.h"

namespace mpglab::interleave {

class AskAlways : public Strategy {
 public:
  explicit AskAlways(Strategy& inner) : inner_(inner) {}
  bool begin() override { return inner_.begin(); }
  std::uint32_t pick(const Decision& decision) override {
    ++asked_;
    return inner_.pick(decision);
  }
  void end(const Tape& tape) override { inner_.end(tape); }
  std::size_t asked() const { return asked_; }

  Strategy& inner() { return inner_; }

 private:
  Strategy& inner_;
  std::size_t asked_ = 0;
};

}  // namespace mpglab::interleave
