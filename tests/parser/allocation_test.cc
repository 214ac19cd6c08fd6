// What the reader allocates: nothing for an event, and no more for a longer trace.
//
// This program counts what goes through operator new. It is one of its own, so that no other test
// is touched by that.

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include <gtest/gtest.h>
#include <malloc.h>

#include "format/varint.h"
#include "format/wire_text.h"
#include "parser/reader.h"
#include "support/test_data.h"

namespace {

struct Allocations {
  std::uint64_t count = 0;
  std::size_t bytes = 0;  // at present
  std::size_t most = 0;
};
Allocations allocations;

void* counted(std::size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  ++allocations.count;
  allocations.bytes += malloc_usable_size(memory);
  allocations.most = std::max(allocations.most, allocations.bytes);
  return memory;
}
void forget(void* memory) {
  if (memory != nullptr) allocations.bytes -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t align) {
  void* const memory = std::aligned_alloc(static_cast<std::size_t>(align), size);
  if (memory == nullptr) std::abort();
  ++allocations.count;
  allocations.bytes += malloc_usable_size(memory);
  allocations.most = std::max(allocations.most, allocations.bytes);
  return memory;
}
void operator delete(void* memory) noexcept {
  forget(memory);
}
void operator delete[](void* memory) noexcept {
  forget(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  forget(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  forget(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  forget(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  forget(memory);
}

namespace mpglab::parser {
namespace {

// How many allocations that takes.
std::uint64_t read_to_the_end(Reader& reader) {
  const std::uint64_t before = allocations.count;
  while (reader.next() == Next::kEvent) {
  }
  const std::uint64_t after = allocations.count;
  EXPECT_FALSE(reader.failed());
  return after - before;
}

// A trace of generations that are alike, made while it is read: two threads of which one wakes the
// other's goroutine.
class EndlessSource final : public ByteSource {
 public:
  explicit EndlessSource(std::uint64_t generations) : generations_(generations) {}

  std::optional<std::size_t> read(std::byte* out, std::size_t size) override {
    if (at_ == piece_.size()) {
      if (generation_ == generations_) return 0;
      next_generation();
    }
    const std::size_t got = std::min(size, piece_.size() - at_);
    std::copy_n(piece_.begin() + static_cast<std::ptrdiff_t>(at_), got, out);
    at_ += got;
    return got;
  }

 private:
  void next_generation() {
    ++generation_;
    const std::string gen = "EventBatch gen=" + std::to_string(generation_);
    const std::string time = " time=" + std::to_string(generation_ * 100'000) + "\n";
    std::string text = "Trace Go1.22\n" + gen + " m=7" + time + "ProcStatus dt=1 p=0 pstatus=1\n" +
                       "GoStatus dt=1 g=1 m=7 gstatus=2\n";
    for (int i = 0; i < 200; ++i)
      text +=
          "GoSyscallBegin dt=1 p_seq=" + std::to_string(i + 1) + " stack=0\nGoSyscallEnd dt=1\n";
    text += gen + " m=18446744073709551615" + time + "Frequency freq=1000000000\n";
    piece_ = *format::wire_from_text(text);
    at_ = generation_ == 1 ? 0 : format::kHeaderSize;
  }

  const std::uint64_t generations_;
  std::uint64_t generation_ = 0;
  std::vector<std::byte> piece_;
  std::size_t at_ = 0;
};

class RecordedTraces : public testing::TestWithParam<const char*> {};

TEST_P(RecordedTraces, AreReadAgainWithoutAnAllocation) {
  const std::string trace = test::read_text(test::data_path(GetParam()));
  Reader reader;
  reader.reset(test::bytes_of(trace));
  read_to_the_end(reader);
  reader.reset(test::bytes_of(trace));
  EXPECT_EQ(read_to_the_end(reader), 0U);
}

TEST_P(RecordedTraces, AreReadAgainFromAFileWithoutAnAllocation) {
  FileSource first(test::data_path(GetParam()));
  FileSource second(test::data_path(GetParam()));
  Reader reader;
  reader.reset(first);
  read_to_the_end(reader);
  std::byte none{};
  second.read(&none, 0);  // so that the C library has its buffer
  reader.reset(second);
  EXPECT_EQ(read_to_the_end(reader), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, RecordedTraces,
                         testing::Values("go122-chans.trace", "go122-netecho.trace",
                                         "go123-cgo-callback.trace", "go123-coro.trace",
                                         "go125-startstop.trace", "go126-netecho.trace"));

// The most that was allocated at a time, beyond what was there before.
std::size_t most_for(std::uint64_t generations) {
  const std::size_t before = allocations.bytes;
  allocations.most = before;
  EndlessSource source(generations);
  Reader reader;
  reader.reset(source);
  read_to_the_end(reader);
  const std::size_t most = allocations.most;
  // A sync, two statuses and 400 events in each generation, and a sync at the end.
  EXPECT_EQ(reader.events(), generations * 403 + 1);
  return most - before;
}

// 100 times as many generations, 2 MB, each of which is remembered by its number only: 24 bytes, of
// which three times as many are there while a table grows. Ten of them are in one block of the
// input; of many there are three at a time: of this generation, of the one before, and a free one.
TEST(Memory, IsBoundedByTheLargestGeneration) {
  constexpr std::size_t kForTheNumbers = 1000 * 24 * 2 * 3;
  constexpr std::size_t kForTheBlocks = 2 * (std::size_t{256} << 10);
  EXPECT_LT(most_for(1000), most_for(10) + kForTheNumbers + kForTheBlocks);
}

}  // namespace
}  // namespace mpglab::parser
