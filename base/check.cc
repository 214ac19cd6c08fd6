#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace mpglab {

void check_failed(const char* file, int line, const char* condition, const char* message) noexcept {
  std::fprintf(stderr, "mpglab: %s:%d: check failed: %s: %s\n", file, line, condition, message);
  std::abort();
}

}  // namespace mpglab
