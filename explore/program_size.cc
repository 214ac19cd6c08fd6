#include "explore/program_size.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace mpglab::explore {

namespace {

constexpr std::uint64_t kMost = ProgramSize::kMost;

// What one goroutine of a body amounts to, with all that it starts.
struct Amount {
  std::uint64_t goroutines = 0;
  std::uint64_t operations = 0;
};

// Both factors and the result are at most kMost.
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > kMost / b ? kMost : a * b;
}

class Counter {
 public:
  explicit Counter(const sim::Program& program)
      : program_(program), known_(program.bodies.size()), open_(program.bodies.size(), false) {}

  Amount of(std::size_t body) {
    if (known_[body]) return *known_[body];
    if (open_[body]) return {kMost, kMost};
    open_[body] = true;
    Amount sum{1, 0};
    std::vector<std::uint64_t> turns = {1};
    for (const sim::Op& op : program_.bodies[body].ops) {
      if (op.kind == sim::OpKind::kRepeat) {
        turns.push_back(times(turns.back(), op.count));
      } else if (op.kind == sim::OpKind::kEnd) {
        turns.pop_back();
      } else {
        add(sum.operations, turns.back());
        if (op.kind != sim::OpKind::kGo) continue;
        const Amount one = of(op.argument);
        const std::uint64_t started = times(turns.back(), op.count);
        add(sum.goroutines, times(started, one.goroutines));
        add(sum.operations, times(started, one.operations));
      }
    }
    open_[body] = false;
    known_[body] = sum;
    return sum;
  }

 private:
  static void add(std::uint64_t& sum, std::uint64_t more) { sum = std::min(kMost, sum + more); }

  const sim::Program& program_;
  std::vector<std::optional<Amount>> known_;  // by body
  std::vector<bool> open_;                    // it is being counted
};

}  // namespace

ProgramSize size_of(const sim::Program& program) {
  const Amount main = Counter(program).of(0);
  return {main.goroutines, main.operations, program.gomaxprocs};
}

}  // namespace mpglab::explore
