#include "parser/stream_cursor.h"

#include <fmt/format.h>

namespace mpglab::parser {

StreamCursor::Step StreamCursor::advance_carefully(const Generation& generation, Event& into) {
  while (at_ == end_) {
    const std::uint32_t next = generation.batches[batch_].next;
    if (next == kLastBatch) return Step::kEnd;
    begin(generation, next);
  }
  event_ = &into;
  into.offset = offset_of(at_);
  into.type = static_cast<EventType>(*at_);
  const std::size_t numbers = kNumbers[std::to_integer<std::size_t>(*at_)];
  if (numbers == 0) return Step::kBad;
  ++at_;
  std::uint64_t ticks = 0;
  if (!format::read_varint(at_, end_, ticks)) {
    time_is_bad_ = true;
    return Step::kBad;
  }
  for (std::size_t i = 0; i + 1 < numbers; ++i) {
    if (!format::read_varint(at_, end_, into.args[i])) return Step::kBad;
  }
  set_time(generation, ticks);
  return Step::kEvent;
}

std::string StreamCursor::bad() const {
  const auto type = static_cast<std::size_t>(event_->type);
  if (type >= format::kEventTypes) return fmt::format("found invalid event type: {}", type);
  if (kNumbers[type] == 0) return fmt::format("found event without a timestamp: type={}", type);
  return time_is_bad_ ? "found invalid uvarint for timestamp" : "found invalid uvarint";
}

}  // namespace mpglab::parser
