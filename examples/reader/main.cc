// goroutine-times TRACE: how long each goroutine ran, waited for a P, waited for something else,
// and was in syscalls; the ten that ran longest.

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mpglab/parser/reader.h>

namespace parser = mpglab::parser;

namespace {

struct Times {
  parser::GoState state = parser::GoState::kUndetermined;
  parser::Time since = 0;
  std::array<parser::Time, 6> in{};  // by state

  void change(parser::GoState to, parser::Time now) {
    in[static_cast<std::size_t>(state)] += now - since;
    state = to;
    since = now;
  }
};

long long microseconds(const Times& times, parser::GoState state) {
  return static_cast<long long>(times.in[static_cast<std::size_t>(state)] / 1000);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: goroutine-times TRACE\n");
    return 2;
  }
  parser::FileSource source{std::string(argv[1])};
  parser::Reader reader;
  reader.reset(source);

  std::map<parser::GoId, Times> goroutines;
  parser::Time last = 0;
  for (const parser::Event& event : reader) {
    last = event.time;
    if (event.kind() != parser::EventKind::kStateTransition) continue;
    const parser::StateTransition transition = event.state_transition();
    if (transition.resource.kind != parser::ResourceKind::kGoroutine) continue;
    const auto [found, is_new] = goroutines.try_emplace(transition.resource.id);
    if (is_new) found->second = {transition.go_to, event.time};
    found->second.change(transition.go_to, event.time);
  }
  if (reader.failed()) {
    const parser::Error& error = reader.error();
    std::fprintf(stderr, "%s: %s\n", argv[1], error.message.c_str());
    if (error.place) {
      std::fprintf(stderr, "  generation %llu, byte %llu\n",
                   static_cast<unsigned long long>(error.place->generation),
                   static_cast<unsigned long long>(error.place->offset));
    }
    return 1;
  }

  std::vector<std::pair<parser::GoId, Times>> longest;
  for (auto& [id, times] : goroutines) {
    times.change(times.state, last);
    longest.emplace_back(id, times);
  }
  using State = parser::GoState;
  std::stable_sort(longest.begin(), longest.end(), [](const auto& a, const auto& b) {
    return microseconds(a.second, State::kRunning) > microseconds(b.second, State::kRunning);
  });
  longest.resize(std::min<std::size_t>(longest.size(), 10));

  std::printf("goroutine  running us  runnable us  waiting us  syscall us\n");
  for (const auto& [id, times] : longest) {
    std::printf("%9lld  %10lld  %11lld  %10lld  %10lld\n", static_cast<long long>(id),
                microseconds(times, State::kRunning), microseconds(times, State::kRunnable),
                microseconds(times, State::kWaiting), microseconds(times, State::kSyscall));
  }
  return 0;
}
