// BatchCursor: reads numbers and bytes out of one batch of a table, and makes errors that say where
// in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "format/varint.h"
#include "parser/batch.h"
#include "parser/error.h"
#include "parser/input.h"

namespace mpglab::parser {

class BatchCursor {
 public:
  explicit BatchCursor(const Batch& batch) : batch_(batch) {
    at_ = batch.data.data();
    end_ = at_ + batch.data.size();
  }

  bool done() const { return at_ == end_; }
  std::uint8_t byte() { return std::to_integer<std::uint8_t>(*at_++); }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  std::span<const std::byte> bytes(std::size_t size) {
    const std::span<const std::byte> piece{at_, size};
    at_ += size;
    return piece;
  }

  // Reads a number, or leaves an error in `status`.
  bool number(std::uint64_t& value, Result<void, Error>& status) {
    // Most numbers of a table are below 128.
    if (at_ != end_ && std::to_integer<unsigned>(*at_) < 0x80) [[likely]] {
      value = byte();
      return true;
    }
    return number_of_many_bytes(value, status);
  }

  tl::unexpected<Error> fail(std::string message) const {
    Error error;
    error.code = ErrorCode::kBadTable;
    error.message = std::move(message);
    const auto done = static_cast<std::uint64_t>(at_ - batch_.data.data());
    error.place =
        Place{batch_.gen, batch_.data_offset + done, batch_.thread,
              batch_.data.empty() ? EventType::kNone : static_cast<EventType>(batch_.data[0])};
    return failure(std::move(error));
  }

 private:
  [[gnu::noinline]] bool number_of_many_bytes(std::uint64_t& value, Result<void, Error>& status) {
    const std::byte* const start = at_;
    if (end_ - at_ >= static_cast<std::ptrdiff_t>(format::kMaxVarintSize)) [[likely]] {
      const format::Varint varint = format::read_varint_inside(at_);
      if (varint.behind != nullptr) [[likely]] {
        at_ = varint.behind;
        value = varint.value;
        return true;
      }
      format::read_varint(at_, end_, value);  // as far as it goes
    } else if (format::read_varint(at_, end_, value)) {
      return true;
    }
    // The end comes before the number's own, and before it is too long.
    const bool ended = at_ == end_ &&
                       at_ - start < static_cast<std::ptrdiff_t>(format::kMaxVarintSize) &&
                       !(at_ != start && (at_[-1] & std::byte{0x80}) == std::byte{0});
    const Input::Number how = start == end_ ? Input::Number::kEnd
                              : ended       ? Input::Number::kCut
                                            : Input::Number::kTooLarge;
    status = fail(std::string(number_error(how)));
    return false;
  }

  const Batch& batch_;
  const std::byte* at_;
  const std::byte* end_;
};

// An error of a generation as a whole. gen 0: it is not known which.
inline Error generation_error(ErrorCode code, std::string message, std::uint64_t gen) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  if (gen != 0) error.place = Place{gen, 0, kNoId, EventType::kNone};
  return error;
}

}  // namespace mpglab::parser
