// RangeSet: what is going on for a while at a goroutine or a P: a stop-the-world, an assist, a
// sweep.
//
// Rules of Go's reader: no two alike at a time; an end ends the oldest of its type, and the newest
// takes that one's place in the list. A stop-the-world has a reason, and there may be as many at a
// time as there are reasons; of every other type there is one. In practice a set holds one or two;
// an input that opens many costs no more for each, since beyond a few they are looked up by reason.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "format/event.h"
#include "parser/id_map.h"

namespace mpglab::parser {

class RangeSet {
 public:
  // `type` is the event that begins such a range; `reason` is 0 but for a stop-the-world.
  struct Range {
    format::EventType type;
    std::uint64_t reason;
    friend bool operator==(const Range&, const Range&) = default;
  };

  bool has(Range range) const {
    if (!reasoned(range)) return oldest(range.type) != ranges_.size();
    if (reasons_ != nullptr) return reasons_->find(range.reason) != IdMap::kAbsent;
    return std::find(ranges_.begin(), ranges_.end(), range) != ranges_.end();
  }

  // REQUIRES: !has(range).
  void add(Range range) {
    if (!reasoned(range)) single_ = ranges_.size();
    ranges_.push_back(range);
    if (reasons_ != nullptr) {
      if (reasoned(range)) reasons_->insert(range.reason, 0);
    } else if (ranges_.size() > kFew) {
      reasons_ = std::make_unique<IdMap>();
      for (const Range& known : ranges_)
        if (reasoned(known)) reasons_->insert(known.reason, 0);
    }
  }

  // Ends the oldest range of that type, and says what its reason was. False: there is none.
  bool end(format::EventType type, std::uint64_t& reason) {
    const std::size_t at = oldest(type);
    if (at == ranges_.size()) return false;
    reason = ranges_[at].reason;
    if (reasons_ != nullptr && reasoned(ranges_[at])) reasons_->erase(reason);
    if (at == single_) single_ = kNone;
    if (at + 1 != ranges_.size()) {
      if (single_ == ranges_.size() - 1) single_ = at;
      ranges_[at] = ranges_.back();
    }
    ranges_.pop_back();
    return true;
  }

  void clear() {
    ranges_.clear();
    single_ = kNone;
    reasons_.reset();
  }

  std::span<const Range> ranges() const { return ranges_; }

 private:
  static constexpr std::size_t kFew = 16;
  static constexpr std::size_t kNone = ~std::size_t{0};

  static bool reasoned(Range range) { return range.type == format::EventType::kSTWBegin; }

  // At most one of the list is no stop-the-world, and single_ says where.
  std::size_t oldest(format::EventType type) const {
    if (type != format::EventType::kSTWBegin)
      return single_ != kNone && ranges_[single_].type == type ? single_ : ranges_.size();
    return single_ == 0 ? std::min<std::size_t>(1, ranges_.size()) : 0;
  }

  std::vector<Range> ranges_;
  std::size_t single_ = kNone;
  std::unique_ptr<IdMap> reasons_;  // of the stops of the world, once there are more than a few
};

}  // namespace mpglab::parser
