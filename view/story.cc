#include "view/story.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "explore/wrong_event.h"
#include "format/event.h"

namespace mpglab::view {

namespace {

using explore::RecordedStep;
using explore::Recording;
using format::EventType;

constexpr std::size_t kMostWords = 3;

// The step at which it went wrong, and whose it was.
struct Focus {
  std::uint64_t step = 0;
  std::size_t thread = 0;
  std::optional<std::size_t> event;
};

Focus focus_of(const Recording& recording) {
  if (const auto event = explore::wrong_event(recording))
    return {recording.events[*event].step, recording.events[*event].thread, event};
  Focus focus;
  if (!recording.steps.empty()) {
    focus.step = recording.steps.back().number;
    focus.thread = recording.steps.back().thread;
  }
  if (!recording.finding || !recording.finding->lie) return focus;
  const explore::Lie& lie = *recording.finding->lie;
  if (lie.truth_at < lie.truth.size()) focus.step = lie.truth[lie.truth_at].step;
  for (const RecordedStep& step : recording.steps)
    if (step.number <= focus.step) focus.thread = step.thread;
  return focus;
}

// Words that are mpglab's or the tracer's own business rather than the story's.
bool is_bookkeeping(std::string_view name) {
  return name.starts_with("trace.") || name.ends_with(".seqlock") || name.ends_with(".lock") ||
         name.ends_with("Lock") || name.ends_with(".stackguard0") || name.ends_with("tick") ||
         name.ends_with(".park") || name.find("Traced") != std::string_view::npos ||
         name.ends_with(".curg") || name.ends_with("note");
}

// What the thread looked at or changed last before it went wrong, if others change it as well.
std::vector<std::size_t> words_of(const Recording& recording, const Focus& focus) {
  std::set<std::size_t> changed_by_others;
  for (const RecordedStep& step : recording.steps)
    if (step.changed() && step.thread != focus.thread && step.number <= focus.step)
      changed_by_others.insert(step.operation.object);
  std::vector<std::size_t> words;
  for (auto step = recording.steps.rbegin(); step != recording.steps.rend(); ++step) {
    if (step->number > focus.step || step->thread != focus.thread) continue;
    const std::size_t object = step->operation.object;
    if (object >= recording.objects.size() || is_bookkeeping(recording.objects[object].name))
      continue;
    if (!changed_by_others.contains(object)) continue;
    if (std::find(words.begin(), words.end(), object) != words.end()) continue;
    words.push_back(object);
    if (words.size() == kMostWords) break;
  }
  return words;
}

bool tells_the_story(EventType type) {
  switch (type) {
    case EventType::kProcStart:
    case EventType::kProcStop:
    case EventType::kProcSteal:
    case EventType::kGoStart:
    case EventType::kGoBlock:
    case EventType::kGoStop:
    case EventType::kGoDestroy:
    case EventType::kGoSyscallBegin:
    case EventType::kGoSyscallEnd:
    case EventType::kGoSyscallEndBlocked:
    case EventType::kSTWBegin:
    case EventType::kSTWEnd:
      return true;
    default:
      return false;
  }
}

// "ProcSteal p=1 m=1003": what it is about, without counters and stacks.
std::string text_of(const sim::LoggedEvent& event) {
  const format::EventSpec& spec = format::spec_of(static_cast<EventType>(event.type));
  std::string text(spec.name);
  for (std::size_t i = 1; i < spec.arg_count && i <= event.args.size(); ++i) {
    const std::string_view name = spec.args[i];
    if (name == "p" || name == "g" || name == "m")
      fmt::format_to(std::back_inserter(text), " {}={}", name, event.args[i - 1]);
  }
  return text;
}

std::string function_name(const std::string& function) {
  return function.empty() ? "the scheduler" : function;
}

std::string short_name(const std::string& word) {
  constexpr std::string_view kSched = "sched.";
  return word.starts_with(kSched) ? word.substr(kSched.size()) : word;
}

class Teller {
 public:
  Teller(const Recording& recording, Focus focus)
      : recording_(recording), focus_(focus), words_(words_of(recording, focus)) {
    for (const std::size_t word : words_)
      story_.words.push_back(short_name(recording.objects[word].name));
    now_.resize(words_.size());
  }

