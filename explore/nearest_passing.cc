#include "explore/nearest_passing.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "explore/note_schedule.h"
#include "explore/recording.h"
#include "explore/replay.h"
#include "interleave/access.h"
#include "interleave/anchored.h"

namespace mpglab::explore {

namespace {

using How = NearestPassing::How;
using Deviations = std::vector<interleave::AnchoredDeviation>;

class Search {
 public:
  Search(Lab& lab, const Token& token, NearestPassingOptions options)
      : lab_(lab), token_(token), options_(options) {}

  std::optional<NearestPassing> search() {
    FollowToken follow(token_);
    NoteSchedule note(follow);
    const Lab::Run run = lab_.run(note);
    if (follow.divergence(run) || run.finding == nullptr || !is_finding(run.verdict))
      return std::nullopt;
    failing_ = note.deviations();
    const bool found = find_moved() || find_without();
    return found ? told() : std::nullopt;
  }

 private:
  struct Passing {
    How how;
    std::size_t which;     // of the deviations of the failing schedule
    Deviations effective;  // what took effect, in the order of the tape
    Token token;
  };

  bool find_moved() {
    for (std::uint32_t far = 1; far <= options_.farthest; ++far) {
      for (const How how : {How::kLater, How::kSooner}) {
        for (std::size_t i = failing_.size(); i-- > 0;) {
          interleave::AnchoredDeviation moved = failing_[i];
          if (moved.kind != interleave::ChoiceKind::kPreempt) continue;
          if (how == How::kSooner && moved.visit <= far) continue;
          moved.visit = how == How::kLater ? moved.visit + far : moved.visit - far;
          Deviations candidate = failing_;
          candidate[i] = moved;
          if (passes(how, i, std::move(candidate))) return true;
        }
      }
    }
    return false;
  }

  bool find_without() {
    for (std::size_t i = failing_.size(); i-- > 0;) {
      Deviations candidate = failing_;
      candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
      if (passes(How::kWithout, i, std::move(candidate))) return true;
    }
    return false;
  }

  // A schedule in which some other deviation has lost its place as well is not the same one but for
  // one switch.
  bool passes(How how, std::size_t which, Deviations candidate) {
    if (runs_ >= options_.max_runs) return false;
    ++runs_;
    interleave::Anchored anchored(candidate);
    NoteSchedule note(anchored);
    const Lab::Run run = lab_.run(note);
    if (run.verdict != Verdict::kSound) return false;
    const Deviations& effective = note.deviations();
    const bool all = std::all_of(candidate.begin(), candidate.end(), [&](const auto& one) {
      return std::find(effective.begin(), effective.end(), one) != effective.end();
    });
    if (!all && how != How::kWithout) return false;
    passing_ = Passing{how, which, effective, lab_.token()};
    return true;
  }

  // Runs both schedules once more to say what they are.
  std::optional<NearestPassing> told() {
    const auto failing = record(lab_, token_);
    const auto passing = record(lab_, passing_->token);
    if (!failing || !passing) return std::nullopt;
    const RecordedChoice& choice = choice_at(*failing, token_.deviations[passing_->which].index);
    NearestPassing result;
    result.how = passing_->how;
    result.preempts = choice.preempts();
    result.thread = failing->threads[choice.current];
    result.function = choice.function;
    result.next = failing->threads[choice.taken];
    result.at_step = choice.before_step < failing->steps.size()
                         ? failing->steps[choice.before_step].number
                         : failing->total_steps;
    result.token = passing_->token;
    if (result.how == How::kWithout) {
      result.default_next = passing->threads[choice_at(*passing, choice.index).taken];
      return result;
    }
    const std::size_t moved = choice_at(*passing, moved_index()).before_step;
    const bool later = result.how == How::kLater;
    const auto& steps = later ? passing->steps : failing->steps;
    const RecordedStep* decisive = nullptr;
    for (std::size_t i = std::min(moved, choice.before_step);
         i < std::max(moved, choice.before_step); ++i) {
      if (steps[i].thread != choice.current) continue;
      ++result.steps;
      if (later || decisive == nullptr) decisive = &steps[i];
    }
    if (decisive == nullptr) return std::nullopt;
    result.access = interleave::access_name(decisive->operation.access);
    if (decisive->operation.object < failing->objects.size())
      result.object = failing->objects[decisive->operation.object].name;
    result.step_function = decisive->function;
    return result;
  }

  static const RecordedChoice& choice_at(const Recording& recording, std::size_t index) {
    return recording.choices[index];
  }

  // Where the tape of the passing schedule has the preemption that was moved.
  std::size_t moved_index() const {
    const interleave::AnchoredDeviation& was = failing_[passing_->which];
    for (std::size_t i = 0; i < passing_->effective.size(); ++i) {
      const interleave::AnchoredDeviation& is = passing_->effective[i];
      const bool known = std::find(failing_.begin(), failing_.end(), is) != failing_.end();
      if (!known && is.thread == was.thread && is.target == was.target)
        return passing_->token.deviations[i].index;
    }
    return 0;
  }

  Lab& lab_;
  const Token& token_;
  const NearestPassingOptions options_;
  Deviations failing_;  // in the order of the tape, as in the token
  std::optional<Passing> passing_;
  std::uint64_t runs_ = 0;
};

}  // namespace

std::optional<NearestPassing> nearest_passing(Lab& lab, const Token& token,
                                              NearestPassingOptions options) {
  return Search(lab, token, options).search();
}

}  // namespace mpglab::explore
