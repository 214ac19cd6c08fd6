// sort_by_time: puts records in the order of their times, and those with equal times in the order
// that Go's own reader gives them.
//
// Go sorts with a pattern-defeating quicksort (Peters, arXiv:2106.05123), which is not stable: from
// thirteen records on, what becomes of equal times follows from each of its comparisons. A trace
// with a coarse clock and many threads is full of equal times, and its events come in Go's order
// only if ours does the same. The parameters are those of Go 1.24 and later: insertion up to
// twelve, the pivot of three medians from fifty, an eighth as the bound of balance, five steps of
// repair, xorshift by 13, 7 and 17.
//
// Each record has a member `time`.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mpglab::parser {

template <class Record>
class PatternSort {
 public:
  explicit PatternSort(std::span<Record> records) : r_(records) {}

  void run() { sort({0, r_.size()}, static_cast<unsigned>(std::bit_width(r_.size()))); }

 private:
  // From `a` up to but without `b`.
  struct Part {
    std::size_t a;
    std::size_t b;
    std::size_t size() const { return b - a; }
  };
  enum class Looks : std::uint8_t { kRandom, kAscending, kDescending };
  struct Pivot {
    std::size_t at;
    Looks looks;
  };
  struct Cut {
    std::size_t at;
    bool was_there;  // nothing had to move
  };

  static constexpr std::size_t kInsertion = 12;
  static constexpr std::size_t kMedian = 8;
  static constexpr std::size_t kMedianOfMedians = 50;
  static constexpr std::size_t kRepairs = 5;

  bool before(std::size_t i, std::size_t j) const { return r_[i].time < r_[j].time; }
  void exchange(std::size_t i, std::size_t j) {
    using std::swap;
    swap(r_[i], r_[j]);
  }

  void sort(Part part, unsigned bad_pivots_left) {
    bool balanced = true;
    bool partitioned = true;
    while (part.size() > kInsertion) {
      if (bad_pivots_left == 0) return heap_sort(part);
      if (!balanced) {
        break_patterns(part);
        --bad_pivots_left;
      }
      Pivot pivot = choose_pivot(part);
      if (pivot.looks == Looks::kDescending) {
        std::reverse(r_.begin() + static_cast<std::ptrdiff_t>(part.a),
                     r_.begin() + static_cast<std::ptrdiff_t>(part.b));
        pivot = {part.b - 1 - (pivot.at - part.a), Looks::kAscending};
      }
      if (balanced && partitioned && pivot.looks == Looks::kAscending && repaired(part)) return;
      // All records here are at least the one in front of the part: if that is the pivot's equal,
      // so are many.
      if (part.a > 0 && !before(part.a - 1, pivot.at)) {
        part.a = behind_equals(part, pivot.at);
        continue;
      }
      const Cut cut = partition(part, pivot.at);
      partitioned = cut.was_there;
      const Part left{part.a, cut.at};
      const Part right{cut.at + 1, part.b};
      // The pivot itself counts to the right here.
      const std::size_t right_size = part.b - cut.at;
      balanced = std::min(left.size(), right_size) >= part.size() / 8;
      const bool left_first = left.size() < right_size;
      sort(left_first ? left : right, bad_pivots_left);
      part = left_first ? right : left;
    }
    insertion_sort(part);
  }

  void insertion_sort(Part part) {
    for (std::size_t i = part.a + 1; i < part.b; ++i)
      for (std::size_t j = i; j > part.a && before(j, j - 1); --j) exchange(j, j - 1);
  }

  // Almost sorted: a few records out of place are moved to theirs. False: there were more.
  bool repaired(Part part) {
    constexpr std::size_t kWorthMoving = 50;
    std::size_t i = part.a + 1;
    for (std::size_t repair = 0; repair < kRepairs; ++repair) {
      while (i < part.b && !before(i, i - 1)) ++i;
      if (i == part.b) return true;
      if (part.size() < kWorthMoving) return false;
      exchange(i, i - 1);
      if (i - part.a >= 2)
        for (std::size_t j = i - 1; j >= 1 && before(j, j - 1); --j) exchange(j, j - 1);
      if (part.b - i >= 2)
        for (std::size_t j = i + 1; j < part.b && before(j, j - 1); ++j) exchange(j, j - 1);
    }
    return false;
  }

