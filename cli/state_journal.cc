#include "cli/state_journal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/check.h"

namespace mpglab::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBytes = 9;              // of a state
constexpr std::size_t kPiece = kBytes * 8192;  // is read or written at once

void put(const interleave::MetState& met, std::vector<std::uint8_t>& bytes) {
  for (unsigned shift = 0; shift < 64; shift += 8)
    bytes.push_back(static_cast<std::uint8_t>(met.state >> shift));
  bytes.push_back(met.budget);
}
interleave::MetState got(const std::uint8_t* bytes) {
  interleave::MetState met;
  for (unsigned i = 0; i < 8; ++i) met.state |= std::uint64_t{bytes[i]} << (8 * i);
  met.budget = bytes[8];
  return met;
}

void add_to(explore::Hash& hash, const interleave::MetState& met) {
  hash.add(met.state);
  hash.add(std::uint64_t{met.budget});
}

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  // All of them, at that place; else errno says why not, 0: the file ends before.
  bool read(std::uint8_t* bytes, std::size_t size, std::uint64_t place) const {
    return in_parts(size, place, [&](std::size_t done, std::size_t left, off_t at) {
      return ::pread(descriptor_, bytes + done, left, at);
    });
  }
  bool write(const std::uint8_t* bytes, std::size_t size, std::uint64_t place) const {
    return in_parts(size, place, [&](std::size_t done, std::size_t left, off_t at) {
      return ::pwrite(descriptor_, bytes + done, left, at);
    });
  }
  bool end_at(std::uint64_t size) const {
    return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0;
  }
  bool to_disk() const { return ::fsync(descriptor_) == 0; }

 private:
  template <class Part>
  static bool in_parts(std::size_t size, std::uint64_t place, Part part) {
    for (std::size_t done = 0; done < size;) {
      const ssize_t did = part(done, size - done, static_cast<off_t>(place + done));
      if (did < 0 && errno == EINTR) continue;
      if (did == 0) errno = 0;
      if (did <= 0) return false;
      done += static_cast<std::size_t>(did);
    }
    return true;
  }

  int descriptor_;
};

auto damaged(const std::string& name, std::string_view how) {
  return failure(fmt::format("{}: this campaign is damaged: {}", name, how));
}
auto failed(const std::string& name, std::string_view what) {
  return failure(fmt::format("{}: {}: {}", name, what, std::strerror(errno)));
}

}  // namespace

StateJournal::StateJournal(const std::string& file)
    : file_(fs::path(file).replace_extension(".states").string()) {}

std::string StateJournal::name_of(std::uint64_t generation) const {
  return fmt::format("{}-{}", file_, generation);
}

StateJournal::Place StateJournal::place() const {
  return {generation_, states_, states_ == 0 ? 0 : hash_.value()};
}

Result<std::vector<interleave::MetState>, std::string> StateJournal::take_up(const Place& place) {
  std::vector<interleave::MetState> all;
  generation_ = place.generation;
  states_ = 0;
  hash_ = {};
  if (place.states == 0) return all;
  const std::string name = name_of(generation_);
  const OpenFile file(name, O_RDWR);
  if (!file.is_open()) return failed(name, "the states of this campaign cannot be read");
  std::vector<std::uint8_t> bytes;
  while (states_ < place.states) {
    const std::uint64_t piece = std::min<std::uint64_t>(place.states - states_, kPiece / kBytes);
    bytes.resize(static_cast<std::size_t>(piece) * kBytes);
    if (!file.read(bytes.data(), bytes.size(), states_ * kBytes)) {
      if (errno == 0) return damaged(name, "its end is missing");
      return failed(name, "the states of this campaign cannot be read");
    }
    for (std::size_t at = 0; at < bytes.size(); at += kBytes) {
      add_to(hash_, all.emplace_back(got(&bytes[at])));
      ++states_;
    }
  }
  if (hash_.value() != place.hash) return damaged(name, "it is not what was written");
  return all;
}

Result<void, std::string> StateJournal::add(const explore::KeptSearch& search) {
  if (search.generation != generation_) {
    generation_ = search.generation;
    states_ = 0;
    hash_ = {};
    others_ = true;
  }
  MPG_CHECK(search.met_before == states_, "states that nobody has kept");
  if (search.met.empty()) return {};
  const std::string name = name_of(generation_);
  const OpenFile file(name, O_WRONLY | O_CREAT);
  // What a process that was killed has left behind the place.
  if (!file.is_open() || !file.end_at(states_ * kBytes)) return failed(name, "cannot be written");
  std::vector<std::uint8_t> bytes;
  bytes.reserve(kPiece);
  const auto write = [&] {
    const bool written = file.write(bytes.data(), bytes.size(), states_ * kBytes);
    states_ += bytes.size() / kBytes;
    bytes.clear();
    return written;
  };
  for (const interleave::MetState& met : search.met) {
    put(met, bytes);
    add_to(hash_, met);
    if (bytes.size() == kPiece && !write()) return failed(name, "cannot be written");
  }
  if (!write() || !file.to_disk()) return failed(name, "cannot be written");
  return {};
}

void StateJournal::remove_others() {
  if (!std::exchange(others_, false)) return;
  const fs::path path(file_);
  const std::string begin = path.filename().string() + "-";
  const std::string own =
      states_ == 0 ? std::string() : fs::path(name_of(generation_)).filename().string();
  std::error_code error;
  std::vector<fs::path> others;
  for (fs::directory_iterator at(path.parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(begin) && name != own) others.push_back(at->path());
  }
  for (const fs::path& other : others) fs::remove(other, error);
}

}  // namespace mpglab::cli
