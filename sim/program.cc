#include "sim/program.h"

#include <algorithm>
#include <optional>

namespace mpglab::sim {

namespace {

constexpr std::uint64_t kTooMany = kMostGoroutines + 1;

// Of bodies, each with those that it starts.
class Count {
 public:
  explicit Count(const Program& program) : program_(program), known_(program.bodies.size()) {}

  std::uint64_t of(std::size_t body) {
    if (known_[body]) return *known_[body];
    known_[body] = kTooMany;  // if it starts itself, by whatever way
    std::uint64_t count = 1;
    std::vector<std::uint64_t> times = {1};
    for (const Op& op : program_.bodies[body].ops) {
      if (op.kind == OpKind::kRepeat) {
        times.push_back(times_of(times.back(), op.count));
      } else if (op.kind == OpKind::kEnd) {
        times.pop_back();
      } else if (op.kind == OpKind::kTraceStart) {
        count = std::min(kTooMany, count + times.back());  // it has a reader
      } else if (op.kind == OpKind::kGo) {
        const std::uint64_t started = times_of(times.back(), op.count);
        count = std::min(kTooMany, count + times_of(started, of(op.argument)));
      }
    }
    known_[body] = count;
    return count;
  }

 private:
  static std::uint64_t times_of(std::uint64_t a, std::uint64_t b) {
    return std::min(kTooMany, a * b);
  }

  const Program& program_;
  std::vector<std::optional<std::uint64_t>> known_;
};

}  // namespace

std::uint64_t goroutines_of(const Program& program) {
  return Count(program).of(0);
}

}  // namespace mpglab::sim
