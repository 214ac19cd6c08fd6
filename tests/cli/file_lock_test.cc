// Locks between processes: one has it, the other is told who, and a dead one has none.

#include "cli/file_lock.h"

#include <csignal>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/command.h"

namespace mpglab::cli {
namespace {

// A process that has the lock of a file until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& path) {
    int ready[2];
    if (::pipe(ready) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) {
      const auto lock = FileLock::take(path);
      if (lock && ::write(ready[1], "!", 1) == 1)
        for (;;) ::pause();
      ::_exit(1);
    }
    ::close(ready[1]);
    char told = 0;
    has_it_ = ::read(ready[0], &told, 1) == 1;
    ::close(ready[0]);
  }
  ~Holder() { die(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  bool has_it() const { return has_it_; }
  pid_t process() const { return process_; }
  void die() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
  bool has_it_ = false;
};

class FileLockTest : public testing::Test {
 protected:
  test::Scratch scratch_;
  const std::string path_ = scratch_ / "some.lock";
};

TEST_F(FileLockTest, IsHadByOne) {
  EXPECT_TRUE(FileLock::take(path_).has_value());
}

TEST_F(FileLockTest, IsRefusedWhileAnotherProcessHasIt) {
  const Holder holder(path_);
  ASSERT_TRUE(holder.has_it());
  const auto lock = FileLock::take(path_);
  ASSERT_FALSE(lock.has_value());
  EXPECT_TRUE(lock.error().busy);
}

TEST_F(FileLockTest, TellsWhoHasIt) {
  const Holder holder(path_);
  ASSERT_TRUE(holder.has_it());
  EXPECT_EQ(FileLock::take(path_).error().holder, holder.process());
}

TEST_F(FileLockTest, OfADeadProcessIsFree) {
  Holder holder(path_);
  ASSERT_TRUE(holder.has_it());
  holder.die();
  EXPECT_TRUE(FileLock::take(path_).has_value());
}

// The holder is killed by the child of this process, so that there is somebody to wait for.
TEST_F(FileLockTest, IsWaitedFor) {
  Holder holder(path_);
  ASSERT_TRUE(holder.has_it());
  const pid_t killer = ::fork();
  if (killer == 0) ::_exit(::kill(holder.process(), SIGKILL));
  EXPECT_TRUE(FileLock::wait_for(path_).has_value());
  ::waitpid(killer, nullptr, 0);
}

TEST_F(FileLockTest, ThatIsGivenBackIsFree) {
  { const auto lock = FileLock::take(path_); }
  EXPECT_TRUE(Holder(path_).has_it());
}

TEST_F(FileLockTest, OfAFolderThatIsNotThereSaysSo) {
  const std::string nowhere = scratch_ / "nowhere/some.lock";
  EXPECT_EQ(FileLock::take(nowhere).error().message,
            nowhere + ": cannot be locked: No such file or directory");
}

}  // namespace
}  // namespace mpglab::cli
