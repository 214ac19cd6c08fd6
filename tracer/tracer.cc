#include "tracer/tracer.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"

namespace mpglab::tracer {

using format::EventType;
using interleave::Access;

StringRef Strings::add(std::string_view text) {
  for (StringRef ref = 0; ref < texts_.size(); ++ref) {
    if (texts_[ref] == text) return ref;
  }
  texts_.emplace_back(text);
  return static_cast<StringRef>(texts_.size() - 1);
}

Tracer::Tracer(interleave::Engine& engine, Runtime& runtime)
    : engine_(engine),
      runtime_(runtime),
      string_table_word_(engine.add_object("trace.stringTab")),
      stack_table_word_(engine.add_object("trace.stackTab")),
      lock_(engine, "trace.lock"),
      gen_(engine, "trace.gen"),
      shutdown_(engine, "trace.shutdown"),
      flushed_gen_(engine, "trace.flushedGen"),
      reader_gen_(engine, "trace.readerGen"),
      work_available_(engine, "trace.workAvailable"),
      reader_(engine, "trace.reader"),
      exiting_syscall_(engine, "trace.exitingSyscall") {
  for (std::size_t i = 0; i < kBlockReasonTexts.size(); ++i) {
    block_reasons_[i] = strings_.add(kBlockReasonTexts[i]);
  }
  for (std::size_t i = 0; i < kStopReasonTexts.size(); ++i) {
    stop_reasons_[i] = strings_.add(kStopReasonTexts[i]);
  }
  for (std::size_t i = 0; i < kStwReasonTexts.size(); ++i) {
    stw_reasons_[i] = strings_.add(kStwReasonTexts[i]);
  }
  runtime_file_ = strings_.add("runtime");
  for (std::size_t i = 0; i < static_cast<std::size_t>(Site::kCount); ++i) {
    std::vector<StringRef>& functions = site_functions_.emplace_back();
    for (const std::string_view name : kSiteFrames[i]) {
      if (!name.empty()) functions.push_back(strings_.add(name));
    }
  }
}

std::uint32_t Tracer::add_position(Position position) {
  positions_.push_back(position);
  return static_cast<std::uint32_t>(positions_.size() - 1);
}

void Tracer::seal() {
  for (UseTable& table : string_table_) table.resize(strings_.size());
  for (UseTable& table : stack_table_) {
    table.resize(static_cast<std::size_t>(Site::kCount) * positions_.size());
  }
}

void Tracer::reset() {
  for (UseTable& table : string_table_) table.clear();
  for (UseTable& table : stack_table_) table.clear();
  lock_.reset();
  pool_.reset();
  for (BufQueue& queue : full_) queue.clear();
  reading_ = nullptr;
  header_written_ = false;
  gen_.poke(0);
  last_nonzero_gen_ = 0;
  shutdown_.poke(false);
  flushed_gen_.poke(0);
  reader_gen_.poke(0);
  work_available_.poke(false);
  reader_.poke(0);
  exiting_syscall_.poke(0);
  untraced_.clear();
  to_flush_.clear();
}

void Tracer::throw_(const char* message) {
  runtime_.throw_(message);
  std::abort();
}

// ---- the critical section ----

TraceLocker Tracer::acquire() {
  if (!enabled()) return {};
  TracedM& m = runtime_.getm();
  ++m.locks;
  // Odd first, then the generation: trace_advance stores the generation, then waits for even. So
  // whoever read the old generation is seen as odd and waited for.
  m.seqlock.bump(1);
  const std::uint64_t gen = gen_.load();
  if (gen == 0) {
    m.seqlock.bump(1);
    --m.locks;
    return {};
  }
  return {*this, m, gen};
}

void Tracer::release(TraceLocker locker) {
  TracedM& m = locker.m();
  MPG_CHECK(m.seqlock.peek() % 2 == 1, "release without acquire");
  m.seqlock.bump(1);
  --m.locks;
}

void Tracer::thread_destroy(TracedM& m) {
  m.seqlock.bump(1);
  lock_.lock();
  for (std::size_t slot = 0; slot < m.buf.size(); ++slot) {
    if (m.buf[slot] == nullptr) continue;
    push_full(m.buf[slot], slot);
    m.buf[slot] = nullptr;
  }
  lock_.unlock();
  m.seqlock.bump(1);
}

// ---- buffers ----

TraceBuf* Tracer::refill(TraceBuf* full, std::uint64_t gen, std::int64_t procid) {
  lock_.lock();
  if (full != nullptr) push_full(full, gen);
  TraceBuf* buf = pool_.take();
  lock_.unlock();
  const std::uint64_t time = std::max(now(), buf->last_time + 1);
  buf->last_time = time;
  buf->link = nullptr;
  buf->pos = 0;
  buf->put_byte(static_cast<std::uint8_t>(EventType::kEventBatch));
  buf->put_varint(gen);
  buf->put_varint(static_cast<std::uint64_t>(procid));
  buf->put_varint(time);
  buf->reserve_length();
  return buf;
}

void Tracer::flush(TraceBuf* buf, std::uint64_t gen) {
  lock_.lock();
  push_full(buf, gen);
  lock_.unlock();
}

void Tracer::push_full(TraceBuf* buf, std::uint64_t gen) {
  MPG_CHECK(lock_.held(), "a buffer is pushed out without trace.lock");
  buf->write_length();
  full_[parity(gen)].push(buf);
  if (!work_available_.load()) work_available_.store(true);
}

// ---- tables ----

std::uint64_t Tracer::string_id(std::uint64_t gen, StringRef ref) {
  UseTable& table = string_table_[parity(gen)];
  if (const std::uint64_t id = table.id(ref); id != 0) return id;
  engine_.touch_for_a_name(string_table_word_);
  // Somebody else may have added it before this step was ours.
  if (const std::uint64_t id = table.id(ref); id != 0) return id;
  return table.add(ref);
}

std::uint64_t Tracer::stack_id(std::uint64_t gen, Site site, std::uint32_t position) {
  UseTable& table = stack_table_[parity(gen)];
  const std::size_t entry = static_cast<std::size_t>(site) * positions_.size() + position;
  if (const std::uint64_t id = table.id(entry); id != 0) return id;
  engine_.touch_for_a_name(stack_table_word_);
  if (const std::uint64_t id = table.id(entry); id != 0) return id;
  return table.add(entry);
}

std::uint64_t Tracer::block_reason_id(std::uint64_t gen, BlockReason reason) const {
  return string_table_[parity(gen)].id(block_reasons_[static_cast<std::size_t>(reason)]);
}

std::uint64_t Tracer::stop_reason_id(std::uint64_t gen, StopReason reason) const {
  return string_table_[parity(gen)].id(stop_reasons_[static_cast<std::size_t>(reason)]);
}

StringRef Tracer::stw_reason_string(StwReason reason) const {
  return stw_reasons_[static_cast<std::size_t>(reason)];
}

void Tracer::register_reasons(std::uint64_t gen) {
  engine_.touch_for_a_name(string_table_word_);
  UseTable& table = string_table_[parity(gen)];
  const auto put = [&table](StringRef ref) {
    if (table.id(ref) == 0) table.add(ref);
  };
  for (const StringRef ref : block_reasons_) put(ref);
  for (const StringRef ref : stop_reasons_) put(ref);
}

// The runtime's frames of a stack carry made-up program counters: site and depth, so that the same
// frame has the same one in every trace.
void Tracer::dump_tables(std::uint64_t gen) {
  constexpr std::size_t kMaxFrames = 8;
  UseTable& stacks = stack_table_[parity(gen)];
  engine_.touch_for_a_name(stack_table_word_);
  TraceWriter stack_writer(*this, gen);
  bool started = false;
  for (const std::uint32_t entry : stacks.in_order()) {
    const std::size_t site = entry / positions_.size();
    const std::size_t place = entry % positions_.size();
    const std::vector<StringRef>& functions = site_functions_[site];
    // A buffer that is begun anew is a batch anew, and says so in its first byte.
    const std::size_t room = 1 + (2 + 4 * kMaxFrames) * TraceBuf::kBytesPerNumber;
    if (!started || !stack_writer.buffer().available(room)) {
      stack_writer.ensure(started ? room : 1);
      stack_writer.buffer().put_byte(static_cast<std::uint8_t>(EventType::kStacks));
      started = true;
    }
    TraceBuf& buf = stack_writer.buffer();
    const Position& position = positions_[place];
    const bool has_user_frame = place != 0;
    buf.put_byte(static_cast<std::uint8_t>(EventType::kStack));
    buf.put_varint(stacks.id(entry));
    buf.put_varint(functions.size() + (has_user_frame ? 1 : 0));
    std::uint64_t depth = 0;
    for (const StringRef function : functions) {
      buf.put_varint(0x400000 + site * 0x100 + 0x10 * depth++);
      buf.put_varint(string_id(gen, function));
      buf.put_varint(string_id(gen, runtime_file_));
      buf.put_varint(depth);
    }
    if (has_user_frame) {
      buf.put_varint(0x480000 + place * 0x10);
      buf.put_varint(string_id(gen, position.function));
      buf.put_varint(string_id(gen, position.file));
      buf.put_varint(position.line);
    }
  }
  stack_writer.flush();
  stacks.clear();

  // The strings last: dumping the stacks has added some.
  UseTable& table = string_table_[parity(gen)];
  engine_.touch_for_a_name(string_table_word_);
  TraceWriter string_writer(*this, gen);
  started = false;
  for (const std::uint32_t ref : table.in_order()) {
    const std::string_view text = strings_.text(ref);
    const std::size_t room = 1 + 2 * TraceBuf::kBytesPerNumber + text.size();
    if (!started || !string_writer.buffer().available(room)) {
      string_writer.ensure(started ? room : 1);
      string_writer.buffer().put_byte(static_cast<std::uint8_t>(EventType::kStrings));
      started = true;
    }
    TraceBuf& buf = string_writer.buffer();
    buf.put_byte(static_cast<std::uint8_t>(EventType::kString));
    buf.put_varint(table.id(ref));
    buf.put_varint(text.size());
    buf.put_bytes(text);
  }
  string_writer.flush();
  table.clear();
}

}  // namespace mpglab::tracer
