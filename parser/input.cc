#include "parser/input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include "format/varint.h"

namespace mpglab::parser {

FileSource::FileSource(const std::string& path)
    : file_(std::fopen(path.c_str(), "rb")), ours_(file_ != nullptr) {
  if (file_ == nullptr) error_ = std::strerror(errno);
}

FileSource::~FileSource() {
  if (ours_) std::fclose(file_);
}

std::optional<std::size_t> FileSource::read(std::byte* out, std::size_t size) {
  if (file_ == nullptr) return std::nullopt;
  const std::size_t got = std::fread(out, 1, size, file_);
  if (got == 0 && std::ferror(file_) != 0) {
    error_ = std::strerror(errno);
    return std::nullopt;
  }
  return got;
}

void Input::reset(std::span<const std::byte> memory) {
  source_ = nullptr;
  begin_ = at_ = memory.data();
  end_ = begin_ + memory.size();
  consumed_ = 0;
  unreadable_.reset();
}

void Input::reset(ByteSource& source) {
  source_ = &source;
  consumed_ = 0;
  unreadable_.reset();
  for (std::vector<Block>* used : {&recent_, &older_}) {
    std::move(used->begin(), used->end(), std::back_inserter(free_));
    used->clear();
  }
  if (block_ == nullptr) block_ = std::make_unique_for_overwrite<std::byte[]>(kBlockSize);
  begin_ = at_ = end_ = block_.get();
}

void Input::next_generation() {
  std::move(older_.begin(), older_.end(), std::back_inserter(free_));
  older_.clear();
  older_.swap(recent_);
}

// What is not taken yet moves to another block.
void Input::begin_block() {
  Block next;
  if (free_.empty()) {
    next = std::make_unique_for_overwrite<std::byte[]>(kBlockSize);
  } else {
    next = std::move(free_.back());
    free_.pop_back();
  }
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (left > 0) std::memcpy(next.get(), at_, left);
  consumed_ += static_cast<std::uint64_t>(at_ - begin_);
  recent_.push_back(std::move(block_));
  block_ = std::move(next);
  begin_ = at_ = block_.get();
  end_ = begin_ + left;
}

// Reads on behind end_.
bool Input::refill() {
  constexpr std::ptrdiff_t kMost = std::ptrdiff_t{64} << 10;
  if (source_ == nullptr || unreadable_) return false;
  if (end_ == block_.get() + kBlockSize) begin_block();
  std::byte* const end = block_.get() + (end_ - block_.get());
  const std::ptrdiff_t space = std::min(kMost, block_.get() + kBlockSize - end);
  const std::optional<std::size_t> got = source_->read(end, static_cast<std::size_t>(space));
  if (!got) {
    unreadable_ = source_->error();
    return false;
  }
  end_ += *got;
  return *got > 0;
}

Input::Number Input::number(std::uint64_t& value) {
  // The usual case needs no look at the end for each byte.
  if (end_ - at_ >= static_cast<std::ptrdiff_t>(format::kMaxVarintSize)) {
    return format::read_varint(at_, end_, value) ? Number::kOk : Number::kTooLarge;
  }
  std::array<std::byte, format::kMaxVarintSize> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!byte(bytes[i])) {
      if (unreadable_) return Number::kUnreadable;
      return i == 0 ? Number::kEnd : Number::kCut;
    }
    if (std::to_integer<unsigned>(bytes[i]) < 0x80) {
      const std::byte* at = bytes.data();
      return format::read_varint(at, at + i + 1, value) ? Number::kOk : Number::kTooLarge;
    }
  }
  return Number::kTooLarge;
}

std::span<const std::byte> Input::take(std::size_t size) {
  if (source_ != nullptr) {
    // It has to lie in one block.
    if (static_cast<std::size_t>(block_.get() + kBlockSize - at_) < size) begin_block();
    while (static_cast<std::size_t>(end_ - at_) < size && refill()) {
    }
  }
  const std::size_t there = std::min(size, static_cast<std::size_t>(end_ - at_));
  const std::span<const std::byte> piece{at_, there};
  at_ += there;
  return piece;
}

std::string_view number_error(Input::Number number) {
  switch (number) {
    case Input::Number::kEnd:
      return "EOF";
    case Input::Number::kCut:
      return "unexpected EOF";
    case Input::Number::kTooLarge:
      return "binary: varint overflows a 64-bit integer";
    case Input::Number::kOk:
    case Input::Number::kUnreadable:
      break;
  }
  return "unreadable";
}

}  // namespace mpglab::parser
