// TraceBuf: a buffer of trace data, which is one batch of the wire format. BufferPool: where they
// come from, and where full ones wait for the reader.
//
// Source: Go 1.22 traceBuf, traceBufQueue, traceBufFlush (trace2buf.go at 3d20a327a1).
// Invariant: a buffer is in exactly one place: empty, with a writer, full, or being read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mpglab::tracer {

struct TraceBuf {
  // As Go's: 64 KiB less the header in front.
  static constexpr std::size_t kCapacity = (64U << 10) - 32;
  // A varint of 64 bits takes at most ten bytes; the batch length is written with all ten.
  static constexpr std::size_t kBytesPerNumber = 10;

  TraceBuf* link = nullptr;
  std::uint64_t last_time = 0;
  std::size_t pos = 0;
  std::size_t length_pos = 0;
  std::array<std::byte, kCapacity> bytes;

  bool available(std::size_t size) const { return kCapacity - pos >= size; }
  void put_byte(std::uint8_t value) { bytes[pos++] = std::byte{value}; }
  void put_varint(std::uint64_t value) { moved_to(put_varint_at(end(), value)); }
  void put_bytes(std::string_view text) {
    std::memcpy(end(), text.data(), text.size());
    pos += text.size();
  }
  // The same piece by piece, for whoever puts many: a byte may be written over anything, so with
  // each of them the compiler would store `pos` and load it again.
  std::byte* end() { return bytes.data() + pos; }
  void moved_to(const std::byte* new_end) {
    pos = static_cast<std::size_t>(new_end - bytes.data());
  }
  static std::byte* put_varint_at(std::byte* at, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<std::byte>(value | 0x80);
    *at++ = static_cast<std::byte>(value);
    return at;
  }
  // Leaves room for the batch length, which is known only at the end.
  void reserve_length() {
    length_pos = pos;
    pos += kBytesPerNumber;
  }
  void write_length();

  std::span<const std::byte> contents() const { return {bytes.data(), pos}; }
};

// First in, first out.
class BufQueue {
 public:
  bool empty() const { return head_ == nullptr; }
  void push(TraceBuf* buf);
  TraceBuf* pop();
  void clear() { head_ = tail_ = nullptr; }

 private:
  TraceBuf* head_ = nullptr;
  TraceBuf* tail_ = nullptr;
};

// Owns every buffer. Not shared by itself: callers hold trace.lock.
class BufferPool {
 public:
  TraceBuf* take();
  void give_back(TraceBuf* buf);
  // All buffers are empty again, wherever they were.
  void reset();

 private:
  std::vector<std::unique_ptr<TraceBuf>> all_;
  TraceBuf* empty_ = nullptr;
};

}  // namespace mpglab::tracer
