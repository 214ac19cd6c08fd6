#include "tracer/buffer.h"

#include "base/check.h"

namespace mpglab::tracer {

void TraceBuf::write_length() {
  std::uint64_t length = pos - (length_pos + kBytesPerNumber);
  for (std::size_t i = 0; i < kBytesPerNumber; ++i) {
    const std::uint8_t more = i + 1 < kBytesPerNumber ? 0x80 : 0;
    bytes[length_pos + i] = std::byte{static_cast<std::uint8_t>((length & 0x7f) | more)};
    length >>= 7;
  }
}

void BufQueue::push(TraceBuf* buf) {
  buf->link = nullptr;
  if (head_ == nullptr) {
    head_ = buf;
  } else {
    tail_->link = buf;
  }
  tail_ = buf;
}

TraceBuf* BufQueue::pop() {
  TraceBuf* buf = head_;
  MPG_CHECK(buf != nullptr, "pop from an empty queue of buffers");
  head_ = buf->link;
  if (head_ == nullptr) tail_ = nullptr;
  buf->link = nullptr;
  return buf;
}

TraceBuf* BufferPool::take() {
  if (empty_ == nullptr) {
    // Not value-initialised: the bytes are written before they are read.
    all_.emplace_back(new TraceBuf);
    return all_.back().get();
  }
  TraceBuf* buf = empty_;
  empty_ = buf->link;
  return buf;
}

void BufferPool::give_back(TraceBuf* buf) {
  buf->link = empty_;
  empty_ = buf;
}

void BufferPool::reset() {
  empty_ = nullptr;
  for (auto it = all_.rbegin(); it != all_.rend(); ++it) {
    // A recycled buffer would carry its last time into the next execution.
    (*it)->last_time = 0;
    give_back(it->get());
  }
}

}  // namespace mpglab::tracer
