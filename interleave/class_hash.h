// ClassHash: a number for what an execution is up to the order of independent steps: equivalent
// executions (event_log.h) have the same one, others have others, but for an accident of 64 bits.
//
// Purpose: to tell, of many executions, how many are different, while they run and without keeping
// any of them. It costs a few multiplications a step.
//
// How: each operation has a hash, made of that of the operation before it in its thread and of what
// it comes after on its object: the last write, and for a write the reads since then as well, whose
// order among each other does not matter. So an operation's hash stands for everything that happens
// before it (a Merkle tree over Mazurkiewicz's order), and the last ones of all threads, summed up,
// for the execution. What a program chooses is an operation that only its thread sees.
//
// Nothing is named by when it came up. A thread's name is what its parent had done when it started
// it; an object's is its text and how many of that text were registered before it. Threads may be
// numbered, and objects registered, in another order in an equivalent execution.
//
// Equivalent is what the program announces: words that it reads without an operation (peek), and
// the number of steps that the execution has had, are not in it. Nor is giving way.
//
// Owner: whoever explores; it observes one engine. Allocates only for an object that is new.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "interleave/engine.h"
#include "interleave/observer.h"

namespace mpglab::interleave {

class ClassHash final : public Observer {
 public:
  // `engine`: whose objects these are. Must outlive this.
  explicit ClassHash(const Engine& engine) : engine_(engine) { begin(); }

  // A new execution starts: to be called before each one.
  void begin();

  // Of the execution so far.
  std::uint64_t value() const;

  void on_operation(const Step& step) override;
  void on_spawn(ThreadId parent, ThreadId child) override;
  void on_choice(std::size_t index, const Choice& choice, ThreadId current,
                 ThreadId taken) override;

 private:
  struct Object {
    std::uint64_t written;  // hash of the last write; before the first, the object's name
    std::uint64_t read;     // sum over the reads since then
    std::uint64_t added;    // and over those that added and did not look
  };

  Object& object(ObjectId id) {
    if (id >= objects_.size()) [[unlikely]]
      add_objects();
    return objects_[id];
  }
  void add_objects();

  const Engine& engine_;
  std::vector<Object> fresh_;                                    // as an execution begins
  std::vector<Object> objects_;                                  // as they are
  std::map<std::string, std::uint64_t, std::less<>> same_name_;  // how many of each text
  std::array<std::uint64_t, kMaxThreads> threads_{};             // hash of the last operation
  ThreadSet started_ = 0;
};

}  // namespace mpglab::interleave
