// ClassCount: how many different classes some random executions were of, and how much is unseen.
//
// Purpose: the honest progress of a random search. It cannot end in a proof; what it can say is how
// likely the next execution is to be of a class that it has not seen.
//
// The unseen mass: Good and Turing's estimate is the share of the executions whose class was seen
// once (Good, "The population frequencies of species", Biometrika 1953). It is about the strategy's
// own odds: a class that the strategy hardly ever meets weighs next to nothing, however many such
// there are.
//
// Memory is bounded: up to kCapacity classes are counted exactly. From there on a sample of them is
// kept, half of the classes at first, then a quarter, and so on, those whose hash begins with so
// many zeros (Flajolet, "On adaptive sampling", Computing 1990). A class in the sample was counted
// from its first execution, so the numbers of once and twice seen classes stay right, to about 1
// percent. The sample does not depend on the order of the executions.
//
// Owner: a hunt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mpglab::interleave {

struct ClassEstimate {
  std::uint64_t executions = 0;
  std::uint64_t classes = 0;  // different ones
  bool exact = true;          // else `classes` and `once` are estimates from a sample
  std::uint64_t once = 0;     // classes that were met once
  // The probability that the next execution is of a class that was not met.
  double unseen = 1;
  // `unseen` is as far from the truth at most, in about 95 of 100 cases: the normal approximation
  // (Esty, "A normal limit law for a nonparametric estimator of the coverage of a random sample",
  // Annals of Statistics 1983), and never less than 3 in the number of executions.
  double error = 1;
  // With a probability of 95 percent, whatever the odds are, the truth is at most this (McAllester,
  // Schapire, "On the convergence rate of Good-Turing estimators", COLT 2000).
  double at_most = 1;
};

class ClassCount {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1} << 16;

  // An execution of the class with this hash (class_hash.h).
  void add(std::uint64_t hash);

  std::uint64_t executions() const { return executions_; }
  ClassEstimate estimate() const;

  // To keep it and go on later. The entries are in order, so equal counts have equal ones.
  struct Kept {
    std::uint64_t executions = 0;
    unsigned level = 0;
    std::vector<std::uint64_t> entries;

    friend bool operator==(const Kept&, const Kept&) = default;
  };
  Kept kept() const;
  // False: no count ever looked like that, and this one stays as it was.
  bool restore(const Kept& kept);

 private:
  // An entry is a hash with its lowest two bits exchanged for how often it was met: 1, 2, or more.
  static constexpr std::uint64_t kCountMask = 3;
  static constexpr std::size_t kSlots = 2 * kCapacity;

  bool in_sample(std::uint64_t hash) const { return level_ == 0 || hash >> (64 - level_) == 0; }
  std::uint64_t& slot_of(std::uint64_t hash);
  void put(std::uint64_t entry);
  void thin_out();

  std::uint64_t executions_ = 0;
  unsigned level_ = 0;                // the sample has the hashes that begin with so many zeros
  std::size_t size_ = 0;              // entries
  std::vector<std::uint64_t> slots_;  // 0: none. Empty before the first execution
  std::uint64_t once_ = 0;            // entries that were met once, and twice
  std::uint64_t twice_ = 0;
};

}  // namespace mpglab::interleave
