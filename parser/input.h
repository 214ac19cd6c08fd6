// Input: the bytes of a trace one after the other, from memory or from a source, and how far we
// are.
//
// Batches are handed out as views that stay valid while their generation is read: views into the
// caller's memory, or into the blocks that a source is read into, which are used again when the
// generation after next begins, so that the first batch of the next may be read ahead. Nothing is
// copied but what is left at the end of a block. Memory is bounded by the two largest neighbouring
// generations.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parser/source.h"

namespace mpglab::parser {

class Input {
 public:
  // How reading a number can go, as Go's binary.ReadUvarint tells it.
  enum class Number : std::uint8_t { kOk, kEnd, kCut, kTooLarge, kUnreadable };

  void reset(std::span<const std::byte> memory);
  void reset(ByteSource& source);

  std::uint64_t offset() const { return consumed_ + static_cast<std::uint64_t>(at_ - begin_); }

  // False: the input has ended, or unreadable().
  bool byte(std::byte& value) {
    if (at_ == end_ && !refill()) return false;
    value = *at_++;
    return true;
  }
  Number number(std::uint64_t& value);

  // The next `size` bytes, or as many as there are.
  // REQUIRES: size is small enough to be trusted (format::kMaxBatchSize).
  std::span<const std::byte> take(std::size_t size);

  // What take() gave before the last call of this one may be forgotten.
  void next_generation();

  // The source has failed, and how.
  const std::optional<std::string>& unreadable() const { return unreadable_; }

 private:
  using Block = std::unique_ptr<std::byte[]>;
  static constexpr std::size_t kBlockSize = std::size_t{256} << 10;

  bool refill();
  void begin_block();

  ByteSource* source_ = nullptr;  // nullptr: memory
  const std::byte* begin_ = nullptr;
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
  std::uint64_t consumed_ = 0;  // bytes before begin_
  std::optional<std::string> unreadable_;

  // Of a source: what is between begin_ and end_ lies in block_, and is read up to end_.
  Block block_;
  std::vector<Block> recent_;  // full, of this generation
  std::vector<Block> older_;   // and of the one before
  std::vector<Block> free_;
};

// What Go says when a number cannot be read.
std::string_view number_error(Input::Number number);

}  // namespace mpglab::parser
