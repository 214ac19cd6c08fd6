// DporFrontier: a search by optimal DPOR (dpor.h) that several workers share, and that can be kept
// and gone on with.
//
// The wakeup trees of the states that more than one worker is concerned with are here. A leaf of
// such a tree is a state from which everything is to be explored: a part (DporPart) that a worker
// explores by itself, as Dpor does, for so many executions. What it gives back is what is left of
// its part, and the races whose reversals belong into states above it; these go into the trees
// here. When there is too little to be dealt, the uppermost state of a part from which there is
// still something to try is made a shared one, with its tree.
//
// Still optimal, but that with steps at once some classes come twice: who sleeps is not known as
// long as nobody has told what his step does. A reversal that is met behind a branch of a state is
// covered if a branch before that one, done or not, could begin with what it asks for; if one
// behind it could, it goes into the tree of that one, done or not; else it becomes a branch behind
// all others. So each branch asks for nothing that those before it do, whenever they are explored,
// and a leaf is entered with nothing asleep, but for doubtful ones; and a branch depends on
// reversals met behind those before it, never the other way round. A leaf is explored as a whole,
// and so covers whatever comes to it. Because reversals can come to a branch that is being
// explored, or has been, its tree is kept until all before it are done. (It is not enough that some
// branch could begin with what is asked for: what sleeps behind it may be in the way. 71 of the
// distilled race's 271 classes would be missed.)
//
// Whether anybody sleeps at a doubtful leaf (wakeup_tree.h) is known when it has been come to, and
// is the first thing that the one who has its ticket tells. Then either it is explored as a whole,
// or the ticket is over, and the leaf becomes a state from which nothing is tried but what was
// asked for behind it. Until then that is kept: a leaf that nobody has begun gets a longer branch,
// one whose ticket is out keeps a list. The steps of which it is known by then what they do are put
// in the place of the open ones, and so are those above.
//
// Deterministic. Parts are dealt as tickets, at most `seats` of them at a time, and what was made
// of them is merged in the tickets' order; a ticket is dealt as soon as there is something to be
// dealt and a seat. So what each ticket is, and after which executions the search is in which
// state, is a function of the program, whoever works when on how many cores. A part may be cut off
// after any number of executions, and goes on under the same ticket.
//
// Tree shape (estimate()): how many executions there are in all, if behind each branch that nobody
// has begun there are as many as behind those of the same state that somebody has, on average: the
// recursive estimator of Kilby, Slaney, Thiébaux and Walsh, "Estimating search tree size" (AAAI
// 2006), after Knuth, "Estimating the efficiency of backtrack programs" (Mathematics of Computation
// 1975). It is not without a bias: branches of a state are known only when a race has asked for
// them, which makes it too low; and those that come later have more asleep, and so less behind them
// than those before, which makes it too high. An error cannot be derived from that; what is told in
// its place is how far the estimate has moved since there were half as many executions. How it did
// where the truth is known: docs/long-hunts.md. (Their other estimator, which weighs all branches
// of a state alike, stays too low until nearly the end: the first branches of the distilled race
// are small.)
//
// Owner: a hunt, whose workers share it under a lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "interleave/dpor.h"

namespace mpglab::interleave {

// What the shape of the tree tells.
struct TreeEstimate {
  double explored = 0;    // the share of them that was made, 0 to 1; 1 when there are no others
  double executions = 0;  // in all; 0: there were none yet
  // As far `executions` has moved since there were half as many or fewer; before that as much as it
  // is.
  double error = 0;

  friend bool operator==(const TreeEstimate&, const TreeEstimate&) = default;
};

class DporFrontier {
 public:
  struct Size {
    // So many tickets are out at most: workers, and what keeps them busy while one of them is slow.
    std::uint32_t seats = 32;
    std::uint32_t executions = 64;  // so many a ticket has
  };

  // A search that has not begun.
  explicit DporFrontier(Size size);
  DporFrontier() : DporFrontier(Size{}) {}
  ~DporFrontier();
  DporFrontier(const DporFrontier&) = delete;
  DporFrontier& operator=(const DporFrontier&) = delete;

