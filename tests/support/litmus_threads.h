// Litmus programs of two to six threads whose classes of executions can be counted by hand: for the
// tests of the search, and for its benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/check.h"
#include "interleave/engine.h"
#include "interleave/mutex.h"
#include "interleave/shared.h"

namespace mpglab::interleave::test {

class LitmusThreads {
 public:
  static constexpr unsigned kMost = 6;

  // What each of the threads does.
  enum class Kind : std::uint8_t {
    kOwnWord,      // stores to a word of its own
    kOneWriter,    // the first stores to a word, the others load it
    kWriters,      // stores to one word
    kSwaps,        // compares one word with 0 and puts 1
    kStoreBuffer,  // stores to its word, then loads the next thread's
    kLock,         // takes one mutex and gives it back
    kIncrement,    // loads one word, then stores one more
  };

  LitmusThreads(Engine& engine, Kind kind, unsigned threads)
      : engine_(engine), kind_(kind), mutex_(engine, "mutex") {
    MPG_CHECK(threads >= 2 && threads <= kMost, "litmus programs have two to six threads");
    for (unsigned i = 0; i < threads; ++i) {
      words_.emplace_back(engine, "word " + std::to_string(i));
      threads_.push_back({this, i});
    }
  }

  static void start(void* self) { static_cast<LitmusThreads*>(self)->begin(); }

 private:
  struct Thread {
    LitmusThreads* program;
    std::size_t number;
  };

  void begin() {
    for (Shared<int>& word : words_) word.poke(0);
    mutex_.reset();
    for (Thread& thread : threads_) engine_.spawn("thread", run, &thread);
  }

  static void run(void* self) {
    const auto& thread = *static_cast<const Thread*>(self);
    thread.program->act(thread.number);
  }

  void act(std::size_t me) {
    switch (kind_) {
      case Kind::kOwnWord:
        return words_[me].store(1);
      case Kind::kOneWriter:
        if (me == 0) return words_[0].store(1);
        words_[0].load();
        return;
      case Kind::kWriters:
        return words_[0].store(1);
      case Kind::kSwaps:
        words_[0].cas(0, 1);
        return;
      case Kind::kStoreBuffer:
        words_[me].store(1);
        words_[(me + 1) % words_.size()].load();
        return;
      case Kind::kLock:
        mutex_.lock();
        return mutex_.unlock();
      case Kind::kIncrement:
        return words_[0].store(words_[0].load() + 1);
    }
  }

  Engine& engine_;
  const Kind kind_;
  Mutex mutex_;
  std::deque<Shared<int>> words_;
  std::deque<Thread> threads_;
};

}  // namespace mpglab::interleave::test
