#include "explore/wrong_event.h"

#include <span>

#include "format/event.h"
#include "format/varint.h"
#include "format/version.h"

namespace mpglab::explore {

namespace {

using format::EventType;

// Timed events of a thread in a generation that come before `place` in its batches.
std::optional<std::size_t> events_before(std::span<const std::byte> trace,
                                         const parser::Place& place) {
  std::size_t count = 0;
  const std::byte* const begin = trace.data();
  const std::byte* const end = begin + trace.size();
  const std::byte* at = begin + std::min(trace.size(), format::kHeaderSize);
  while (at != end) {
    std::uint64_t kind = 0;
    std::uint64_t gen = 0;
    std::uint64_t thread = 0;
    std::uint64_t time = 0;
    std::uint64_t size = 0;
    for (std::uint64_t* number : {&kind, &gen, &thread, &time, &size})
      if (!format::read_varint(at, end, *number)) return std::nullopt;
    if (size > static_cast<std::uint64_t>(end - at)) return std::nullopt;
    const std::byte* const batch_end = at + size;
    const bool of_thread =
        gen == place.generation && static_cast<std::int64_t>(thread) == place.thread;
    while (at != batch_end) {
      if (static_cast<std::uint64_t>(at - begin) == place.offset) return count;
      const auto type = static_cast<EventType>(*at++);
      const format::EventSpec& spec = format::spec_of(type);
      if (!spec.timed) break;  // a table: no events of a thread
      for (std::size_t i = 0; i < spec.arg_count; ++i) {
        std::uint64_t arg = 0;
        if (!format::read_varint(at, batch_end, arg)) return std::nullopt;
      }
      if (of_thread) ++count;
    }
    at = batch_end;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> wrong_event(const Recording& recording) {
  if (!recording.finding || !recording.finding->error || !recording.finding->error->place)
    return std::nullopt;
  const parser::Place& place = *recording.finding->error->place;
  const sim::TraceSession& session = recording.sessions[recording.finding->session];
  auto left = events_before(session.bytes, place);
  if (!left) return std::nullopt;
  for (std::size_t i = 0; i < recording.events.size(); ++i) {
    const sim::LoggedEvent& event = recording.events[i];
    // Between two sessions the generations go on, so a generation belongs to one session.
    if (event.procid != place.thread || event.gen != place.generation) continue;
    if (event.step < session.started || event.step > session.stopped) continue;
    if ((*left)-- == 0) return i;
  }
  return std::nullopt;
}

}  // namespace mpglab::explore
