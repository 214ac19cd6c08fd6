// Coroutine: a stack of its own that can be switched to, and abandoned without being unwound.
//
// Purpose: both the body of a simulated thread and a goroutine of the model are coroutines. A
// schedule may end while they are in the middle of anything; unwinding each by exception, as
// Boost.Context does when a fiber object dies, costs microseconds, so an abandoned coroutine is
// simply forgotten and its stack used again.
//
// Therefore, and every caller must keep to it: whatever lives on a coroutine's stack across a
// switch is never destroyed if the coroutine is abandoned. Nothing that owns memory may live there.
//
// Switches are annotated for AddressSanitizer and ThreadSanitizer, which Debian's Boost.Context
// does not do. To the latter a coroutine is a fiber, which has calls of its own and is never at
// work beside the others: what one has done before a switch, those after it see.
#pragma once

#include <cstddef>

#include <boost/context/fiber.hpp>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace mpglab::interleave {

// A stack from the operating system with a guard page below it. Not copyable.
//
// Stacks that all began at the same place of a page would share a few lines of the processor's
// first cache, whose places are those of a page. So they are staggered: by `number`, whatever it
// counts.
class Stack {
 public:
  // Bytes that can be used. The frames of one sanitizer are several times larger, and the other
  // puts its reports together on whatever stack it is.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr std::size_t kSize = std::size_t{512} * 1024;
#else
  static constexpr std::size_t kSize = std::size_t{128} * 1024;
#endif

  explicit Stack(std::size_t number = 0);
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  std::byte* bottom() const {
    return bottom_;
  }
  std::byte* top() const {
    return bottom_ + kSize;
  }

 private:
  std::byte* memory_;  // guard page and all
  std::byte* bottom_;
};

class Coroutine {
 public:
  using Body = void (*)(void*);

  Coroutine() = default;
  ~Coroutine();
  Coroutine(const Coroutine&) = delete;
  Coroutine& operator=(const Coroutine&) = delete;

  // Makes this coroutine one that will run body(argument) on `stack` when first switched to.
  // Whatever it was before is forgotten. The body never returns: it ends by switching elsewhere.
  // REQUIRES: this coroutine is not running, and nothing else runs on `stack`.
  void start(Stack& stack, Body body, void* argument);

  // Leaves `from`, which is running, and continues `to`. Returns when something switches to `from`.
  // REQUIRES: `to` is started or suspended.
  static void switch_to(Coroutine& from, Coroutine& to);

  // Abandons what is suspended here, without unwinding it.
  void forget();

 private:
  static boost::context::fiber enter(Coroutine& self, boost::context::fiber&& from);

  // What the sanitizer is told, by the side that leaves and by the side that runs then.
#if defined(__SANITIZE_ADDRESS__)
  void before_leaving(Coroutine& next);
  void after_entering();
#elif defined(__SANITIZE_THREAD__)
  // Calls and returns are counted where they happen, so this must be none: it would begin on one
  // fiber and return on another.
  [[gnu::always_inline]] void before_leaving(Coroutine& next) {
    if (body_ == nullptr) fiber_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(next.fiber_, 0);
  }
  void after_entering() {}
  void begin_fiber();
  void end_fiber();
#else
  void before_leaving(Coroutine& /*next*/) {}
  void after_entering() {}
#endif

  boost::context::fiber suspended_;
  Body body_ = nullptr;
  void* argument_ = nullptr;
  const void* stack_bottom_ = nullptr;
  std::size_t stack_size_ = 0;
  // For the sanitizer.
  [[maybe_unused]] void* fake_stack_ = nullptr;
  [[maybe_unused]] Coroutine* came_from_ = nullptr;  // who switched here last
#if defined(__SANITIZE_THREAD__)
  // Whose it is that runs here: ours, if this was started, and else that of whoever switches away.
  void* fiber_ = nullptr;
  unsigned starts_ = 0;  // of this fiber
#endif
};

}  // namespace mpglab::interleave
