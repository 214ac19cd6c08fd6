// Footprint: what a step of several operations (at_once.h) touches besides its first operation.
//
// Footprints keeps each of them once, so that events can be copied with a pointer. Which pointer
// that is has no say in anything. Shared by the workers of a search: any thread may call intern().
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "interleave/access.h"

namespace mpglab::interleave {

struct Footprint {
  struct Touch {
    ObjectId object = kNoObject;
    Effect effect = Effect::kRead;
    friend auto operator<=>(const Touch&, const Touch&) = default;
  };

  std::vector<Touch> touches;  // by object, each object once
  // The step was not made in this order yet, so that it is not known. One for all of them.
  bool open = false;

  friend auto operator<=>(const Footprint&, const Footprint&) = default;

  bool depends_on(ObjectId object, Effect effect) const {
    if (object == kNoObject) return false;
    const auto at = std::lower_bound(touches.begin(), touches.end(), Touch{object, Effect::kRead});
    return at != touches.end() && at->object == object && dependent(effect, at->effect);
  }
  // Touches in order, each object once.
  void normalise() {
    std::sort(touches.begin(), touches.end());
    std::size_t kept = 0;
    for (const Touch& touch : touches) {
      if (kept > 0 && touches[kept - 1].object == touch.object) {
        touches[kept - 1].effect = joined(touches[kept - 1].effect, touch.effect);
      } else {
        touches[kept++] = touch;
      }
    }
    touches.resize(kept);
  }
  bool depends_on(const Footprint& other) const {
    return std::any_of(touches.begin(), touches.end(), [&other](const Touch& touch) {
      return other.depends_on(touch.object, touch.effect);
    });
  }
};

inline const Footprint kOpenFootprint{.touches = {}, .open = true};

// Of all workers of a search.
class Footprints {
 public:
  // REQUIRES: it is normalised.
  const Footprint* intern(const Footprint& footprint) {
    const std::lock_guard lock(mutex_);
    return &*all_.insert(footprint).first;
  }

 private:
  std::mutex mutex_;
  std::set<Footprint> all_;
};

// What one worker has met of them, so that hardly any step needs the lock, or memory.
class KnownFootprints {
 public:
  explicit KnownFootprints(std::shared_ptr<Footprints> all) : all_(std::move(all)), known_(64) {}

  // None, to be filled: in any order, and with any of them several times.
  std::vector<Footprint::Touch>& start() {
    next_.touches.clear();
    return next_.touches;
  }
  // The one that was started; nullptr: it is empty.
  const Footprint* intern() {
    next_.normalise();
    if (next_.touches.empty()) return nullptr;
    const std::size_t hash = hash_of(next_);
    const Footprint*& slot = slot_of(hash);
    if (slot != nullptr) return slot;
    const Footprint* const found = slot = all_->intern(next_);
    if (++size_ * 2 > known_.size()) grow();
    return found;
  }

 private:
  static std::size_t hash_of(const Footprint& footprint) {
    std::uint64_t hash = 0;
    for (const Footprint::Touch& touch : footprint.touches) {
      hash ^= std::uint64_t{touch.object} << 2 | static_cast<std::uint64_t>(touch.effect);
      hash *= 0x9e3779b97f4a7c15;
      hash ^= hash >> 32;
    }
    return hash;
  }
  // Where it is, or would be.
  const Footprint*& slot_of(std::size_t hash) {
    for (std::size_t at = hash;; ++at) {
      const Footprint*& slot = known_[at & (known_.size() - 1)];
      if (slot == nullptr || *slot == next_) return slot;
    }
  }
  void grow() {
    std::vector<const Footprint*> before(known_.size() * 2);
    before.swap(known_);
    for (const Footprint* one : before) {
      if (one == nullptr) continue;
      std::size_t at = hash_of(*one);
      while (known_[at & (known_.size() - 1)] != nullptr) ++at;
      known_[at & (known_.size() - 1)] = one;
    }
  }

  const std::shared_ptr<Footprints> all_;
  std::vector<const Footprint*> known_;  // by hash; a power of two of them
  std::size_t size_ = 0;
  Footprint next_;
};

}  // namespace mpglab::interleave