  Story tell(std::size_t max_rows) {
    // Two more changes of the story's words after the wrong event, to see how it went on.
    std::size_t after = 2;
    for (std::size_t i = 0; i < recording_.steps.size(); ++i) {
      preemptions_before(i);
      events_before(recording_.steps[i].number);
      const RecordedStep& step = recording_.steps[i];
      const auto word = std::find(words_.begin(), words_.end(), step.operation.object);
      if (word == words_.end()) continue;
      const auto place = static_cast<std::size_t>(word - words_.begin());
      if (now_[place].empty()) now_[place] = step.before_text;
      if (!step.changed()) continue;
      if (step.number > focus_.step && after-- == 0) break;
      now_[place] = step.after_text;
      Row& row = add(Row::Kind::kChange, step.number, step.thread, function_name(step.function));
      row.changed = place;
    }
    events_before(focus_.step + 1);
    fill_in_unknown_words();
    cut(max_rows);
    return std::move(story_);
  }

 private:
  Row& add(Row::Kind kind, std::uint64_t step, std::size_t thread, std::string text) {
    Row& row = story_.rows.emplace_back();
    row.kind = kind;
    row.step = step;
    row.thread = thread;
    row.text = std::move(text);
    row.words = now_;
    return row;
  }

  void preemptions_before(std::size_t step) {
    const auto& choices = recording_.choices;
    for (; next_choice_ < choices.size() && choices[next_choice_].before_step <= step;
         ++next_choice_) {
      const explore::RecordedChoice& choice = choices[next_choice_];
      if (!choice.preempts() || recording_.steps[step].number > focus_.step) continue;
      events_before(recording_.steps[step].number);
      Row& row = add(Row::Kind::kPreemption, recording_.steps[step].number, choice.current,
                     choice.function);
      row.next_thread = choice.taken;
    }
  }

  // Events are written after the step that they are numbered with.
  void events_before(std::uint64_t step) {
    const auto& events = recording_.events;
    for (; next_event_ < events.size() && events[next_event_].step < step; ++next_event_) {
      const sim::LoggedEvent& event = events[next_event_];
      const bool wrong = focus_.event == next_event_;
      if (!wrong &&
          (!tells_the_story(static_cast<EventType>(event.type)) || event.step > focus_.step)) {
        continue;
      }
      add(Row::Kind::kEvent, event.step, event.thread, text_of(event)).wrong = wrong;
    }
  }

  // Before the first step that touches it a word has the value that this step found.
  void fill_in_unknown_words() {
    for (std::size_t word = 0; word < words_.size(); ++word) {
      const auto first = std::find_if(
          recording_.steps.begin(), recording_.steps.end(),
          [&](const RecordedStep& step) { return step.operation.object == words_[word]; });
      if (first == recording_.steps.end()) continue;
      for (Row& row : story_.rows)
        if (row.words[word].empty()) row.words[word] = first->before_text;
    }
  }

  // Shortly before the thread of the wrong event was held up for the last time, for there it goes
  // astray; else the first preemption.
  std::size_t beginning() const {
    constexpr std::size_t kContext = 5;
    const auto& rows = story_.rows;
    const auto held = std::find_if(rows.rbegin(), rows.rend(), [&](const Row& row) {
      return row.kind == Row::Kind::kPreemption && row.thread == focus_.thread;
    });
    if (focus_.event && held != rows.rend()) {
      const auto index = static_cast<std::size_t>(rows.rend() - held) - 1;
      return index - std::min(index, kContext);
    }
    const auto first = std::find_if(rows.begin(), rows.end(), [](const Row& row) {
      return row.kind == Row::Kind::kPreemption;
    });
    return first == rows.end() ? 0 : static_cast<std::size_t>(first - rows.begin());
  }

  void cut(std::size_t max_rows) {
    auto& rows = story_.rows;
    std::size_t begin = beginning();
    if (rows.size() - begin > max_rows) begin = rows.size() - max_rows;
    story_.left_out = begin;
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(begin));
    std::set<std::size_t> threads;
    for (const Row& row : rows) {
      threads.insert(row.thread);
      if (row.kind == Row::Kind::kPreemption) threads.insert(row.next_thread);
    }
    story_.threads.assign(threads.begin(), threads.end());
  }

  const Recording& recording_;
  const Focus focus_;
  const std::vector<std::size_t> words_;  // object ids
  std::vector<std::string> now_;
  std::size_t next_choice_ = 0;
  std::size_t next_event_ = 0;
  Story story_;
};

}  // namespace

Story tell(const Recording& recording, std::size_t max_rows) {
  return Teller(recording, focus_of(recording)).tell(max_rows);
}

}  // namespace mpglab::view
