// IdMap: from the ids of a trace to places in a dense array.
//
// Ids come from the input and may be anything, so this is a hash table whose size follows the
// number of entries, never their values. Ids that follow each other, which is what Go gives out,
// lie side by side. Where that fails (an entry far from its place) the table is laid out anew with
// another multiplier, so that no input can make it slow. Emptying it costs nothing: entries carry a
// stamp. Open addressing with linear probing; at most half full. Iteration is not offered, so no
// hash order can leak.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace mpglab::parser {

class IdMap {
 public:
  static constexpr std::uint32_t kAbsent = 0xffffffff;

  IdMap() { resize(kFirstSize); }

  std::uint32_t find(std::uint64_t id) const {
    for (std::size_t i = home(id);; i = (i + 1) & mask_) {
      const Entry& entry = entries_[i];
      if (entry.stamp != stamp_) return kAbsent;
      if (entry.id == id) return entry.value;
    }
  }

  // REQUIRES: the id is not in the map, and value != kAbsent.
  void insert(std::uint64_t id, std::uint32_t value) {
    if (2 * (used_ + 1) > entries_.size()) lay_out(/*next_multiplier=*/false);
    while (!place(id, value)) lay_out(/*next_multiplier=*/true);
  }

  void erase(std::uint64_t id) {
    std::size_t hole = home(id);
    for (;; hole = (hole + 1) & mask_) {
      if (entries_[hole].stamp != stamp_) return;
      if (entries_[hole].id == id) break;
    }
    // No hole may lie between an entry and its home: the next one that may move fills it. None that
    // may lies further away than an entry from its home.
    std::size_t far = 1;
    for (std::size_t i = (hole + 1) & mask_; entries_[i].stamp == stamp_ && far <= farthest();
         i = (i + 1) & mask_, ++far) {
      const std::size_t from_home = (i - home(entries_[i].id)) & mask_;
      if (from_home < far) continue;
      entries_[hole] = entries_[i];
      hole = i;
      far = 0;
    }
    entries_[hole].stamp = 0;
    --used_;
  }

  void clear() {
    used_ = 0;
    if (++stamp_ == 0) {
      // The stamps have gone round: old entries could look like new ones.
      for (Entry& entry : entries_) entry.stamp = 0;
      stamp_ = 1;
    }
  }

 private:
  struct Entry {
    std::uint64_t id = 0;
    std::uint32_t value = kAbsent;
    std::uint32_t stamp = 0;
  };

  static constexpr std::size_t kFirstSize = 64;
  // How far from its place an entry may come to lie before the table is laid out anew.
  static constexpr std::size_t kFar = 32;
  // The first leaves ids as they are. After the last no more is tried: an input that defeats all of
  // them would have to solve more equations than an id has bits.
  static constexpr std::array<std::uint64_t, 8> kMultipliers = {
      1,
      0x9e3779b97f4a7c15,
      0xbf58476d1ce4e5b9,
      0x94d049bb133111eb,
      0xd6e8feb86659fd93,
      0xff51afd7ed558ccd,
      0xc4ceb9fe1a85ec53,
      0xa0761d6478bd642f,
  };

  std::size_t home(std::uint64_t id) const {
    return static_cast<std::size_t>((id * multiplier_) >> shift_) & mask_;
  }

  std::size_t farthest() const {
    return multiplier_at_ + 1 < kMultipliers.size() ? kFar : entries_.size();
  }

  // False: the entry would lie too far from its place.
  bool place(std::uint64_t id, std::uint32_t value) {
    std::size_t i = home(id);
    for (std::size_t far = 0; entries_[i].stamp == stamp_; ++far) {
      if (far == farthest()) return false;
      i = (i + 1) & mask_;
    }
    entries_[i] = {id, value, stamp_};
    ++used_;
    return true;
  }

  void resize(std::size_t size) {
    entries_.assign(size, Entry{});
    mask_ = size - 1;
    multiplier_ = kMultipliers[multiplier_at_];
    // The high bits of a product are the mixed ones.
    shift_ = multiplier_at_ == 0 ? 0 : 64 - static_cast<unsigned>(std::countr_zero(size));
  }

  // Twice to four times the entries.
  void lay_out(bool next_multiplier) {
    std::vector<Entry> old;
    old.swap(entries_);
    std::erase_if(old, [this](const Entry& entry) { return entry.stamp != stamp_; });
    std::size_t size = kFirstSize;
    while (size < 4 * (old.size() + 1)) size *= 2;
    for (bool placed = false; !placed; next_multiplier = true) {
      if (next_multiplier && multiplier_at_ + 1 < kMultipliers.size()) ++multiplier_at_;
      resize(size);
      used_ = 0;
      placed = std::all_of(old.begin(), old.end(),
                           [this](const Entry& entry) { return place(entry.id, entry.value); });
    }
  }

  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
  std::uint64_t multiplier_ = 1;
  unsigned shift_ = 0;
  std::size_t multiplier_at_ = 0;
  std::size_t used_ = 0;
  std::uint32_t stamp_ = 1;
};

}  // namespace mpglab::parser
