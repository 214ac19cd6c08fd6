// What a thread announces before it does it: an operation on an object that threads share.
//
// The announcement is what strategies and the search see of a program: two operations commute
// unless they are on one object and at least one of them may change it.
#pragma once

#include <cstdint>

namespace mpglab::interleave {

using ThreadId = std::uint8_t;
// A set of threads, one bit each.
using ThreadSet = std::uint64_t;
inline constexpr unsigned kMaxThreads = 64;
inline constexpr ThreadId kNoThread = 0xff;

// Objects are numbered in the order in which the program registers them, so an id means the same
// object in every execution of one program.
using ObjectId = std::uint32_t;
inline constexpr ObjectId kNoObject = 0xffffffff;

enum class Access : std::uint8_t {
  kStart,  // a thread's first step
  kLoad,
  kStore,
  kUpdate,      // fetch-and-add, exchange: read and write in one step
  kAdd,         // adds and does not look: two of them commute
  kRaise,       // stores 1 and does not look: two of them commute
  kCas,         // compare-and-swap: reads, and writes if it finds what it expects
  kLook,        // at something that is no word: a list, a table
  kChange,      // and looks, the same
  kTake,        // the same if there is something: if a bit of its value is set that it asks for
  kAwaitEqual,  // wait until the word has a value
  kAwaitOther,  // wait until it has another one
  kLock,
  kUnlock,
  kSleep,    // Note: wait until it is set
  kWake,     // Note: set it
  kClear,    // Note: make it ready for the next sleep
  kAcquire,  // Semaphore
  kRelease,  // Semaphore
  kYield,    // spin or sleep: nothing is touched
  kEnd,
};

const char* access_name(Access access);

// May the operation change its object?
constexpr bool writes(Access access) {
  switch (access) {
    case Access::kStore:
    case Access::kUpdate:
    case Access::kAdd:
    case Access::kRaise:
    case Access::kCas:
    case Access::kChange:
    case Access::kTake:
    case Access::kLock:
    case Access::kUnlock:
    case Access::kWake:
    case Access::kClear:
    case Access::kAcquire:
    case Access::kRelease:
      return true;
    case Access::kStart:
    case Access::kLoad:
    case Access::kLook:
    case Access::kAwaitEqual:
    case Access::kAwaitOther:
    case Access::kSleep:
    case Access::kYield:
    case Access::kEnd:
      break;
  }
  return false;
}

// Is a value announced with it (Engine::operand)?
constexpr bool has_operand(Access access) {
  return access == Access::kCas || access == Access::kTake || access == Access::kAwaitEqual ||
         access == Access::kAwaitOther;
}

// Is it an operation on data, and not on something that is there to be shared?
constexpr bool is_on_data(Access access) {
  switch (access) {
    case Access::kLoad:
    case Access::kStore:
    case Access::kUpdate:
    case Access::kAdd:
    case Access::kRaise:
    case Access::kCas:
    case Access::kLook:
    case Access::kChange:
    case Access::kTake:
      return true;
    default:
      return false;
  }
}

// What matters of an operation to others on its object. A raise is as an add: they commute with
// their like alone, and no word has both.
enum class Effect : std::uint8_t { kRead, kAdd, kWrite };

constexpr Effect effect_of(Access access, bool wrote) {
  if (access == Access::kAdd || access == Access::kRaise) return Effect::kAdd;
  return wrote ? Effect::kWrite : Effect::kRead;
}
// May the order of two that have these effects on one object matter?
constexpr bool dependent(Effect a, Effect b) {
  return a != b || a == Effect::kWrite;
}
// Does whatever depends on the one depend on the other as well?
constexpr bool covers(Effect other, Effect one) {
  return one == other || other == Effect::kWrite;
}
// Of two together.
constexpr Effect joined(Effect a, Effect b) {
  return a == b ? a : Effect::kWrite;
}

// May the operation have to wait?
constexpr bool waits(Access access) {
  return access == Access::kLock || access == Access::kAcquire || access == Access::kSleep ||
         access == Access::kAwaitEqual || access == Access::kAwaitOther;
}

struct Operation {
  ObjectId object = kNoObject;
  Access access = Access::kStart;
};

// May the order of these two operations of different threads matter?
constexpr bool dependent(Operation a, Operation b) {
  return a.object != kNoObject && a.object == b.object && (writes(a.access) || writes(b.access));
}

}  // namespace mpglab::interleave
