// IdMap: from the ids of a trace to places in a dense array.
//
// Ids come from the input and may be anything, so this is a hash table whose size follows the
// number of entries, never their values. Emptying it costs nothing: entries carry a stamp. Open
// addressing with linear probing; at most half full. Iteration is not offered, so no hash order can
// leak.
#pragma once

#include <cstdint>
#include <vector>

namespace mpglab::parser {

class IdMap {
 public:
  static constexpr std::uint32_t kAbsent = 0xffffffff;

  IdMap() { entries_.resize(64); }

  std::uint32_t find(std::uint64_t id) const {
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = hash(id) & mask;; i = (i + 1) & mask) {
      const Entry& entry = entries_[i];
      if (entry.stamp != stamp_) return kAbsent;
      if (entry.id == id && entry.value != kAbsent) return entry.value;
    }
  }

  // REQUIRES: the id is not in the map, and value != kAbsent.
  void insert(std::uint64_t id, std::uint32_t value) {
    if (2 * (used_ + 1) > entries_.size()) grow();
    place(id, value);
  }

  // Leaves a mark behind, which goes when the table grows or is cleared.
  void erase(std::uint64_t id) {
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = hash(id) & mask; entries_[i].stamp == stamp_; i = (i + 1) & mask) {
      if (entries_[i].id == id && entries_[i].value != kAbsent) {
        entries_[i].value = kAbsent;
        return;
      }
    }
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

  // The finaliser of SplitMix64: neighbours and strides spread alike.
  static std::size_t hash(std::uint64_t id) {
    id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9;
    id = (id ^ (id >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::size_t>(id ^ (id >> 31));
  }

  void place(std::uint64_t id, std::uint32_t value) {
    const std::size_t mask = entries_.size() - 1;
    std::size_t i = hash(id) & mask;
    while (entries_[i].stamp == stamp_) i = (i + 1) & mask;
    entries_[i] = {id, value, stamp_};
    ++used_;
  }

  // To twice the entries that are left, so that marks of erased ones do not add up.
  void grow() {
    std::vector<Entry> old;
    old.swap(entries_);
    std::size_t alive = 0;
    for (const Entry& entry : old) alive += entry.stamp == stamp_ && entry.value != kAbsent;
    std::size_t size = 64;
    while (size < 4 * (alive + 1)) size *= 2;
    entries_.assign(size, Entry{});
    used_ = 0;
    for (const Entry& entry : old) {
      if (entry.stamp == stamp_ && entry.value != kAbsent) place(entry.id, entry.value);
    }
  }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
  std::uint32_t stamp_ = 1;
};

}  // namespace mpglab::parser
