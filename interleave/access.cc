#include "interleave/access.h"

namespace mpglab::interleave {

const char* access_name(Access access) {
  switch (access) {
    case Access::kStart:
      return "start";
    case Access::kLoad:
      return "load";
    case Access::kStore:
      return "store";
    case Access::kUpdate:
      return "update";
    case Access::kAdd:
      return "add";
    case Access::kRaise:
      return "raise";
    case Access::kCas:
      return "cas";
    case Access::kLook:
      return "look";
    case Access::kChange:
      return "change";
    case Access::kTake:
      return "take";
    case Access::kAwaitEqual:
    case Access::kAwaitOther:
      return "await";
    case Access::kLock:
      return "lock";
    case Access::kUnlock:
      return "unlock";
    case Access::kSleep:
      return "sleep";
    case Access::kWake:
      return "wake";
    case Access::kClear:
      return "clear";
    case Access::kAcquire:
      return "acquire";
    case Access::kRelease:
      return "release";
    case Access::kYield:
      return "yield";
    case Access::kEnd:
      return "end";
  }
  return "?";
}

}  // namespace mpglab::interleave