  // For the workers' Dpor.
  std::shared_ptr<Footprints> footprints() const { return footprints_; }

  struct Ticket {
    std::uint64_t number = 0;
    std::uint32_t executions = 0;  // at most so many
    DporPart part;
  };
  // The next ticket that nobody has; nothing if there is none until another one has been merged, or
  // ever.
  std::optional<Ticket> deal();

  // What was made of a ticket.
  struct Made {
    std::uint32_t executions = 0;
    std::vector<DporReversal> reversals;
    std::optional<DporPart> rest;     // nothing: the part is exhausted
    std::vector<DporThread> threads;  // Dpor::threads
    std::optional<DporArrival> arrival;
  };
  // By a search that has taken the ticket's part up and made so many executions of it.
  static Made made_by(Dpor& dpor, std::uint32_t executions);
  // The ticket that is to be merged next. REQUIRES: not over().
  std::uint64_t next() const { return first_out_; }
  // Merges the ticket next(). With fewer executions than it had it is dealt again, with the rest.
  void merge(Made made);
  // What was made of the ticket next() is not wanted; it is dealt once more.
  void deal_again();

  // Everything was explored.
  bool over() const { return out_.empty(); }
  std::uint64_t executions() const { return executions_; }
  TreeEstimate estimate() const;

  // All of it as numbers: what is the same after the same merges. Tickets that are out are kept as
  // they were dealt.
  std::vector<std::uint64_t> kept() const;
  // False: no search of this size ever looked like that, and this one is of no use any more.
  bool restore(const std::vector<std::uint64_t>& kept);

 private:
  struct Node;
  struct Child;
  struct Task;
  class Writer;
  class Reader;

  // Whether a sequence begins with a step, or does if its last one is what is known of it
  // elsewhere.
  enum class Begins : std::uint8_t { kNot, kWith, kWithWhatIsKnown };
  // Whether anything of the task is left as such.
  enum class Shared : std::uint8_t { kInPart, kWhole };

  void fill_seats();
  std::shared_ptr<Task> leftmost_pending() const;
  DporPart part_of(const Task& task) const;
  void rename(Made& made);
  void arrive(Task& task, const DporArrival& arrival);
  static void put_to_sleep(Node& uppermost, const Task& task);
  static void find_sleepers(Node& node);
  void open_leaf(Task& task);
  void reverse(Task& task, DporReversal reversal);
  static Begins begin_with(const Event& first, std::vector<Event>& sequence, bool& doubtful);
  static std::optional<Event> insert(Node& node, std::size_t begin, std::vector<Event> sequence,
                                     bool doubtful);
  static void go_beyond(Child& leaf, std::vector<Event> sequence);
  static void append(Node& node, std::vector<Event> sequence, bool doubtful);
  static Node& make_node(Node& parent, std::size_t index);
  static Node& open(Node& parent, std::size_t index);
  static void skip(const std::vector<WakeupStep>& steps, std::size_t& at, std::uint32_t count);
  static void grow(Node& node, const std::vector<WakeupStep>& steps, std::size_t& at,
                   std::uint32_t count);
  static void add_leaf(Node& node, std::size_t index, bool doubtful);
  static void add_explored(Node& node, const DporPart::Level& level);
  Node& share_root_of(Task& task);
  Shared share(const std::shared_ptr<Task>& task);
  void end(Task& task);
  void prune();
  void mark_estimate();

  std::size_t pending() const;

  const Size size_;
  const std::shared_ptr<Footprints> footprints_ = std::make_shared<Footprints>();
  std::unique_ptr<Node> root_;                 // nullptr: one task has everything
  std::deque<std::shared_ptr<Task>> out_;      // tickets, in their order
  std::uint64_t first_out_ = 0;                // the number of the first of them
  std::deque<std::shared_ptr<Task>> waiting_;  // for a seat, with what is left of them
  std::vector<DporThread> threads_;            // by id - 1
  std::uint64_t executions_ = 0;
  // How many executions in all were expected when there were `mark_`, and when at most half as
  // many.
  std::uint64_t mark_ = 0;
  double at_mark_ = 0;
  double before_mark_ = 0;
};

}  // namespace mpglab::interleave
