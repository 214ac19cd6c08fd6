// RestOfGeneration: what is still to come in a generation in which no thread can go on, searched
// for the events that would bring what the threads wait for.
//
// A thread that waits for something which comes behind another waiting event is a link of a chain;
// one that waits for what nothing brings is the end of it, and the one to look at.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "parser/error.h"
#include "parser/generation.h"

namespace mpglab::parser {

class Order;
class StreamCursor;

// The event that gives a resource a number, or, with 0, introduces it.
struct Wanted {
  enum class Kind : std::uint8_t { kGoroutine, kProc, kGc };
  Kind kind = Kind::kGc;
  std::int64_t id = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const Wanted&, const Wanted&) = default;
};

class RestOfGeneration {
 public:
  // Something to look for. Before search().
  void want(const Wanted& wanted) { found_.try_emplace(wanted); }

  // Reads on to the end of the waiting streams, in linear time. `order` knows the threads' names.
  void search(const Generation& generation, std::span<const StreamCursor* const> waiting,
              const Order& order);

  // The first event that is it; nothing if there is none.
  std::optional<Place> find(const Wanted& wanted) const;

 private:
  std::map<Wanted, std::optional<Place>> found_;
};

}  // namespace mpglab::parser
