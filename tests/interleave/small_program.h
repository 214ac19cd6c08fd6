// A random small program: a few threads with a few operations each, on two words, a mutex, a
// semaphore and a note. What a thread does may depend on what it has read.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "interleave/engine.h"
#include "interleave/mutex.h"
#include "interleave/note.h"
#include "interleave/random.h"
#include "interleave/semaphore.h"
#include "interleave/shared.h"

namespace mpglab::interleave::test {

class SmallProgram {
 public:
  // Everything there is; or loads, stores and compare-and-swaps of one word, which fail as often as
  // not; or everything in threads that start each other somewhere in their course; or loads, stores
  // and adds that do not look; or everything, and some of it at once; or that with objects that
  // stand alone; or threads that all do the same, of everything; or loads,
  // stores and looks before compare-and-swaps; or loads, stores and raises; or what reads and
  // writes in one step, and some of it at once.
  enum class Mix : std::uint8_t {
    kEverything,
    kOneWord,
    kThreads,
    kAdds,
    kAtOnce,
    kAlone,
    kAlike,
    kLooks,
    kRaises,
    kCountsAtOnce
  };

  // At most `steps` operations in all; the same seed is the same program.
  SmallProgram(Engine& engine, Mix mix, std::uint64_t seed, unsigned steps) : engine_(engine) {
    Random random(seed);
    const unsigned threads = 2 + random.below(3);
    bodies_.resize(threads);
    for (unsigned left = steps; left > 0; --left)
      bodies_[random.below(threads)].push_back(op(mix, random));
    for (ObjectId object = 0; mix == Mix::kAlone && object < engine.object_count(); ++object)
      engine.stands_alone(object);
    if (mix == Mix::kAlike) {
      alike_ = true;
      bodies_[0].resize(std::max<std::size_t>(1, steps / threads));
      bodies_.assign(threads, bodies_[0]);
    }
    if (mix != Mix::kThreads) return;
    one_starts_ = true;
    for (unsigned child = 1; child < threads; ++child) {
      std::vector<Op>& parent = bodies_[random.below(child)];
      const auto place = random.below(static_cast<std::uint32_t>(parent.size() + 1));
      parent.insert(parent.begin() + place, {Kind::kStart, child, 0});
    }
  }

  static void start(void* program) { static_cast<SmallProgram*>(program)->begin(); }

  // What is left of it, and what each thread has seen.
  std::string outcome(End end) const {
    std::string text = end_name(end);
    for (const Shared<int>& word : words_) text += " " + std::to_string(word.peek());
    std::vector<std::string> threads;
    for (const Thread& thread : threads_)
      threads.push_back(" t" + std::to_string(thread.at) + "," + std::to_string(thread.seen));
    // Which of them it was that has seen what makes no difference if they are alike.
    if (alike_) std::sort(threads.begin(), threads.end());
    for (const std::string& thread : threads) text += thread;
    return text;
  }

 private:
  enum class Kind : std::uint8_t {
    kLoad,
    kStore,
    kStoreSeen,
    kAdd,
    kCas,
    kIfSeen,  // the next operation only if what was seen last is not 0
    kAwait,
    kAwaitOther,
    kLock,
    kUnlock,
    kAcquire,
    kRelease,
    kSleep,
    kWake,
    kStart,  // the thread of that number
    kBump,
    kAtOnce,  // from here on, or not any more
    kLookAndCas,
    kRaise,
  };
  struct Op {
    Kind kind;
    unsigned word;
    int value;
  };
  struct Thread {
    SmallProgram* program = nullptr;
    std::size_t number = 0;
    std::size_t at = 0;
    int seen = 0;
  };

