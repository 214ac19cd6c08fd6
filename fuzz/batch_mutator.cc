// Mutations that know what a trace is made of, for libFuzzer.
//
// Bytes changed at random rarely get past the framing: a batch whose size is wrong ends everything.
// This changes batches as wholes and events within them, and writes the sizes anew, so that what it
// makes fails deep inside or not at all. One mutation in eight is libFuzzer's own, on the raw
// bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "format/event.h"
#include "format/varint.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace mpglab::fuzz {
namespace {

using Bytes = std::vector<std::byte>;

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return state_ >> 33;
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t state_;
};

struct Piece {
  Bytes before;  // the batch's type, and its experiment if it has one
  std::uint64_t gen = 0;
  std::uint64_t thread = 0;
  std::uint64_t time = 0;
  Bytes data;
  bool is_batch = true;  // or bytes that are none
};

// Cuts what follows the header into batches, as far as it goes.
std::vector<Piece> pieces_of(std::span<const std::byte> bytes) {
  std::vector<Piece> pieces;
  const std::byte* at = bytes.data();
  const std::byte* const end = at + bytes.size();
  while (at != end) {
    Piece piece;
    const auto type = static_cast<format::EventType>(*at);
    std::uint64_t size = 0;
    const std::byte* next = at + 1;
    piece.before.push_back(*at);
    if (type == format::EventType::kExperimentalBatch && next != end)
      piece.before.push_back(*next++);
    const bool whole =
        (type == format::EventType::kEventBatch || type == format::EventType::kExperimentalBatch) &&
        format::read_varint(next, end, piece.gen) && format::read_varint(next, end, piece.thread) &&
        format::read_varint(next, end, piece.time) && format::read_varint(next, end, size) &&
        size <= static_cast<std::uint64_t>(end - next);
    if (!whole) {
      // One byte, which is what an end-of-generation marker has.
      piece.is_batch = false;
      piece.before.assign(1, *at++);
    } else {
      at = next + size;
      piece.data.assign(next, at);
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

void append(Bytes& out, const Piece& piece) {
  out.insert(out.end(), piece.before.begin(), piece.before.end());
  if (!piece.is_batch) return;
  format::append_varint(out, piece.gen);
  format::append_varint(out, piece.thread);
  format::append_varint(out, piece.time);
  format::append_varint(out, piece.data.size());
  out.insert(out.end(), piece.data.begin(), piece.data.end());
}

struct EventAt {
  std::size_t begin;
  std::size_t end;
  std::vector<std::size_t> numbers;  // where each begins
};

std::vector<EventAt> events_of(const Bytes& data) {
  std::vector<EventAt> events;
  const std::byte* const begin = data.data();
  const std::byte* const end = begin + data.size();
  for (const std::byte* at = begin; at != end;) {
    const auto type = std::to_integer<std::size_t>(*at);
    if (type >= format::kEventTypes) break;
    const format::EventSpec& spec = format::kEventSpecs[type];
    if (!spec.timed) break;
    EventAt event{static_cast<std::size_t>(at - begin), 0, {}};
    ++at;
    std::uint64_t value = 0;
    bool whole = true;
    for (std::size_t i = 0; i < spec.arg_count && whole; ++i) {
      event.numbers.push_back(static_cast<std::size_t>(at - begin));
      whole = format::read_varint(at, end, value);
    }
    if (!whole) break;
    event.end = static_cast<std::size_t>(at - begin);
    events.push_back(std::move(event));
  }
  return events;
}

std::ptrdiff_t offset(std::size_t at) {
  return static_cast<std::ptrdiff_t>(at);
}

void change_number(Bytes& data, std::size_t at, Random& random) {
  const std::byte* next = data.data() + at;
  std::uint64_t value = 0;
  if (!format::read_varint(next, data.data() + data.size(), value)) return;
  const auto end = static_cast<std::size_t>(next - data.data());
  switch (random.below(6)) {
    case 0:
      ++value;
      break;
    case 1:
      --value;
      break;
    case 2:
      value = 0;
      break;
    case 3:
      value = random.below(8);
      break;
    case 4:
      value = ~std::uint64_t{0};
      break;
    default:
      value ^= std::uint64_t{1} << random.below(64);
      break;
  }
  Bytes number;
  format::append_varint(number, value);
  data.erase(data.begin() + offset(at), data.begin() + offset(end));
  data.insert(data.begin() + offset(at), number.begin(), number.end());
}

void change_event(Bytes& data, Random& random) {
  const std::vector<EventAt> events = events_of(data);
  if (events.empty()) return;
  const std::size_t which = random.below(events.size());
  const EventAt& event = events[which];
  const Bytes copy(data.begin() + offset(event.begin), data.begin() + offset(event.end));
  switch (random.below(5)) {
    case 0:
      data.erase(data.begin() + offset(event.begin), data.begin() + offset(event.end));
      break;
    case 1: {
      const EventAt& other = events[random.below(events.size())];
      data.insert(data.begin() + offset(other.begin), copy.begin(), copy.end());
      break;
    }
    case 2:
      // Another event with as many numbers is one all the same.
      for (int tries = 0; tries < 20; ++tries) {
        const std::size_t type = random.below(format::kEventTypes);
        const format::EventSpec& spec = format::kEventSpecs[type];
        if (!spec.timed || spec.arg_count != event.numbers.size()) continue;
        data[event.begin] = static_cast<std::byte>(type);
        break;
      }
      break;
    default:
      change_number(data, event.numbers[random.below(event.numbers.size())], random);
      break;
  }
}

void change(std::vector<Piece>& pieces, Random& random) {
  if (pieces.empty()) return;
  const std::size_t which = random.below(pieces.size());
  Piece& piece = pieces[which];
  const Piece copy = piece;
  const std::size_t other = random.below(pieces.size());
  switch (random.below(16)) {
    case 0:
      pieces.erase(pieces.begin() + offset(which));
      break;
    case 1:
      pieces.insert(pieces.begin() + offset(other), copy);
      break;
    case 2:
      std::swap(pieces[which], pieces[other]);
      break;
    case 3:
      piece.gen += random.below(2) == 0 ? 1U : ~std::uint64_t{0};
      break;
    case 4:
      piece.thread = pieces[other].thread;
      break;
    case 5:
      piece.time += random.below(1000) - 500;
      break;
    case 6: {
      constexpr std::size_t kRoom = 64;
      const std::size_t size = piece.data.size();
      piece.data.resize(size + kRoom);
      piece.data.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(piece.data.data()), size,
                                         piece.data.size()));
      break;
    }
    default:
      change_event(piece.data, random);
      break;
  }
}

}  // namespace
}  // namespace mpglab::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  using namespace mpglab::fuzz;
  Random random(seed);
  constexpr std::size_t kHeader = mpglab::format::kHeaderSize;
  if (size <= kHeader + 1 || random.below(8) == 0) return LLVMFuzzerMutate(data, size, max_size);
  // The last byte says how to read it.
  const auto bytes = std::as_bytes(std::span(data, size - 1)).subspan(kHeader);
  std::vector<Piece> pieces = pieces_of(bytes);
  for (std::size_t changes = 1 + random.below(3); changes > 0; --changes) change(pieces, random);
  Bytes out;
  for (const Piece& piece : pieces) append(out, piece);
  std::uint8_t how = data[size - 1];
  if (random.below(8) == 0) how = static_cast<std::uint8_t>(random.below(64));
  const std::size_t content = std::min(out.size(), max_size - kHeader - 1);
  if (content > 0) std::memcpy(data + kHeader, out.data(), content);
  data[kHeader + content] = how;
  return kHeader + content + 1;
}
