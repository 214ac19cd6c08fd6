#include "tracer/writer.h"

#include <algorithm>

#include "tracer/tracer.h"

namespace mpglab::tracer {

using format::EventType;

void TraceWriter::ensure(std::size_t size) {
  if (buf_ == nullptr || !buf_->available(size)) {
    buf_ = tracer_->refill(buf_, gen_, m_ != nullptr ? m_->procid : -1);
  }
}

void TraceWriter::event(EventType type, std::initializer_list<std::uint64_t> args) {
  ensure(1 + (args.size() + 1) * TraceBuf::kBytesPerNumber);
  // Two events of one buffer never have the same time, however coarse the clock.
  const std::uint64_t time = std::max(tracer_->now(), buf_->last_time + 1);
  std::byte* at = buf_->end();
  *at++ = static_cast<std::byte>(type);
  at = TraceBuf::put_varint_at(at, time - buf_->last_time);
  for (const std::uint64_t arg : args) at = TraceBuf::put_varint_at(at, arg);
  buf_->moved_to(at);
  buf_->last_time = time;
  tracer_->written(m_, gen_, type, {args.begin(), args.size()});
}

void TraceWriter::go_status(std::uint64_t goid, std::int64_t procid, GoStatus status,
                            bool in_mark_assist) {
  if (status == GoStatus::kBad) {
    tracer_->throw_("attempted to trace a bad status for a goroutine");
  }
  event(EventType::kGoStatus,
        {goid, static_cast<std::uint64_t>(procid), static_cast<std::uint64_t>(status)});
  if (in_mark_assist) event(EventType::kGCMarkAssistActive, {goid});
}

void TraceWriter::proc_status(std::int32_t p_id, ProcStatus status, bool in_sweep) {
  if (status == ProcStatus::kBad) {
    tracer_->throw_("attempted to trace a bad status for a proc");
  }
  const auto id = static_cast<std::uint64_t>(p_id);
  event(EventType::kProcStatus, {id, static_cast<std::uint64_t>(status)});
  if (in_sweep) event(EventType::kGCSweepActive, {id});
}

void TraceWriter::proc_status_for_p(TracedP& p, bool owns_world) {
  if (!p.trace.acquire_status(gen_)) return;
  proc_status(p.id, tracer_->runtime().status_of(p, owns_world), p.in_sweep);
}

void TraceWriter::end() {
  if (m_ != nullptr) m_->buf[gen_ % 2] = buf_;
}

void TraceWriter::flush() {
  if (buf_ != nullptr) tracer_->flush(buf_, gen_);
  buf_ = nullptr;
}

}  // namespace mpglab::tracer
