// PCT: probabilistic concurrency testing. Burckhardt, Kothari, Musuvathi, Nagarakatte, "A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
//
// Each thread gets a random priority, and the highest that can go on runs. At depth - 1 points,
// chosen at random among the first `length` choices of an execution, the running thread's priority
// falls below all others. A fault of depth d in a program of n threads and k choices is met by one
// execution with probability at least 1 / (n * k^(d-1)).
//
// A thread that gives way (kYield) falls below the others too, for two spinners on top would starve
// whoever they wait for. But that loses the priority that it had by chance, so where Fair (fair.h)
// sees to it that nobody is starved it is better left. Choices of the program are answered
// uniformly.
//
// Until the next of these points the running thread stays while nobody above it can go on, so the
// strategy is calm about all who are below (Calm, strategy.h).
//
// Execution number n is a function of (seed, depth, length, n).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "interleave/random.h"
#include "interleave/strategy.h"

namespace mpglab::interleave {

class Pct final : public Strategy {
 public:
  // What becomes of the priority of a thread that gives way.
  enum class GivingWay : std::uint8_t { kLowers, kLeavesIt };

  // REQUIRES: depth >= 1, length >= 1.
  Pct(std::uint64_t seed, unsigned depth, std::uint32_t length, std::uint64_t first_execution = 0,
      GivingWay giving_way = GivingWay::kLowers)
      : seed_(seed),
        length_(length),
        execution_(first_execution),
        giving_way_(giving_way),
        random_(seed) {
    MPG_CHECK(depth >= 1 && length >= 1, "PCT needs a depth and a length");
    change_points_.resize(depth - 1);
  }

  bool begin() override {
    random_ = Random(seed_, execution_++);
    known_ = 0;
    choice_ = 0;
    calm_ = {};
    calm_for_ = 0;
    lowest_ = kInitialLowest;
    for (std::uint32_t& point : change_points_) point = random_.below(length_);
    std::sort(change_points_.begin(), change_points_.end());
    next_change_ = 0;
    return true;
  }

  std::uint32_t pick(const Decision& decision) override {
    if (!decision.picks_thread()) return random_.below(decision.bound);
    choice_ += calm_for_ - calm_.left;
    give_priorities(decision.candidates | ThreadSet{1} << decision.current);
    if (decision.kind == ChoiceKind::kYield && giving_way_ == GivingWay::kLowers)
      priority_[decision.current] = lowest_--;
    while (next_change_ < change_points_.size() && change_points_[next_change_] <= choice_) {
      ++next_change_;
      priority_[decision.current] = lowest_--;
    }
    ++choice_;
    ThreadId best = kNoThread;
    for (ThreadSet left = decision.candidates; left != 0; left &= left - 1) {
      const auto thread = static_cast<ThreadId>(std::countr_zero(left));
      if (best == kNoThread || priority_[thread] > priority_[best]) best = thread;
    }
    calm_for_ = until_next_change();
    calm_ = {.left = calm_for_, .watched = ~below(best), .expected = ThreadSet{1} << best};
    return decision.place(best);
  }

  void end(const Tape& /*tape*/) override {}

  // The least probability with which one execution meets a fault of depth d.
  static double guarantee(unsigned threads, std::uint32_t length, unsigned depth) {
    double probability = 1.0 / threads;
    for (unsigned i = 1; i < depth; ++i) probability /= length;
    return probability;
  }

 private:
  // How many choices come before the next point.
  std::uint32_t until_next_change() const {
    return next_change_ < change_points_.size() ? change_points_[next_change_] - choice_
                                                : std::numeric_limits<std::uint32_t>::max();
  }

  // Who is known to give `thread` the way.
  ThreadSet below(ThreadId thread) const {
    ThreadSet set = 0;
    for (ThreadSet left = known_; left != 0; left &= left - 1) {
      const auto other = static_cast<ThreadId>(std::countr_zero(left));
      if (priority_[other] < priority_[thread]) set |= ThreadSet{1} << other;
    }
    return set;
  }

  // First priorities lie above, those of threads that were put back lie below.
  static constexpr std::int64_t kInitialLowest = -1;

  void give_priorities(ThreadSet threads) {
    for (ThreadSet fresh = threads & ~known_; fresh != 0; fresh &= fresh - 1) {
      // 32 random bits: two of at most 64 threads are hardly ever equal, and then the lower id
      // wins.
      const auto thread = static_cast<std::size_t>(std::countr_zero(fresh));
      priority_[thread] = static_cast<std::int64_t>(random_.next() >> 32);
    }
    known_ |= threads;
  }

  std::uint64_t seed_;
  std::uint32_t length_;
  std::uint64_t execution_;
  GivingWay giving_way_;
  Random random_;
  ThreadSet known_ = 0;
  std::array<std::int64_t, kMaxThreads> priority_{};
  std::int64_t lowest_ = kInitialLowest;
  std::uint32_t choice_ = 0;  // without those of this calm
  std::uint32_t calm_for_ = 0;
  std::vector<std::uint32_t> change_points_;
  std::size_t next_change_ = 0;
};

}  // namespace mpglab::interleave
