// RunningSchedules: which schedule each thread of a hunt is in, for the last words of a process
// that dies of one. Reading it is safe in a signal handler.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mpglab::explore {

class RunningSchedules {
 public:
  static constexpr std::size_t kMostThreads = 1'024;

  // The thread that calls runs schedule `number`, from 1; 0: none any more. `slot` is its own, and
  // below kMostThreads; `thread` is how the reader knows it.
  void set(std::size_t slot, std::uint64_t thread, std::uint64_t number) {
    slots_[slot].thread.store(thread, std::memory_order_relaxed);
    slots_[slot].number.store(number, std::memory_order_relaxed);
  }

  // 0: that thread runs none.
  std::uint64_t of(std::uint64_t thread) const {
    for (const Slot& slot : slots_) {
      if (slot.thread.load(std::memory_order_relaxed) == thread)
        return slot.number.load(std::memory_order_relaxed);
    }
    return 0;
  }

 private:
  struct Slot {
    std::atomic<std::uint64_t> thread = 0;
    std::atomic<std::uint64_t> number = 0;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  std::array<Slot, kMostThreads> slots_;
};

}  // namespace mpglab::explore
