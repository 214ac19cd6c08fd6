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
// Switches are annotated for AddressSanitizer, which Debian's Boost.Context does not do.
#pragma once

#include <cstddef>

#include <boost/context/fiber.hpp>

namespace mpglab::interleave {

// A stack from the operating system with a guard page below it. Not copyable.
//
// Stacks that all began at the same place of a page would share a few lines of the processor's
// first cache, whose places are those of a page. So they are staggered: by `number`, whatever it
// counts.
class Stack {
 public:
  // Bytes that can be used; the sanitizer's frames are several times larger.
#if defined(__SANITIZE_ADDRESS__)
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
  ~Coroutine() { forget(); }
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
};

}  // namespace mpglab::interleave
