#include "tracer/buffer.h"

#include <memory>

#include <gtest/gtest.h>

namespace mpglab::tracer {
namespace {

class BufferTest : public testing::Test {
 protected:
  std::uint8_t byte_at(std::size_t index) const {
    return std::to_integer<std::uint8_t>(buf_->bytes[index]);
  }

  std::unique_ptr<TraceBuf> buf_ = std::make_unique<TraceBuf>();
};

TEST_F(BufferTest, AVarintPutsTheLowestSevenBitsFirst) {
  buf_->put_varint(300);  // 300 = 2 * 128 + 44
  EXPECT_EQ(byte_at(0), 0x80 | 44);
  EXPECT_EQ(byte_at(1), 2);
  EXPECT_EQ(buf_->pos, 2U);
}

TEST_F(BufferTest, TheLargestVarintTakesTenBytes) {
  buf_->put_varint(~std::uint64_t{0});
  EXPECT_EQ(buf_->pos, TraceBuf::kBytesPerNumber);
}

TEST_F(BufferTest, TheLengthCountsWhatComesAfterIt) {
  buf_->put_byte(7);
  buf_->reserve_length();
  buf_->put_bytes("hello");
  buf_->write_length();
  // Ten bytes from index 1: the value 5, padded, with the last byte closing the varint.
  EXPECT_EQ(byte_at(1), 0x80 | 5);
  EXPECT_EQ(byte_at(9), 0x80);
  EXPECT_EQ(byte_at(10), 0);
}

TEST(BufQueueTest, GivesBuffersBackInOrder) {
  TraceBuf first;
  TraceBuf second;
  BufQueue queue;
  queue.push(&first);
  queue.push(&second);
  EXPECT_EQ(queue.pop(), &first);
  EXPECT_EQ(queue.pop(), &second);
  EXPECT_TRUE(queue.empty());
}

TEST(BufferPoolTest, UsesARecycledBufferBeforeANewOne) {
  BufferPool pool;
  TraceBuf* used = pool.take();
  pool.give_back(used);
  EXPECT_EQ(pool.take(), used);
}

TEST(BufferPoolTest, AResetForgetsTheTimesOfTheLastExecution) {
  BufferPool pool;
  TraceBuf* used = pool.take();
  used->last_time = 42;
  pool.reset();
  EXPECT_EQ(pool.take()->last_time, 0U);
}

}  // namespace
}  // namespace mpglab::tracer
