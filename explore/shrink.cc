#include "explore/shrink.h"

#include <algorithm>
#include <array>
#include <utility>

#include "explore/holds.h"
#include "explore/note_schedule.h"
#include "explore/similar.h"
#include "explore/strategies.h"
#include "interleave/anchored.h"
#include "interleave/replay.h"

namespace mpglab::explore {

namespace {

using Deviations = std::vector<interleave::AnchoredDeviation>;

template <class T>
std::vector<T> without(const std::vector<T>& all, std::size_t begin, std::size_t end) {
  std::vector<T> rest = all;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(begin),
             rest.begin() + static_cast<std::ptrdiff_t>(end));
  return rest;
}

// The schedule in which the threads never do what they do in these segments: what comes later in
// their courses comes that much sooner.
SegmentedSchedule skipping(const SegmentedSchedule& all, std::size_t begin, std::size_t end) {
  struct Skipped {
    std::uint32_t from;
    std::uint32_t to;
  };
  std::array<std::vector<Skipped>, interleave::kMaxThreads> skipped;
  std::array<std::uint32_t, interleave::kMaxThreads> at{};
  const auto moved = [&](interleave::ThreadId thread, std::uint32_t visit) {
    std::uint32_t sooner = 0;
    for (const Skipped& gap : skipped[thread])
      if (visit > gap.from) sooner += std::min(visit, gap.to) - gap.from;
    return visit - sooner;
  };
  SegmentedSchedule rest;
  for (std::size_t i = 0; i < all.segments.size(); ++i) {
    const Segment& segment = all.segments[i];
    if (segment.until == Segment::kAsFarAsItCan) {
      rest.segments.push_back(segment);
      continue;
    }
    std::uint32_t& stands = at[segment.thread];
    if (i >= begin && i < end) {
      if (segment.until > stands) skipped[segment.thread].push_back({stands, segment.until});
    } else {
      rest.segments.push_back({segment.thread, moved(segment.thread, segment.until)});
    }
    stands = std::max(stands, segment.until);
  }
  for (interleave::AnchoredDeviation answer : all.answers) {
    answer.visit = moved(answer.thread, answer.visit);
    rest.answers.push_back(answer);
  }
  return rest;
}

class Shrinker {
 public:
  Shrinker(Lab& lab, std::string signature, const NoteSchedule& start, std::uint64_t max_runs)
      : lab_(lab),
        signature_(std::move(signature)),
        deviations_(start.deviations()),
        schedule_(start.schedule()),
        preempted_at_(start.preempted_at()),
        places_(start.preempted_at()),
        best_(start.deviations()),
        best_preemptions_(start.preempted_at().size()),
        length_(static_cast<std::uint32_t>(std::max<std::size_t>(lab.tape().size(), 1))),
        max_runs_(max_runs) {}

  void shrink() {
    take_apart();
    draw_anew();
    draw_holds();
    draw_similar();
    deviations_ = best_;
    attempt_deviations(best_, best_.size());
    leave_out_pairs();
    keep_best();
    minimal_ = !spent();
  }

  const Deviations& best() const { return best_; }
  std::uint64_t runs() const { return runs_; }
  bool minimal() const { return minimal_; }

 private:
  bool spent() const { return runs_ >= max_runs_; }

  // Fewer preemptions are better, for they are what has to be explained; then fewer deviations.
  bool keep_best() {
    const std::size_t preemptions = preempted_at_.size();
    if (std::pair(preemptions, deviations_.size()) >= std::pair(best_preemptions_, best_.size()))
      return false;
    best_ = deviations_;
    best_preemptions_ = preemptions;
    return true;
  }

  // Deviations and segments by turns until neither gets further. Fewer segments may take more
  // deviations for a while, so the best is kept aside.
  void take_apart() {
    do {
      leave_out_deviations();
      keep_best();
      merge_segments();
      leave_out_deviations();
    } while (keep_best() && !spent());
  }

