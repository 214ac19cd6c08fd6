#include "view/failure_card.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "explore/catalogue.h"
#include "view/passing.h"
#include "view/story.h"

namespace mpglab::view {

namespace {

using explore::Finding;
using explore::Recording;
using explore::Verdict;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::string_view headline(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBroken:
      return "the trace cannot be read";
    case Verdict::kFalse:
      return "the trace can be read, and does not tell what happened";
    case Verdict::kDeadlock:
      return "nobody can go on";
    case Verdict::kInvariant:
      return "the runtime found itself in a state that must not be";
    case Verdict::kBudget:
      return "the schedule did not end";
    case Verdict::kSound:
    case Verdict::kInternal:
      break;
  }
  return "";
}

std::string_view state_name(sim::ResourceState state) {
  switch (state) {
    case sim::ResourceState::kNotExist:
      return "not there";
    case sim::ResourceState::kRunnable:
      return "runnable";
    case sim::ResourceState::kRunning:
      return "running";
    case sim::ResourceState::kWaiting:
      return "waiting";
    case sim::ResourceState::kSyscall:
      return "in a syscall";
    case sim::ResourceState::kIdle:
      return "idle";
  }
  return "?";
}

std::string fit(std::string_view text, std::size_t width) {
  if (text.size() <= width) return fmt::format("{:<{}}", text, width);
  return fmt::format("{}~", text.substr(0, width - 1));
}

class Card {
 public:
  Card(const Recording& recording, const CardOptions& options)
      : recording_(recording),
        finding_(*recording.finding),
        options_(options),
        style_(options.style),
        story_(tell(recording, options.max_rows)) {}

  std::string text() {
    head();
    rows();
    note("expected", expectation());
    note("truth", truth());
    note("held up", preemptions());
    if (options_.passing != nullptr)
      note("passes", {passing_words(*options_.passing),
                      fmt::format("mpglab replay {}", explore::to_text(options_.passing->token))});
    note("schedule", fmt::format("{} of {} choices differ from the default schedule, {} steps",
                                 recording_.token.deviations.size(), recording_.token.tape_length,
                                 recording_.total_steps));
    note("again", fmt::format("mpglab replay {}", explore::to_text(recording_.token)));
    return std::move(out_);
  }

 private:
  std::string label(std::size_t thread) const { return recording_.threads[thread]; }

  // The label of the M with this id of the trace, "thread 7" for one that the model does not have.
  std::string label_of_procid(std::int64_t procid) const {
    for (const sim::LoggedEvent& event : recording_.events)
      if (event.procid == procid) return label(event.thread);
    return fmt::format("thread {}", procid);
  }

  void line(std::string_view text) { out_.append(text).push_back('\n'); }

  void head() {
    std::string faults;
    for (const explore::Race& race : explore::catalogue())
      if (recording_.token.faults.has(race)) faults += fmt::format(" + {}", race.id);
    line(fmt::format("{}  {}{}  {}", style_(Ink::kRed, upper(verdict_name(finding_.verdict))),
                     recording_.token.scenario, faults,
                     style_(Ink::kFaint, headline(finding_.verdict))));
    line(fmt::format("  {}: {}", finding_.code, finding_.message));
    if (finding_.error && finding_.error->place) {
      const parser::Place& place = *finding_.error->place;
      line(fmt::format("  generation {}, {} (thread {}), byte {}{}{}", place.generation,
                       label_of_procid(place.thread), place.thread, place.offset,
                       finding_.error->event.empty() ? "" : ": ", finding_.error->event));
    }
    line("");
  }

