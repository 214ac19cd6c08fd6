// The reader's side: ReadTrace and who wakes its goroutine.

#include <array>

#include "tracer/tracer.h"

namespace mpglab::tracer {

std::span<const std::byte> Tracer::read_trace() {
  for (;;) {
    const Read read = read_trace0();
    if (!read.park) return read.data;
    runtime_.park_trace_reader();
  }
}

Tracer::Read Tracer::read_trace0() {
  lock_.lock();
  if (reader_.load() != 0) throw_("ReadTrace called from multiple goroutines simultaneously");
  if (reading_ != nullptr) {
    pool_.give_back(reading_);
    reading_ = nullptr;
  }
  if (!header_written_) {
    header_written_ = true;
    lock_.unlock();
    return {header_};
  }
  for (;;) {
    const std::uint64_t gen = reader_gen_.load();
    BufQueue& full = full_[parity(gen)];
    if (!full.empty()) {
      reading_ = full.pop();
      lock_.unlock();
      return {reading_->contents()};
    }
    if (flushed_gen_.load() != gen) break;
    // The generation is delivered. Whoever waits for that is woken without trace.lock: waking a
    // goroutine writes an event, which may need the lock for a new buffer.
    if (shutdown_.load()) {
      lock_.unlock();
      runtime_.semrelease(done_sema(gen), false);
      return {};
    }
    reader_gen_.store(gen_.load());
    lock_.unlock();
    runtime_.semrelease(done_sema(gen), false);
    lock_.lock();
  }
  work_available_.store(false);
  lock_.unlock();
  return {{}, true};
}

bool Tracer::commit_reader(std::uint64_t goid) {
  if (!reader_.cas(0, goid)) return false;
  const std::uint64_t woken = trace_reader();
  if (woken == goid) {
    // From shutdown until the last generation is flushed a reader that has nothing to read goes
    // round and round. Whoever flushes must have its turn.
    runtime_.osyield();
    return false;
  }
  if (woken != 0) throw_("unexpected trace reader");
  return true;
}

std::uint64_t Tracer::trace_reader() {
  const std::uint64_t goid = trace_reader_available();
  if (goid == 0 || !reader_.cas(goid, 0)) return 0;
  return goid;
}

std::uint64_t Tracer::trace_reader_available() {
  if (flushed_gen_.load() == reader_gen_.load() || work_available_.load() || shutdown_.load()) {
    return reader_.load();
  }
  return 0;
}

}  // namespace mpglab::tracer
