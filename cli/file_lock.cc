#include "cli/file_lock.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace mpglab::cli {

namespace {

// The whole file, however long.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

int open_file(const std::string& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

std::string cannot(const std::string& path, int error) {
  return fmt::format("{}: cannot be locked: {}", path, std::generic_category().message(error));
}

}  // namespace

Result<FileLock, FileLock::Refusal> FileLock::take(const std::string& path) {
  const int descriptor = open_file(path);
  if (descriptor < 0) return failure(Refusal{false, {}, cannot(path, errno)});
  FileLock lock(descriptor);
  for (;;) {
    struct flock mine = whole_file();
    if (::fcntl(descriptor, F_SETLK, &mine) == 0) return lock;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) return failure(Refusal{false, {}, cannot(path, errno)});
    struct flock theirs = whole_file();
    if (::fcntl(descriptor, F_GETLK, &theirs) != 0) return failure(Refusal{true, {}, {}});
    // It has let go in between.
    if (theirs.l_type == F_UNLCK) continue;
    // Of a process on another machine, or outside of this container, there is no id.
    return failure(
        Refusal{true, theirs.l_pid > 0 ? std::optional<pid_t>(theirs.l_pid) : std::nullopt, {}});
  }
}

Result<FileLock, std::string> FileLock::wait_for(const std::string& path) {
  const int descriptor = open_file(path);
  if (descriptor < 0) return failure(cannot(path, errno));
  FileLock lock(descriptor);
  struct flock mine = whole_file();
  while (::fcntl(descriptor, F_SETLKW, &mine) != 0)
    if (errno != EINTR) return failure(cannot(path, errno));
  return lock;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace mpglab::cli