  void rows() {
    if (story_.rows.empty()) return;
    measure();
    std::string header = fmt::format("{:>7}  ", "step");
    for (const std::size_t thread : story_.threads) header += fit(label(thread), cell_) + "  ";
    for (std::size_t i = 0; i < story_.words.size(); ++i)
      header += fmt::format(" {:<{}}", story_.words[i], word_widths_[i]);
    line(style_(Ink::kBold, trimmed(header)));
    if (story_.left_out > 0)
      line(style_(Ink::kFaint, fmt::format("{:>7}  {} rows before", "...", story_.left_out)));
    for (const Row& row : story_.rows) {
      if (row.kind == Row::Kind::kPreemption) {
        line(style_(Ink::kYellow,
                    fmt::format("{:>7}  ---- {} is held{}; {} goes on ----", "", label(row.thread),
                                where(row.text), label(row.next_thread))));
      } else {
        line(body(row));
      }
    }
    line("");
  }

  static std::string where(const std::string& function) {
    return function.empty() ? std::string() : fmt::format(" in {}", function);
  }

  static std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  void measure() {
    std::size_t words = 0;
    for (std::size_t i = 0; i < story_.words.size(); ++i) {
      std::size_t width = story_.words[i].size();
      for (const Row& row : story_.rows) width = std::max(width, row.words[i].size() + 1);
      word_widths_.push_back(width);
      words += width + 1;
    }
    constexpr std::size_t kStep = 9;
    constexpr std::size_t kNarrowest = 12;
    std::size_t longest = kNarrowest;
    for (const Row& row : story_.rows)
      if (row.kind != Row::Kind::kPreemption) longest = std::max(longest, row.text.size());
    const std::size_t fixed = kStep + words + 2 * story_.threads.size();
    const std::size_t room = options_.width > fixed ? options_.width - fixed : 0;
    cell_ = std::clamp(room / std::max<std::size_t>(1, story_.threads.size()), kNarrowest, longest);
  }

  std::string body(const Row& row) const {
    std::string text = fmt::format("{} {:>5}  ", row.wrong ? "X" : " ", row.step);
    for (const std::size_t thread : story_.threads)
      text += fit(thread == row.thread ? row.text : "", cell_) + "  ";
    std::string words;
    for (std::size_t i = 0; i < row.words.size(); ++i) {
      const bool changed = row.changed == i;
      const std::string value =
          fmt::format("{}{:<{}}", changed ? "*" : " ", row.words[i], word_widths_[i]);
      words += changed ? style_(Ink::kCyan, value) : value;
    }
    if (row.wrong) return style_(Ink::kRed, text) + trimmed(words);
    if (row.kind == Row::Kind::kEvent) text = style_(Ink::kGreen, text);
    return trimmed(text + words);
  }

  std::vector<std::string> expectation() const {
    std::vector<std::string> lines;
    if (finding_.error) {
      lines.emplace_back(parser::code_rule(finding_.error->code));
      const parser::Error& error = *finding_.error;
      if (!error.contradiction.empty()) {
        std::string text = "but " + error.contradiction;
        if (error.contradicts)
          text += fmt::format(
              ", set by {} at generation {}, {}, byte {}",
              format::spec_of(error.contradicts->event).name, error.contradicts->generation,
              label_of_procid(error.contradicts->thread), error.contradicts->offset);
        lines.push_back(std::move(text));
      }
      for (const parser::Waiting& waiting : error.waiting)
        lines.push_back(fmt::format("{} waits with {}, and needs {}",
                                    label_of_procid(waiting.place.thread), waiting.event,
                                    waiting.needs));
    }
    for (const std::string& waiting : finding_.waiting) lines.push_back(waiting);
    return lines;
  }