  // What is left may be as small as it gets from there, and far from the smallest there is. So
  // other schedules with the finding are looked for, and each is taken apart in its turn:
  // - hunted for anew, with the strategy that needs the fewest schedules;
  void draw_anew() {
    const auto hunt = make_strategy({.kind = StrategyKind::kFairPct, .seed = 1, .length = length_});
    draw(*hunt, 20'000, 10);
  }
  // - with threads held up in a few places;
  void draw_holds() {
    DrawHolds holds(places_, length_, /*seed=*/1);
    draw(holds, 30'000, 10);
  }
  // - and like the best one, over and over, as long as they get better.
  void draw_similar() {
    bool better = true;
    while (better && !spent()) {
      interleave::Anchored again(best_);
      NotePlaces places(again, lab_.world().engine());
      ++runs_;
      lab_.run(places);
      DrawSimilar similar(places.deviations(), lab_.world().engine(), length_, /*seed=*/1);
      better = draw(similar, 6'000, 40, /*until_better=*/true);
    }
  }

  // Ends after so many draws, after so many findings in a row that were no better, or at the first
  // one that is. Is the best one better now?
  bool draw(interleave::Strategy& strategy, std::uint64_t draws, unsigned most_in_vain,
            bool until_better = false) {
    const std::size_t at_first = best_preemptions_;
    unsigned in_vain = 0;
    for (std::uint64_t i = 0;
         i < draws && in_vain < most_in_vain && best_preemptions_ > 1 && !spent(); ++i) {
      if (!attempt_drawn(strategy)) continue;
      const std::size_t before = best_preemptions_;
      take_apart();
      in_vain = best_preemptions_ < before ? 0 : in_vain + 1;
      if (until_better && in_vain == 0) break;
    }
    return best_preemptions_ < at_first;
  }

  // Hardly any has the finding, so it is noted only what does.
  bool attempt_drawn(interleave::Strategy& strategy) {
    ++runs_;
    const Lab::Run run = lab_.run(strategy);
    if (run.finding == nullptr || run.finding->signature != signature_) return false;
    interleave::Replay again(lab_.tape());
    return attempt(again, SIZE_MAX, SIZE_MAX);
  }

  // Still the same finding, with at most so many deviations and segments? Then what took effect is
  // the schedule to go on with.
  bool attempt(interleave::Strategy& strategy, std::size_t deviations, std::size_t segments) {
    ++runs_;
    NoteSchedule note(strategy);
    const Lab::Run run = lab_.run(note);
    if (run.finding == nullptr || run.finding->signature != signature_) return false;
    if (note.deviations().size() > deviations || note.schedule().segments.size() > segments)
      return false;
    deviations_ = note.deviations();
    schedule_ = note.schedule();
    preempted_at_ = note.preempted_at();
    return true;
  }

  bool attempt_deviations(Deviations candidate, std::size_t most) {
    interleave::Anchored anchored(std::move(candidate));
    return attempt(anchored, most, SIZE_MAX);
  }
  bool attempt_deviations(Deviations candidate) {
    return attempt_deviations(std::move(candidate), deviations_.size() - 1);
  }

  bool attempt_segments(const SegmentedSchedule& candidate) {
    FollowSegments follow(candidate);
    return attempt(follow, SIZE_MAX, schedule_.segments.size() - 1);
  }

  // ---- deviations ----

  // Halves first, then smaller parts, until no single one can go.
  void leave_out_deviations() {
    if (deviations_.empty() || attempt_deviations({})) return;
    std::size_t part = (deviations_.size() + 1) / 2;
    while (part > 0 && !spent()) {
      const bool smaller = leave_out_parts(part);
      if (smaller) {
        part = std::min(part, (deviations_.size() + 1) / 2);
      } else {
        part = part == 1 ? 0 : (part + 1) / 2;
      }
    }
  }

  // From the back, because what comes after the fault never matters.
  bool leave_out_parts(std::size_t part) {
    bool any = false;
    for (std::size_t end = deviations_.size(); end > 0 && !spent();) {
      const std::size_t begin = end - std::min(part, end);
      if (attempt_deviations(without(deviations_, begin, end))) any = true;
      end = std::min(begin, deviations_.size());
    }
    return any;
  }

  // Two deviations may hold each other up: neither can go alone, both together can.
  void leave_out_pairs() {
    for (std::size_t i = 0; i < deviations_.size() && !spent(); ++i) {
      for (std::size_t j = i + 1; j < deviations_.size() && !spent(); ++j) {
        Deviations candidate = without(deviations_, j, j + 1);
        candidate = without(candidate, i, i + 1);
        if (!attempt_deviations(std::move(candidate))) continue;
        leave_out_deviations();
        i = j = 0;
      }
    }
  }

  // ---- segments ----

  void merge_segments() {
    bool any = true;
    while (any && !spent()) {
      any = false;
      for (std::size_t part = schedule_.segments.size() / 2; part > 0; part /= 2)
        any |= leave_out_segments(part);
      any |= pull_segments_up();
    }
  }

  // A thread's work in a segment that is left out is done in its next one, or not at all if it is
  // another turn of a loop.
  bool leave_out_segments(std::size_t part) {
    bool any = false;
    for (std::size_t end = schedule_.segments.size(); end > 0 && !spent();) {
      const std::size_t begin = end - std::min(part, end);
      any |= attempt_segments({without(schedule_.segments, begin, end), schedule_.answers}) ||
             attempt_segments(skipping(schedule_, begin, end));
      end = std::min(begin, schedule_.segments.size());
    }
    return any;
  }

  // Does the work of a thread's next segment in this one already.
  bool pull_segments_up() {
    bool any = false;
    for (std::size_t i = schedule_.segments.size(); i-- > 0 && !spent();) {
      if (i >= schedule_.segments.size()) continue;
      const auto begin = schedule_.segments.begin() + static_cast<std::ptrdiff_t>(i);
      const auto next =
          std::find_if(begin + 1, schedule_.segments.end(),
                       [&](const Segment& later) { return later.thread == begin->thread; });
      if (next == schedule_.segments.end()) continue;
      SegmentedSchedule candidate = schedule_;
      candidate.segments[i].until = next->until;
      const auto place = static_cast<std::size_t>(next - schedule_.segments.begin());
      candidate.segments = without(candidate.segments, place, place + 1);
      any |= attempt_segments(candidate);
    }
    return any;
  }

  Lab& lab_;
  std::string signature_;
  Deviations deviations_;  // the schedule so far, in its forms
  SegmentedSchedule schedule_;
  std::vector<Place> preempted_at_;
  const std::vector<Place> places_;  // of the schedule to begin with
  Deviations best_;
  std::size_t best_preemptions_;
  std::uint32_t length_;  // of the schedule to begin with, in choices
  std::uint64_t max_runs_;
  std::uint64_t runs_ = 0;
  bool minimal_ = false;
};

}  // namespace

Result<ShrinkResult, Divergence> shrink(Lab& lab, const Token& token, ShrinkOptions options) {
  FollowToken follow(token);
  NoteSchedule note(follow);
  const Lab::Run original = lab.run(note);
  if (auto divergence = follow.divergence(original)) return failure(*std::move(divergence));
  ShrinkResult result;
  result.token = token;
  result.deviations_before = result.deviations_after = token.deviations.size();
  result.preemptions_before = result.preemptions_after = note.preempted_at().size();
  result.steps_before = result.steps_after = original.outcome->execution->steps;
  if (original.finding == nullptr) return result;

  Shrinker shrinker(lab, original.finding->signature, note, options.max_runs);
  shrinker.shrink();

  // Once more, for the tape.
  interleave::Anchored anchored(shrinker.best());
  NoteSchedule last(anchored);
  const Lab::Run smallest = lab.run(last);
  result.token = lab.token();
  result.token.origin = token.origin;
  if (result.token.origin && result.token.deviations != token.deviations)
    result.token.origin->shrunk = true;
  result.finding = *smallest.finding;
  result.runs = shrinker.runs() + 1;
  result.preemptions_after = last.preempted_at().size();
  result.deviations_after = result.token.deviations.size();
  result.steps_after = smallest.outcome->execution->steps;
  result.minimal = shrinker.minimal();
  return result;
}

}  // namespace mpglab::explore
