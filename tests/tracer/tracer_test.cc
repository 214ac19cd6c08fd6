#include "tracer/tracer.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tracer/fake_runtime.h"

namespace mpglab::tracer {
namespace {

using format::EventType;

// Keeps what is written, in order, as "NAME of generation".
class TracerTest : public testing::Test, public EventObserver {
 protected:
  TracerTest() {
    const StringRef nothing = tracer_.add_string("");
    tracer_.add_position({nothing, nothing, 0});
    tracer_.seal();
    tracer_.observe(this);
  }

  // Runs `body` and ends, whatever the reader is doing.
  void alone(const std::function<void()>& body) {
    run_alone(engine_, [&] {
      body();
      engine_.stop();
    });
  }

  void on_event(const TracedM* m, std::uint64_t gen, EventType type,
                std::span<const std::uint64_t> args) override {
    written_.push_back({m != nullptr, gen, type, {args.begin(), args.end()}});
  }

  // The events of one generation, by type.
  std::vector<EventType> types(std::uint64_t gen) const {
    std::vector<EventType> result;
    for (const Written& event : written_) {
      if (event.gen == gen) result.push_back(event.type);
    }
    return result;
  }

  void start_trace() {
    tracer_.start_trace();
    runtime_.start_reader(tracer_);
  }

  struct Written {
    bool by_thread;
    std::uint64_t gen;
    EventType type;
    std::vector<std::uint64_t> args;
  };

  interleave::Engine engine_;
  FakeRuntime runtime_{engine_};
  Tracer tracer_{engine_, runtime_};
  std::vector<Written> written_;
};

TEST_F(TracerTest, AcquireAnswersOffWhileNothingIsTraced) {
  bool on = true;
  alone([&] { on = tracer_.acquire().ok(); });
  EXPECT_FALSE(on);
}

TEST_F(TracerTest, ATraceBeginsWithTheStoppersStatusAndTheNumberOfPs) {
  alone([&] { start_trace(); });
  EXPECT_EQ(types(1),
            (std::vector{EventType::kProcStatus, EventType::kGoStatus, EventType::kProcsChange,
                         EventType::kSTWBegin, EventType::kHeapGoal}));
}

TEST_F(TracerTest, TheFirstEventOfAGenerationWritesTheStatusesThatAreDue) {
  alone([&] {
    start_trace();
    tracer_.trace_advance(false);
    written_.clear();
    TraceLocker locker = tracer_.acquire();
    locker.go_stop(StopReason::kGosched, Site::kGosched);
    tracer_.release(locker);
  });
  // trace_advance has already written ProcsChange in generation 2, with both statuses.
  EXPECT_EQ(types(2), std::vector{EventType::kGoStop});
}

TEST_F(TracerTest, AGoroutineThatMadeNoEventGetsItsStatusAtTheEndOfTheGeneration) {
  alone([&] {
    start_trace();
    written_.clear();
    tracer_.trace_advance(false);
  });
  const Written* status = nullptr;
  for (const Written& event : written_) {
    if (event.gen == 1 && event.type == EventType::kGoStatus) status = &event;
  }
  ASSERT_NE(status, nullptr);
  // The sleeper, on no thread, waiting; and in a batch that is no thread's.
  EXPECT_EQ(status->args, (std::vector<std::uint64_t>{2, ~std::uint64_t{0}, 4}));
  EXPECT_FALSE(status->by_thread);
}

TEST_F(TracerTest, GenerationsGoOnCountingFromTraceToTrace) {
  alone([&] {
    start_trace();
    tracer_.trace_advance(true);
    written_.clear();
    start_trace();
  });
  EXPECT_FALSE(types(2).empty());
  EXPECT_TRUE(types(1).empty());
}

TEST_F(TracerTest, TwoEventsOfOneBufferNeverHaveTheSameTime) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  alone([&] {
    start_trace();
    TraceLocker locker = tracer_.acquire();
    runtime_.clock = 0;  // a clock that has fallen behind
    locker.heap_goal(1);
    first = runtime_.m.buf[1]->last_time;
    locker.heap_goal(1);
    second = runtime_.m.buf[1]->last_time;
    tracer_.release(locker);
  });
  EXPECT_EQ(second, first + 1);
}

TEST_F(TracerTest, ABadStatusIsThrown) {
  alone([&] {
    start_trace();
    TraceLocker locker = tracer_.acquire();
    locker.writer().go_status(1, 1001, GoStatus::kBad, false);
  });
  EXPECT_EQ(runtime_.thrown, "attempted to trace a bad status for a goroutine");
}

TEST_F(TracerTest, AnAdvanceWithoutATraceDoesNothing) {
  alone([&] { tracer_.trace_advance(false); });
  EXPECT_TRUE(written_.empty());
}

}  // namespace
}  // namespace mpglab::tracer
