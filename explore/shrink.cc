#include "explore/shrink.h"

#include <algorithm>
#include <utility>

#include "interleave/anchored.h"

namespace mpglab::explore {

namespace {

using interleave::AnchoredDeviation;
using Deviations = std::vector<AnchoredDeviation>;

// Lets another strategy choose and notes its deviations by their anchors.
class Noting final : public interleave::Strategy {
 public:
  explicit Noting(Strategy& inner) : inner_(inner) {}

  bool begin() override {
    noted_.clear();
    return inner_.begin();
  }
  std::uint32_t pick(const interleave::Decision& decision) override {
    const std::uint32_t value = inner_.pick(decision);
    if (value != 0 && value != kDiverged)
      noted_.push_back(interleave::anchored_deviation(decision, value));
    return value;
  }
  void end(const interleave::Tape& tape) override { inner_.end(tape); }

  const Deviations& noted() const { return noted_; }

 private:
  Strategy& inner_;
  Deviations noted_;
};

class Shrinker {
 public:
  Shrinker(Lab& lab, std::string signature, Deviations start, std::uint64_t max_runs)
      : lab_(lab),
        signature_(std::move(signature)),
        smallest_(std::move(start)),
        max_runs_(max_runs) {}

  // Leaves parts out, halves first, until no single deviation can go.
  void minimise() {
    if (try_without(0, smallest_.size())) return;
    std::size_t part = (smallest_.size() + 1) / 2;
    while (part > 0 && !spent()) {
      if (leave_out_parts(part)) {
        part = std::min(part, (smallest_.size() + 1) / 2);
      } else {
        part = part == 1 ? 0 : (part + 1) / 2;
      }
    }
    minimal_ = !spent();
  }

  // Two deviations may hold each other up: neither can go alone, both together can.
  void leave_out_pairs() {
    for (std::size_t i = 0; i < smallest_.size() && !spent(); ++i) {
      for (std::size_t j = i + 1; j < smallest_.size() && !spent(); ++j) {
        Deviations candidate = smallest_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(j));
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
        if (attempt(candidate)) {
          minimise();
          i = j = 0;
        }
      }
    }
  }

  const Deviations& smallest() const { return smallest_; }
  std::uint64_t runs() const { return runs_; }
  bool minimal() const { return minimal_; }

 private:
  bool spent() const { return runs_ >= max_runs_; }

  // From the back, because what comes after the fault never matters.
  bool leave_out_parts(std::size_t part) {
    bool any = false;
    for (std::size_t end = smallest_.size(); end > 0 && !spent();) {
      const std::size_t begin = end - std::min(part, end);
      if (try_without(begin, end)) any = true;
      end = std::min(begin, smallest_.size());
    }
    return any;
  }

  bool try_without(std::size_t begin, std::size_t end) {
    Deviations candidate = smallest_;
    candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(begin),
                    candidate.begin() + static_cast<std::ptrdiff_t>(end));
    return attempt(candidate);
  }

  // Still the same finding? Then what took effect of `candidate` is the smallest set now.
  bool attempt(const Deviations& candidate) {
    ++runs_;
    interleave::Anchored anchored(candidate);
    Noting noting(anchored);
    const Lab::Run run = lab_.run(noting);
    if (run.finding == nullptr || run.finding->signature != signature_) return false;
    smallest_ = noting.noted();
    return true;
  }

  Lab& lab_;
  std::string signature_;
  Deviations smallest_;
  std::uint64_t max_runs_;
  std::uint64_t runs_ = 0;
  bool minimal_ = false;
};

}  // namespace

Result<ShrinkResult, Divergence> shrink(Lab& lab, const Token& token, ShrinkOptions options) {
  FollowToken follow(token);
  Noting noting(follow);
  const Lab::Run original = lab.run(noting);
  if (follow.divergence()) return failure(*follow.divergence());
  ShrinkResult result;
  result.token = token;
  result.deviations_before = result.deviations_after = token.deviations.size();
  result.steps_before = result.steps_after = original.outcome->execution->steps;
  if (original.finding == nullptr) return result;
  result.finding = *original.finding;

  Shrinker shrinker(lab, original.finding->signature, noting.noted(), options.max_runs);
  shrinker.minimise();
  shrinker.leave_out_pairs();

  // Once more, for the tape.
  interleave::Anchored anchored(shrinker.smallest());
  const Lab::Run smallest = lab.run(anchored);
  result.token = lab.token();
  result.finding = *smallest.finding;
  result.runs = shrinker.runs() + 1;
  result.deviations_after = result.token.deviations.size();
  result.steps_after = smallest.outcome->execution->steps;
  result.minimal = shrinker.minimal();
  return result;
}

}  // namespace mpglab::explore
