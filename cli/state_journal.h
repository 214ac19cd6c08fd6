// StateJournal: the states that a hunt has met, in a file beside its campaign. There can be
// millions of them, so the file grows at its end, and nothing in it is written twice.
//
//   DIR/campaign.states-0   nine bytes for each state: the number, little-endian, and the budget
//
// When the search forgets all that it has met it begins another generation, and so another file.
//
// How much of the file counts, and the hash of that, stands in the campaign's own file, which is
// written after it. So whatever stops the hunt, the two fit: what is behind that place was being
// written, and is cut off.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "explore/hash.h"
#include "explore/prover.h"

namespace mpglab::cli {

class StateJournal {
 public:
  // Up to where it counts.
  struct Place {
    std::uint64_t generation = 0;
    std::uint64_t states = 0;
    std::uint32_t hash = 0;  // of them
  };

  // `file` is the campaign's. Nothing is read or written yet.
  explicit StateJournal(const std::string& file);

  // All states up to that place, behind which it goes on. An error: they are not there, or are
  // others.
  Result<std::vector<interleave::MetState>, std::string> take_up(const Place& place);

  // Adds what is new of a search. Returns when it is on the disk.
  Result<void, std::string> add(const explore::KeptSearch& search);
  Place place() const;

  // Removes the files of other generations, when the campaign's file says that they do not count.
  void remove_others();

 private:
  std::string name_of(std::uint64_t generation) const;

  std::string file_;
  std::uint64_t generation_ = 0;
  std::uint64_t states_ = 0;
  explore::Hash hash_;
  bool others_ = true;  // there may be files of other generations
};

}  // namespace mpglab::cli
