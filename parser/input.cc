#include "parser/input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

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

std::span<std::byte> Arena::take(std::size_t size) {
  if (block_ < blocks_.size() && kBlockSize - used_ < size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(kBlockSize));
  }
  const std::span<std::byte> piece{blocks_[block_].get() + used_, size};
  used_ += size;
  return piece;
}

void Input::reset(std::span<const std::byte> memory) {
  source_ = nullptr;
  begin_ = at_ = memory.data();
  end_ = begin_ + memory.size();
  consumed_ = 0;
  unreadable_.reset();
}

void Input::reset(ByteSource& source) {
  constexpr std::size_t kBufferSize = std::size_t{64} << 10;
  source_ = &source;
  buffer_.resize(kBufferSize);
  begin_ = at_ = end_ = buffer_.data();
  consumed_ = 0;
  unreadable_.reset();
  for (Arena& arena : arenas_) arena.reset();
  arena_ = 0;
}

bool Input::refill() {
  if (source_ == nullptr || unreadable_) return false;
  consumed_ += static_cast<std::uint64_t>(end_ - begin_);
  const std::optional<std::size_t> got = source_->read(buffer_.data(), buffer_.size());
  begin_ = at_ = end_ = buffer_.data();
  if (!got) {
    unreadable_ = source_->error();
    return false;
  }
  end_ = begin_ + *got;
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
  if (source_ == nullptr) {
    const std::size_t there = std::min(size, static_cast<std::size_t>(end_ - at_));
    const std::span<const std::byte> piece{at_, there};
    at_ += there;
    return piece;
  }
  const std::span<std::byte> piece = arenas_[arena_].take(size);
  std::size_t got = 0;
  while (got < size) {
    if (at_ == end_ && !refill()) break;
    const std::size_t part = std::min(size - got, static_cast<std::size_t>(end_ - at_));
    std::memcpy(piece.data() + got, at_, part);
    at_ += part;
    got += part;
  }
  return piece.first(got);
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