  static Op op(Mix mix, Random& random) {
    if (mix == Mix::kOneWord) {
      constexpr std::array kOfOneWord = {Kind::kLoad, Kind::kCas, Kind::kCas, Kind::kStore};
      return {kOfOneWord[random.below(kOfOneWord.size())], 0, static_cast<int>(random.below(2))};
    }
    if (mix == Mix::kAdds) {
      constexpr std::array kOfAdds = {Kind::kLoad, Kind::kBump, Kind::kBump, Kind::kStore};
      return {kOfAdds[random.below(kOfAdds.size())], 0, static_cast<int>(random.below(2))};
    }
    if (mix == Mix::kLooks) {
      constexpr std::array kOfLooks = {Kind::kLoad,       Kind::kStore,  Kind::kStoreSeen,
                                       Kind::kLookAndCas, Kind::kIfSeen, Kind::kLookAndCas};
      return {kOfLooks[random.below(kOfLooks.size())], random.below(2),
              static_cast<int>(random.below(2))};
    }
    if (mix == Mix::kRaises) {
      constexpr std::array kOfRaises = {Kind::kLoad, Kind::kStore, Kind::kRaise, Kind::kRaise};
      return {kOfRaises[random.below(kOfRaises.size())], random.below(2),
              static_cast<int>(random.below(2))};
    }
    if (mix == Mix::kCountsAtOnce) {
      constexpr std::array kOfCounts = {Kind::kAdd, Kind::kAdd,    Kind::kStoreSeen, Kind::kLoad,
                                        Kind::kCas, Kind::kIfSeen, Kind::kAtOnce};
      return {kOfCounts[random.below(kOfCounts.size())], random.below(2),
              static_cast<int>(random.below(2))};
    }
    const bool some_at_once = mix == Mix::kAtOnce || mix == Mix::kAlone;
    if (some_at_once) {
      constexpr std::array kOfAtOnce = {Kind::kAtOnce, Kind::kBump};
      const std::uint32_t which = random.below(8);
      if (which < 2)
        return {kOfAtOnce[which], random.below(2), static_cast<int>(random.below(3) != 0 ? 1 : 0)};
    }
    // Words come up more often than what waits.
    constexpr std::size_t kAwaits = 2;
    constexpr std::array kKinds = {Kind::kLoad,    Kind::kLoad,      Kind::kStore, Kind::kStoreSeen,
                                   Kind::kAdd,     Kind::kCas,       Kind::kCas,   Kind::kIfSeen,
                                   Kind::kLock,    Kind::kUnlock,    Kind::kLock,  Kind::kUnlock,
                                   Kind::kAcquire, Kind::kRelease,   Kind::kSleep, Kind::kWake,
                                   Kind::kAwait,   Kind::kAwaitOther};
    // Nobody may wait for a word that is added to without looking.
    const auto kinds = static_cast<std::uint32_t>(kKinds.size() - (some_at_once ? kAwaits : 0));
    return {kKinds[random.below(kinds)], random.below(2), static_cast<int>(random.below(2))};
  }

  void begin() {
    for (Shared<int>& word : words_) word.poke(0);
    mutex_.reset();
    semaphore_.reset(1);
    note_.reset();
    waker_.poke(0);
    threads_.fill({});
    for (std::size_t i = 0; i < (one_starts_ ? 1 : bodies_.size()); ++i) start_thread(i);
  }

  void start_thread(std::size_t number) {
    constexpr std::array kNames = {"t0", "t1", "t2", "t3"};
    threads_[number] = {this, number};
    // All are started by one thread, so the one before is the number before.
    const ThreadId before = static_cast<ThreadId>(engine_.thread_count() - 1);
    engine_.spawn(kNames[number], run, &threads_[number],
                  alike_ && number > 0 ? before : kNoThread);
  }

  static void run(void* self) {
    auto& thread = *static_cast<Thread*>(self);
    const std::vector<Op>& body = thread.program->bodies_[thread.number];
    for (thread.at = 0; thread.at < body.size(); ++thread.at) {
      const Op& op = body[thread.at];
      if (op.kind == Kind::kIfSeen) {
        if (thread.seen == 0) ++thread.at;
      } else {
        thread.program->make(thread, op);
      }
    }
  }

  void make(Thread& thread, const Op& op) {
    Shared<int>& word = words_[op.word % 2];
    switch (op.kind) {
      case Kind::kLoad:
        thread.seen = word.load();
        break;
      case Kind::kStore:
        word.store(op.value);
        break;
      case Kind::kStoreSeen:
        word.store(thread.seen + 1);
        break;
      case Kind::kAdd:
        thread.seen = word.add(1);
        break;
      case Kind::kCas:
        thread.seen = word.cas(op.value, op.value + 1) ? 1 : 0;
        break;
      case Kind::kAwait:
        word.await_equal(op.value + 1);
        break;
      case Kind::kAwaitOther:
        word.await_other(op.value);
        break;
      case Kind::kLock:
        if (!mutex_.held()) mutex_.lock();
        break;
      case Kind::kUnlock:
        if (mutex_.held()) mutex_.unlock();
        break;
      case Kind::kAcquire:
        semaphore_.acquire();
        break;
      case Kind::kRelease:
        semaphore_.release();
        break;
      case Kind::kSleep:
        note_.sleep();
        break;
      case Kind::kWake:
        // Waking twice is a fault of a program; who comes first to it is this one's own business.
        if (waker_.cas(0, 1)) note_.wakeup();
        break;
      case Kind::kStart:
        start_thread(op.word);
        break;
      case Kind::kBump:
        word.bump(1);
        break;
      case Kind::kAtOnce:
        engine_.set_at_once(op.value != 0);
        break;
      case Kind::kLookAndCas:
        thread.seen = word.look_and_cas(op.value, op.value + 1) ? 1 : 0;
        break;
      case Kind::kRaise:
        word.raise();
        break;
      case Kind::kIfSeen:
        break;
    }
  }

  Engine& engine_;
  std::vector<std::vector<Op>> bodies_;
  bool alike_ = false;
  bool one_starts_ = false;  // the first thread, and it or those that it has started the others
  std::array<Shared<int>, 2> words_{Shared<int>{engine_, "x"}, Shared<int>{engine_, "y"}};
  Shared<int> waker_{engine_, "waker"};
  Mutex mutex_{engine_, "mutex"};
  Semaphore semaphore_{engine_, "semaphore", 1};
  Note note_{engine_, "note"};
  std::array<Thread, 4> threads_{};
};

}  // namespace mpglab::interleave::test
