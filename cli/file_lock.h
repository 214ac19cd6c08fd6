// FileLock: one process at a time. The system lets go of it when the process is gone, however that
// came about, so that nobody is ever locked out by a dead one; the empty file stays.
//
// Between processes only: within one it keeps nobody out (fcntl's record locks).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

#include "base/result.h"

namespace mpglab::cli {

class FileLock {
 public:
  struct Refusal {
    bool busy = false;            // another process has it; else it could not be asked for
    std::optional<pid_t> holder;  // if the system knows
    std::string message;          // one line, if not busy
  };

  // Makes the file if there is none.
  static Result<FileLock, Refusal> take(const std::string& path);
  // As take, and waits for whoever has it. An error: one line.
  static Result<FileLock, std::string> wait_for(const std::string& path);

  ~FileLock();
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;  // -1: moved away
};

}  // namespace mpglab::cli
