// Footprint: what a step of several operations (at_once.h) touches besides its first operation.
//
// Footprints: keeps each of them once, so that events can be copied with a pointer. Which pointer
// that is has no say in anything. Shared by the workers of a search: any thread may call intern().
#pragma once

#include <algorithm>
#include <cstdint>
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
  // There may be more: it was not made in this order yet.
  bool open = false;

  friend auto operator<=>(const Footprint&, const Footprint&) = default;

  bool depends_on(ObjectId object, Effect effect) const {
    if (object == kNoObject) return false;
    const auto at = std::lower_bound(touches.begin(), touches.end(), Touch{object, Effect::kRead});
    return at != touches.end() && at->object == object && dependent(effect, at->effect);
  }
  bool depends_on(const Footprint& other) const {
    return std::any_of(touches.begin(), touches.end(), [&other](const Touch& touch) {
      return other.depends_on(touch.object, touch.effect);
    });
  }
};

class Footprints {
 public:
  // nullptr for an empty one. The touches may be in any order and be there several times.
  const Footprint* intern(Footprint footprint) {
    std::vector<Footprint::Touch>& touches = footprint.touches;
    std::sort(touches.begin(), touches.end());
    std::size_t kept = 0;
    for (const Footprint::Touch& touch : touches) {
      if (kept > 0 && touches[kept - 1].object == touch.object) {
        touches[kept - 1].effect = joined(touches[kept - 1].effect, touch.effect);
      } else {
        touches[kept++] = touch;
      }
    }
    touches.resize(kept);
    if (touches.empty() && !footprint.open) return nullptr;
    const std::lock_guard lock(mutex_);
    return &*all_.insert(std::move(footprint)).first;
  }

 private:
  std::mutex mutex_;
  std::set<Footprint> all_;
};

}  // namespace mpglab::interleave
