// WaitingRoom: threads whose next event waits for a condition, out of the way of those that can go
// on.
//
// Go's reader tries every waiting thread again at every step, which is quick for as many threads as
// a process has, and hopeless for the hundred thousand that a hostile trace may have. Here a thread
// is looked at again only when its condition holds; of several that wait for the same, the earliest
// comes first, and the next when that one has been tried. Each of these takes logarithmic time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/check.h"
#include "parser/condition.h"
#include "parser/event.h"

namespace mpglab::parser {

class WaitingRoom {
 public:
  // A thread with a place among the cursors, and the time of its next event.
  using Guest = std::pair<Time, std::uint32_t>;

  bool empty() const { return times_.empty(); }
  void clear() {
    waiting_.clear();
    times_.clear();
    called_.clear();
  }

  void wait(const Condition& condition, Guest guest) {
    waiting_[condition].insert(guest);
    times_.insert(guest);
  }

  // The condition holds: the earliest that waits for it leaves the room. False: nobody does.
  bool call(const Condition& condition, Guest& guest) {
    const auto found = waiting_.find(condition);
    if (found == waiting_.end()) return false;
    guest = *found->second.begin();
    found->second.erase(found->second.begin());
    if (found->second.empty()) waiting_.erase(found);
    times_.erase(guest);
    called_.insert_or_assign(guest.second, condition);
    return true;
  }

  // What this one has been called for last, once. False: for nothing.
  bool take_call(std::uint32_t cursor, Condition& condition) {
    const auto found = called_.find(cursor);
    if (found == called_.end()) return false;
    condition = found->second;
    called_.erase(found);
    return true;
  }

  // Of all that wait. REQUIRES: !empty().
  Time earliest() const {
    MPG_CHECK(!empty(), "somebody waits");
    return times_.begin()->first;
  }

  // All that wait, by time.
  std::vector<Guest> guests() const { return {times_.begin(), times_.end()}; }

 private:
  std::map<Condition, std::set<Guest>> waiting_;
  std::set<Guest> times_;
  std::map<std::uint32_t, Condition> called_;
};

}  // namespace mpglab::parser
