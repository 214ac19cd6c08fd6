// Assertions that stay on in every build.
//
// MPG_CHECK states what must hold for the program to go on. When it does not hold, the fault is
// ours: the process prints the place and the condition and aborts. It is never for bad input, which
// is answered with an error value.
#pragma once

namespace mpglab {

// Prints "mpglab: FILE:LINE: check failed: CONDITION: MESSAGE" to stderr and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const char* message) noexcept;

}  // namespace mpglab

#define MPG_CHECK(condition, message)                                  \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::mpglab::check_failed(__FILE__, __LINE__, #condition, message); \
  } while (false)
