// The distilled race: gcwait's, in three threads. A thread enters a syscall and finds that the
// world is being stopped; it gives up the P that it marked, which may be another thread's by then.
//
// Everything that threads share is sequentially consistent; who the trace says holds the P is
// written in the same step as the compare-and-swap before it.
#pragma once

#include <cstdint>

#include "interleave/engine.h"
#include "interleave/mutex.h"
#include "interleave/shared.h"

namespace mpglab::interleave::test {

class DistilledRace {
 public:
  enum class Status : std::uint8_t { kRunning, kSyscall, kGcStop };

  // Threads 0 and 1 do what they do `loops` times. Without `bug` nobody minds whose P was stopped.
  DistilledRace(Engine& engine, int loops, bool bug) : engine_(engine), loops_(loops), bug_(bug) {}

  static void start(void* race) { static_cast<DistilledRace*>(race)->begin(); }
  bool broken() const { return broken_; }
  // What is not in the engine's objects.
  std::uint64_t plain_data() const { return static_cast<std::uint64_t>(owner_ - kNobody); }

 private:
  static constexpr int kNobody = -1;

  void begin() {
    status_.poke(Status::kRunning);
    gcwaiting_.poke(0);
    stopwait_.poke(0);
    lock_.reset();
    owner_ = 0;
    broken_ = false;
    engine_.spawn("sysmon's victim", victim, this);
    engine_.spawn("thief", thief, this);
    engine_.spawn("stopper", stopper, this);
  }

  void enter(int me) {
    status_.store(Status::kSyscall);
    if (gcwaiting_.load() == 0) return;
    lock_.lock();
    if (stopwait_.load() > 0 && status_.cas(Status::kSyscall, Status::kGcStop)) {
      if (bug_ && owner_ != me) {
        broken_ = true;
        engine_.stop();
      }
      owner_ = kNobody;
      stopwait_.add(-1);
    }
    lock_.unlock();
  }
  bool exit(int me) {
    if (!status_.cas(Status::kSyscall, Status::kRunning)) return false;
    owner_ = me;
    return true;
  }

  static void victim(void* self) {
    auto& race = *static_cast<DistilledRace*>(self);
    for (int i = 0; i < race.loops_; ++i) {
      race.enter(0);
      if (!race.exit(0)) return;
    }
  }
  static void thief(void* self) {
    auto& race = *static_cast<DistilledRace*>(self);
    for (int i = 0; i < race.loops_; ++i) {
      if (!race.exit(1)) continue;
      race.enter(1);
      race.exit(1);
    }
  }
  static void stopper(void* self) {
    auto& race = *static_cast<DistilledRace*>(self);
    race.lock_.lock();
    race.stopwait_.store(1);
    race.gcwaiting_.store(1);
    if (race.status_.cas(Status::kSyscall, Status::kGcStop)) {
      race.owner_ = kNobody;
      race.stopwait_.add(-1);
    }
    race.lock_.unlock();
  }

  Engine& engine_;
  const int loops_;
  const bool bug_;
  Shared<Status> status_{engine_, "status"};
  Shared<int> gcwaiting_{engine_, "gcwaiting"};
  Shared<int> stopwait_{engine_, "stopwait"};
  Mutex lock_{engine_, "lock"};
  int owner_ = 0;
  bool broken_ = false;
};

}  // namespace mpglab::interleave::test