  Pivot choose_pivot(Part part) {
    constexpr std::size_t kMostSwaps = 4 * 3;
    const std::size_t quarter = part.size() / 4;
    std::size_t low = part.a + quarter;
    std::size_t middle = part.a + 2 * quarter;
    std::size_t high = part.a + 3 * quarter;
    std::size_t swaps = 0;
    if (part.size() >= kMedian) {
      if (part.size() >= kMedianOfMedians) {
        for (std::size_t* at : {&low, &middle, &high}) *at = median(*at - 1, *at, *at + 1, swaps);
      }
      middle = median(low, middle, high, swaps);
    }
    if (swaps == 0) return {middle, Looks::kAscending};
    return {middle, swaps == kMostSwaps ? Looks::kDescending : Looks::kRandom};
  }

  std::size_t median(std::size_t i, std::size_t j, std::size_t k, std::size_t& swaps) const {
    const auto put_in_order = [&](std::size_t& first, std::size_t& second) {
      if (!before(second, first)) return;
      std::swap(first, second);
      ++swaps;
    };
    put_in_order(i, j);
    put_in_order(j, k);
    put_in_order(i, j);
    return j;
  }

  // The pivot ends up at the cut: nothing before it is larger, nothing behind it smaller.
  Cut partition(Part part, std::size_t pivot) {
    exchange(part.a, pivot);
    std::size_t i = part.a + 1;
    std::size_t j = part.b - 1;
    const auto close_in = [&] {
      while (i <= j && before(i, part.a)) ++i;
      while (i <= j && !before(j, part.a)) --j;
      return i > j;
    };
    if (close_in()) {
      exchange(j, part.a);
      return {j, true};
    }
    do exchange(i++, j--);
    while (!close_in());
    exchange(j, part.a);
    return {j, false};
  }

  // Nothing is smaller than the pivot: its equals come first. Where the others begin.
  std::size_t behind_equals(Part part, std::size_t pivot) {
    exchange(part.a, pivot);
    std::size_t i = part.a + 1;
    std::size_t j = part.b - 1;
    for (;;) {
      while (i <= j && !before(part.a, i)) ++i;
      while (i <= j && before(part.a, j)) --j;
      if (i > j) return i;
      exchange(i++, j--);
    }
  }

  // Three records of the middle change places with others, by numbers that only look random.
  void break_patterns(Part part) {
    std::uint64_t random = part.size();
    const std::uint64_t mask = (std::uint64_t{1} << std::bit_width(part.size())) - 1;
    const std::size_t first = part.a + (part.size() / 4) * 2 - 1;
    for (std::size_t i = 0; i < 3; ++i) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      std::size_t other = static_cast<std::size_t>(random & mask);
      if (other >= part.size()) other -= part.size();
      exchange(first + i, part.a + other);
    }
  }

  void heap_sort(Part part) {
    const auto sift_down = [&](std::size_t root, std::size_t size) {
      for (std::size_t child = 2 * root + 1; child < size; child = 2 * root + 1) {
        if (child + 1 < size && before(part.a + child, part.a + child + 1)) ++child;
        if (!before(part.a + root, part.a + child)) return;
        exchange(part.a + root, part.a + child);
        root = child;
      }
    };
    const std::size_t size = part.size();
    for (std::size_t i = (size - 1) / 2 + 1; i-- > 0;) sift_down(i, size);
    for (std::size_t i = size; i-- > 0;) {
      exchange(part.a, part.a + i);
      sift_down(0, i);
    }
  }

  std::span<Record> r_;
};

template <class Record>
void sort_by_time(std::span<Record> records) {
  PatternSort<Record>(records).run();
}

}  // namespace mpglab::parser
