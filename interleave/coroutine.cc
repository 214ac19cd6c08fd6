#include "interleave/coroutine.h"

#include <memory>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#include "base/check.h"

namespace mpglab::interleave {

namespace {

std::size_t page_size() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Boost.Context wants an allocator to give the stack back to. Ours belongs to a Stack.
struct KeepStack {
  // The name and shape are Boost.Context's.
  void deallocate(boost::context::stack_context&) noexcept {}
};

// What of a stack is used all the time is about this much.
constexpr std::size_t kStagger = 256;
constexpr std::size_t kStaggers = 16;

std::size_t bytes_mapped() {
  return page_size() + kStagger * kStaggers + Stack::kSize;
}

}  // namespace

Stack::Stack(std::size_t number) {
  void* memory = ::mmap(nullptr, bytes_mapped(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  MPG_CHECK(memory != MAP_FAILED, "no memory for a stack");
  MPG_CHECK(::mprotect(memory, page_size(), PROT_NONE) == 0, "no guard page for a stack");
  memory_ = static_cast<std::byte*>(memory);
  bottom_ = memory_ + page_size() + kStagger * (number % kStaggers);
}

Stack::~Stack() {
#if defined(__SANITIZE_ADDRESS__)
  // What an abandoned coroutine left poisoned is free for whoever is given this memory next.
  __asan_unpoison_memory_region(memory_, bytes_mapped());
#endif
  ::munmap(memory_, bytes_mapped());
}

Coroutine::~Coroutine() {
  forget();
#if defined(__SANITIZE_THREAD__)
  end_fiber();
#endif
}

void Coroutine::start(Stack& stack, Body body, void* argument) {
  forget();
#if defined(__SANITIZE_THREAD__)
  begin_fiber();
#endif
  body_ = body;
  argument_ = argument;
  stack_bottom_ = stack.bottom();
  stack_size_ = Stack::kSize;
#if defined(__SANITIZE_ADDRESS__)
  // What an abandoned coroutine left poisoned is free for the next one.
  __asan_unpoison_memory_region(stack.bottom(), Stack::kSize);
#endif
#if defined(__SANITIZE_THREAD__)
  // The constructor below runs a little of the new coroutine, which is a call that does not return.
  void* const starter = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(fiber_, 0);
#endif
  boost::context::stack_context context;
  context.sp = stack.top();
  context.size = Stack::kSize;
  suspended_ = boost::context::fiber(
      std::allocator_arg, boost::context::preallocated(context.sp, context.size, context),
      KeepStack{}, [this](boost::context::fiber&& from) { return enter(*this, std::move(from)); });
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(starter, 0);
#endif
}

boost::context::fiber Coroutine::enter(Coroutine& self, boost::context::fiber&& from) {
  // switch_to has already put the switching side away, so what came along is empty.
  MPG_CHECK(!from, "a coroutine was entered without switch_to");
  self.after_entering();
  self.body_(self.argument_);
  MPG_CHECK(false, "the body of a coroutine returned");
  return std::move(from);
}

void Coroutine::switch_to(Coroutine& from, Coroutine& to) {
  MPG_CHECK(static_cast<bool>(to.suspended_), "switch to a coroutine that is not suspended");
  from.before_leaving(to);
  // A plain resume() would jump where the processor expects a return, and all returns of the other
  // side after it would be foreseen wrongly. What runs on top returns there.
  std::move(to.suspended_).resume_with([&from](boost::context::fiber&& self) {
    from.suspended_ = std::move(self);
    return boost::context::fiber{};
  });
  from.after_entering();
}

void Coroutine::forget() {
  // Not assigned: an assignment would unwind the stack.
  if (suspended_) std::construct_at(&suspended_);
}

#if defined(__SANITIZE_ADDRESS__)
void Coroutine::before_leaving(Coroutine& next) {
  next.came_from_ = this;
  __sanitizer_start_switch_fiber(&fake_stack_, next.stack_bottom_, next.stack_size_);
}
void Coroutine::after_entering() {
  // Where the stack lies that was left is known to the sanitizer, also if it is the program's own.
  __sanitizer_finish_switch_fiber(fake_stack_, &came_from_->stack_bottom_,
                                  &came_from_->stack_size_);
}
#endif

#if defined(__SANITIZE_THREAD__)
void Coroutine::begin_fiber() {
  // A new fiber takes a third of a millisecond. An old one still has the calls of what was
  // abandoned on it, and room for 65,536: as many as 256 times 256.
  constexpr unsigned kMostStarts = 256;
  if (starts_ == kMostStarts) end_fiber();
  if (starts_++ == 0) fiber_ = __tsan_create_fiber(0);
}
void Coroutine::end_fiber() {
  if (starts_ > 0) __tsan_destroy_fiber(fiber_);
  starts_ = 0;
}
#endif

}  // namespace mpglab::interleave
