// Runs the mpglab command, as a person would in a shell, and keeps what it said.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

namespace mpglab::test {

struct CommandResult {
  int code = -1;  // -1: killed by a signal
  std::string out;
  std::string err;

  // Is stderr one line that begins with "mpglab: " and has `part` in it?
  bool complains_of(std::string_view part) const {
    return err.starts_with("mpglab: ") && err.find('\n') == err.size() - 1 &&
           err.find(part) != std::string::npos;
  }
};

// A directory of its own for each test, gone with it.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "mpglab-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return *this / name;
  }
  bool empty_but_for(const std::string& name) const {
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      if (entry.path().filename() != name) return false;
    return true;
  }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs a line of shell in which `mpglab` is our command.
inline CommandResult shell(const std::string& line) {
  const Scratch scratch;
  const std::string command = "PATH=\"" MPGLAB_BIN_DIR ":$PATH\"; export PATH; ( " + line +
                              "\n) >\"" + scratch / "out" + "\" 2>\"" + scratch / "err" +
                              "\" </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents(scratch / "out"),
          contents(scratch / "err")};
}

}  // namespace mpglab::test
