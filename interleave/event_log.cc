#include "interleave/event_log.h"

#include <algorithm>

#include "base/check.h"

namespace mpglab::interleave {

void EventLog::widen(std::size_t threads) {
  if (started_after_.size() < threads) {
    started_after_.resize(threads, kNone);
    follows_.resize(threads, kNoThread);
    of_thread_.resize(threads);
  }
  if (threads <= width_) return;
  const std::size_t width = std::max(threads, 2 * width_);
  std::vector<std::uint32_t> clocks(events_.size() * width, 0);
  for (std::size_t i = 0; i < events_.size(); ++i) {
    std::copy_n(clocks_.begin() + static_cast<std::ptrdiff_t>(i * width_), width_,
                clocks.begin() + static_cast<std::ptrdiff_t>(i * width));
  }
  clocks_ = std::move(clocks);
  width_ = width;
}

void EventLog::join(std::size_t clock, Index other) {
  const std::size_t from = std::size_t{other} * width_;
  for (std::size_t i = 0; i < width_; ++i)
    clocks_[clock + i] = std::max(clocks_[clock + i], clocks_[from + i]);
}

void EventLog::append(const Event& event) {
  widen(std::size_t{event.thread} + 1);
  const Index index = size();
  const Index before = last_of_thread(event, index);
  events_.push_back(event);
  const std::size_t clock = clocks_.size();
  clocks_.resize(clock + width_, 0);
  if (before != kNone) join(clock, before);
  const Index followed = followed_by(event.thread, index);
  if (followed != kNone) join(clock, followed);

  if (index >= rests_.size()) rests_.resize(std::size_t{index} + 1);
  rests_[index].clear();
  placed_ = event.at_once ? 0 : kNone;
  if (!event.at_once) touch(event, index);
  std::vector<Index>& own = of_thread_[event.thread];
  own.push_back(index);
  numbers_.push_back(static_cast<std::uint32_t>(own.size()));
  clocks_[clock + event.thread] = numbers_.back();
}

void EventLog::extend(const Event& operation) {
  const Index index = size() - 1;
  rests_[index].push_back(operation);
  if (placed_ == kNone) placed_ = static_cast<Index>(rests_[index].size());
  events_.back().at_once = true;
}

bool EventLog::seal(KnownFootprints& footprints) {
  if (placed_ == kNone) return false;
  const Index index = size() - 1;
  const std::size_t operations = rests_[index].size() + 1;
  find_kept();
  for (std::size_t i = placed_; i < operations; ++i) touch(operation(i), index);
  placed_ = kNone;
  std::vector<Footprint::Touch>& touches = footprints.start();
  for (const Event& operation : rests_[index])
    touches.push_back({operation.operation.object, effect_of(operation)});
  events_.back().more = footprints.intern();
  return true;
}

// What the operations of the last event leave as they found it. Those that have their places have
// what they did there.
void EventLog::find_kept() {
  const std::size_t operations = rests_[events_.size() - 1].size() + 1;
  for (std::size_t first = placed_; first < operations; ++first) {
    const ObjectId object = operation(first).operation.object;
    const auto is_same = [&](std::size_t i) {
      return operation(i).alone && operation(i).operation.object == object;
    };
    if (!is_same(first) || operation(first).kept) continue;
    std::size_t last = first;
    for (std::size_t i = first + 1; i < operations; ++i)
      if (is_same(i)) last = i;
    if (operation(last).after != operation(first).before) continue;
    for (std::size_t i = first; i <= last; ++i) operation(i).kept |= is_same(i);
  }
}

// The event does that to the object: after those there that it depends on.
void EventLog::touch(const Event& operation, Index index) {
  const ObjectId object = operation.operation.object;
  if (object == kNoObject) return;
  if (object >= on_object_.size()) on_object_.resize(std::size_t{object} + 1);
  std::vector<Touch>& touches = on_object_[object];
  const bool again = !touches.empty() && touches.back().index == index;
  const Effect effect = effect_of(operation);
  if (again && covers(touches.back().effect, effect)) {
    touches.back().after = operation.after;
    return;
  }
  const std::size_t others = touches.size() - (again ? 1 : 0);
  std::size_t behind = others;
  while ((behind = depending(touches, behind, effect)) > 0) {
    const Touch& other = touches[--behind];
    join(std::size_t{index} * width_, other.index);
    if (other.effect == Effect::kWrite) break;
  }
  if (again) {
    touches.back().effect = joined(touches.back().effect, effect);
    touches.back().after = operation.after;
  } else {
    touches.push_back({index, effect, operation.before, operation.after, 0});
  }
  const std::size_t before = others == 0 ? 0 : touches[others - 1].changes;
  touches.back().changes = touches.back().effect == Effect::kRead ? before : touches.size();
}

void EventLog::spawned(ThreadId parent, ThreadId child, Index at) {
  widen(std::size_t{std::max(parent, child)} + 1);
  started_after_[child] = last_of_thread(parent, at);
}

void EventLog::follows(ThreadId thread, ThreadId other) {
  widen(std::size_t{std::max(thread, other)} + 1);
  follows_[thread] = other;
}

EventLog::Index EventLog::followed_by(ThreadId thread, Index at) const {
  const ThreadId other = follows_[thread];
  const bool is_first = of_thread_[thread].empty() || of_thread_[thread].front() >= at;
  if (other == kNoThread || !is_first || of_thread_[other].empty()) return kNone;
  const Index first = of_thread_[other].front();
  return first < at ? first : kNone;
}

void EventLog::truncate(Index size) {
  if (size < this->size()) placed_ = kNone;
  while (this->size() > size) {
    const Event& event = events_.back();
    const Index index = this->size() - 1;
    const auto untouch = [&](ObjectId object) {
      if (object == kNoObject) return;
      std::vector<Touch>& touches = on_object_[object];
      if (!touches.empty() && touches.back().index == index) touches.pop_back();
    };
    untouch(event.operation.object);
    for (const Event& operation : rests_[index]) untouch(operation.operation.object);
    of_thread_[event.thread].pop_back();
    events_.pop_back();
    numbers_.pop_back();
  }
  clocks_.resize(events_.size() * width_);
}

EventLog::Index EventLog::last_of_thread(ThreadId thread, Index at) const {
  const std::vector<Index>& own = of_thread_[thread];
  const auto behind = std::lower_bound(own.begin(), own.end(), at);
  return behind == own.begin() ? started_after_[thread] : *(behind - 1);
}

}  // namespace mpglab::interleave
