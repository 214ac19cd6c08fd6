// Engine::Fibers: the side of the engine that Boost.Fiber sees. Private to engine.cc.
//
// Simulated threads run under DirectedAlgorithm: the engine says which fiber is next and resumes
// it, Boost.Fiber keeps the book of contexts and stacks. Only starting and joining a fiber go
// through the ready queue.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/scheduler.hpp>

#include "interleave/engine.h"

namespace mpglab::interleave {

// A first-in-first-out ready queue, except that a fiber which starts while `capture` is on is
// handed to the engine instead of being queued. No state outside the object: a second engine on the
// same OS thread installs an algorithm of its own and takes the queue over.
class DirectedAlgorithm final : public boost::fibers::algo::algorithm {
 public:
  void awakened(boost::fibers::context* context) noexcept override {
    if (capture_ && context->is_context(boost::fibers::type::worker_context)) {
      captured_ = context;
    } else {
      context->ready_link(queue_);
    }
  }
  boost::fibers::context* pick_next() noexcept override {
    if (queue_.empty()) return nullptr;
    boost::fibers::context* next = &queue_.front();
    queue_.pop_front();
    return next;
  }
  bool has_ready_fibers() const noexcept override { return !queue_.empty(); }
  void suspend_until(std::chrono::steady_clock::time_point const& /*until*/) noexcept override {
    // Boost.Fiber's dispatcher comes here when no fiber is ready. All of ours are suspended by
    // choice while the explorer runs, so there is nothing that could be waited for.
    MPG_CHECK(false, "the fiber dispatcher found nothing to run");
  }
  void notify() noexcept override {}

  void capture(bool on) {
    capture_ = on;
    if (on) captured_ = nullptr;
  }
  boost::fibers::context* captured() const { return captured_; }

 private:
  boost::fibers::scheduler::ready_queue_type queue_{};
  bool capture_ = false;
  boost::fibers::context* captured_ = nullptr;
};

class Engine::Fibers {
 public:
  Fibers();

  // Makes the fiber for a thread. It first runs when it is resumed.
  void add(Engine& engine, ThreadId thread);
  // Lets every fiber run to its end. REQUIRES: engine.quitting_.
  void join_all();

  void resume(ThreadId thread) { contexts_[thread]->resume(); }
  void resume_explorer() { explorer_->resume(); }
  // Whoever called run() is what the fibers come back to.
  void note_explorer() { explorer_ = boost::fibers::context::active(); }

 private:
  struct OwnStack;

  boost::intrusive_ptr<DirectedAlgorithm> algorithm_;
  std::array<boost::fibers::context*, kMaxThreads> contexts_{};
  std::array<boost::fibers::fiber, kMaxThreads> fibers_;
  std::vector<std::unique_ptr<Stack>> stacks_;
  boost::fibers::context* explorer_ = nullptr;
};

}  // namespace mpglab::interleave