  // What had really happened to the resource that the finding is about.
  std::vector<std::string> truth() const {
    if (finding_.lie) return truth_of_a_lie(*finding_.lie);
    if (!finding_.error) return {};
    const auto wrong = std::find_if(story_.rows.begin(), story_.rows.end(),
                                    [](const Row& row) { return row.wrong; });
    if (wrong == story_.rows.end()) return {};
    // The P whose mark the thread had just changed: who had it before?
    const auto last = std::find_if(
        std::make_reverse_iterator(wrong), story_.rows.rend(),
        [&](const Row& row) { return row.thread == wrong->thread && row.changed.has_value(); });
    if (last == story_.rows.rend()) return {};
    const std::string& word = story_.words[*last->changed];
    const std::size_t dot = word.find(".status");
    if (word.size() < 2 || word[0] != 'P' || dot == std::string::npos) return {};
    const auto id = static_cast<std::uint64_t>(std::stoul(word.substr(1, dot - 1)));
    const sim::TruthRecord* owner = nullptr;
    for (const sim::TruthRecord& record : recording_.truth)
      if (record.kind == sim::ResourceKind::kProc && record.id == id && record.step < last->step &&
          record.to == sim::ResourceState::kRunning) {
        owner = &record;
      }
    if (owner == nullptr) return {};
    const std::string who = label_of_procid(static_cast<std::int64_t>(owner->thread));
    const std::string me = label(wrong->thread);
    if (who == me) return {fmt::format("P{} is {}'s since step {}", id, who, owner->step)};
    return {fmt::format("P{} is {}'s since step {}, and {} has no P", id, who, owner->step, me)};
  }

  std::vector<std::string> truth_of_a_lie(const explore::Lie& lie) const {
    const std::string resource =
        fmt::format("{}{}", lie.kind == sim::ResourceKind::kProc ? "P" : "goroutine ", lie.id);
    const auto told = [&](const explore::Told& one) {
      if (one.status) return fmt::format("is {}", state_name(one.to));
      return fmt::format("goes from {} to {} on {}", state_name(one.from), state_name(one.to),
                         label_of_procid(static_cast<std::int64_t>(one.thread)));
    };
    const std::string happened = lie.truth_at < lie.truth.size()
                                     ? fmt::format("{} at step {}", told(lie.truth[lie.truth_at]),
                                                   lie.truth[lie.truth_at].step)
                                     : std::string("stays as it is");
    const std::string trace = lie.trace_at < lie.trace.size()
                                  ? fmt::format("{}, in event {}", told(lie.trace[lie.trace_at]),
                                                lie.trace[lie.trace_at].event)
                                  : std::string("stays as it is");
    return {fmt::format("{} {}", resource, happened),
            fmt::format("the trace says that it {}", trace)};
  }

  // The preemptions of the whole schedule, in order: each is needed if the schedule is shrunk.
  std::vector<std::string> preemptions() const {
    std::vector<std::string> lines;
    constexpr std::size_t kMost = 12;
    std::size_t count = 0;
    for (const explore::RecordedChoice& choice : recording_.choices) {
      if (!choice.preempts()) continue;
      ++count;
      if (lines.size() == kMost) continue;
      const std::uint64_t step = choice.before_step < recording_.steps.size()
                                     ? recording_.steps[choice.before_step].number
                                     : recording_.total_steps;
      lines.push_back(fmt::format("{}{} before step {}, for {}", label(choice.current),
                                  where(choice.function), step, label(choice.taken)));
    }
    if (count > lines.size()) {
      lines.push_back(fmt::format("and {} more: `mpglab shrink` leaves out what does not matter",
                                  count - lines.size()));
    }
    if (lines.empty()) lines.emplace_back("nobody: the schedule has no preemption");
    return lines;
  }

  void note(std::string_view name, const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i)
      line(fmt::format("{} {}", style_(Ink::kBold, fmt::format("{:<9}", i == 0 ? name : "")),
                       lines[i]));
  }
  void note(std::string_view name, const std::string& text) {
    note(name, std::vector<std::string>{text});
  }

  const Recording& recording_;
  const Finding& finding_;
  const CardOptions& options_;
  const Style& style_;
  const Story story_;
  std::vector<std::size_t> word_widths_;
  std::size_t cell_ = 0;
  std::string out_;
};

}  // namespace

std::string failure_card(const Recording& recording, const CardOptions& options) {
  MPG_CHECK(recording.finding.has_value(), "a failure card of a schedule without a finding");
  return Card(recording, options).text();
}

}  // namespace mpglab::view
