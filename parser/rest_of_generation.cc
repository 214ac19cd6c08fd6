#include "parser/rest_of_generation.h"

#include "parser/order.h"
#include "parser/stream_cursor.h"

namespace mpglab::parser {

namespace {

// What an event brings; kGc with number 0 if it is nothing that anybody waits for.
Wanted brought_by(const Event& event) {
  using Kind = Wanted::Kind;
  const auto id = static_cast<std::int64_t>(event.args[0]);
  switch (event.type) {
    case EventType::kProcStart:
    case EventType::kProcSteal:
      return {Kind::kProc, id, event.args[1]};
    case EventType::kProcStatus:
      return {Kind::kProc, id, 0};
    case EventType::kGoStart:
    case EventType::kGoUnblock:
    case EventType::kGoSwitch:
    case EventType::kGoSwitchDestroy:
      return {Kind::kGoroutine, id, event.args[1]};
    case EventType::kGoStatus:
    case EventType::kGoStatusStack:
    case EventType::kGoCreate:
    case EventType::kGoCreateBlocked:
    case EventType::kGoCreateSyscall:
      return {Kind::kGoroutine, id, 0};
    case EventType::kGCActive:
    case EventType::kGCBegin:
    case EventType::kGCEnd:
      return {Kind::kGc, 0, event.args[0]};
    default:
      return {};
  }
}

}  // namespace

void RestOfGeneration::search(const Generation& generation,
                              std::span<const StreamCursor* const> waiting, const Order& order) {
  if (found_.empty()) return;
  for (const StreamCursor* at : waiting) {
    StreamCursor cursor = *at;
    Event event;
    do {
      const auto found = found_.find(brought_by(cursor.event()));
      if (found != found_.end() && !found->second)
        found->second = order.place(cursor.event(), cursor.thread());
    } while (cursor.advance(generation, event) == StreamCursor::Step::kEvent);
  }
}

std::optional<Place> RestOfGeneration::find(const Wanted& wanted) const {
  const auto found = found_.find(wanted);
  return found == found_.end() ? std::nullopt : found->second;
}

}  // namespace mpglab::parser
