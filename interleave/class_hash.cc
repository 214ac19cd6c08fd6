#include "interleave/class_hash.h"

#include <bit>
#include <string_view>

namespace mpglab::interleave {

namespace {

// SplitMix64's finalizer (Steele, Lea, Flood, OOPSLA 2014): one to one, and every bit of the result
// depends on every bit of the value.
constexpr std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// One after the other: not the same as the other way round. The two halves of a product, as in
// wyhash (Wang Yi): one multiplication, and every bit of both goes into most bits of it.
constexpr std::uint64_t chain(std::uint64_t first, std::uint64_t second) {
  __extension__ using Wide = unsigned __int128;
  const auto product =
      static_cast<Wide>(first ^ 0x9e3779b97f4a7c15) * (second ^ 0xd6e8feb86659fd93);
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

// What a link of the chain stands for, so that no two kinds of them look alike.
enum class Link : std::uint64_t {
  kRoot = 1,
  kObject,
  kSpawn,
  kChild,
  kChoice,
  kRead,
  kWrite,
  kEnd
};

constexpr std::uint64_t tag(Link link, std::uint64_t number = 0) {
  return static_cast<std::uint64_t>(link) << 56 | number;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = mix(text.size());
  for (const char c : text) hash = chain(hash, static_cast<unsigned char>(c));
  return hash;
}

constexpr std::uint64_t kRoot = mix(tag(Link::kRoot));

}  // namespace

void ClassHash::begin() {
  add_objects();
  objects_ = fresh_;
  threads_[0] = kRoot;
  started_ = 1;
}

void ClassHash::add_objects() {
  while (fresh_.size() < engine_.object_count()) {
    const std::string_view name = engine_.object_name(static_cast<ObjectId>(fresh_.size()));
    auto known = same_name_.find(name);
    if (known == same_name_.end()) known = same_name_.emplace(name, 0).first;
    fresh_.push_back({chain(hash_of(name), tag(Link::kObject, known->second++)), 0, 0});
  }
  objects_.insert(objects_.end(), fresh_.begin() + static_cast<std::ptrdiff_t>(objects_.size()),
                  fresh_.end());
}

std::uint64_t ClassHash::value() const {
  std::uint64_t sum = 0;
  for (ThreadSet left = started_; left != 0; left &= left - 1)
    sum += chain(threads_[static_cast<unsigned>(std::countr_zero(left))], tag(Link::kEnd));
  return mix(sum);
}

void ClassHash::on_operation(const Step& step) {
  std::uint64_t& own = threads_[step.thread];
  if (step.operation.object == kNoObject) {
    own = chain(own, tag(Link::kRead, static_cast<std::uint64_t>(step.operation.access)));
    return;
  }
  Object& on = object(step.operation.object);
  const auto access = static_cast<std::uint64_t>(step.operation.access);
  const Effect effect = effect_of(step.operation.access, step.wrote);
  if (effect == Effect::kWrite) {
    own = chain(own, on.written + on.read + on.added + tag(Link::kWrite, access));
    on = {own, 0, 0};
  } else if (effect == Effect::kAdd) {
    own = chain(own, on.written + on.read + tag(Link::kWrite, access));
    on.added += own;
  } else {
    own = chain(own, on.written + on.added + tag(Link::kRead, access));
    on.read += own;
  }
}

void ClassHash::on_spawn(ThreadId parent, ThreadId child) {
  // So that the next child has another name, even if its parent does nothing in between.
  threads_[parent] = chain(threads_[parent], tag(Link::kSpawn));
  threads_[child] = chain(threads_[parent], tag(Link::kChild));
  started_ |= ThreadSet{1} << child;
}

void ClassHash::on_choice(std::size_t /*index*/, const Choice& choice, ThreadId current,
                          ThreadId /*taken*/) {
  if (choice.kind < ChoiceKind::kProgram) return;
  const auto kind = static_cast<std::uint64_t>(choice.kind);
  threads_[current] =
      chain(threads_[current], tag(Link::kChoice, kind << 16 | std::uint64_t{choice.value}));
}

}  // namespace mpglab::interleave
