#include "cli/files.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mpglab::cli {

namespace {

// Closes what it was given.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0 && number_ != STDIN_FILENO) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

auto failed(const std::string& path, std::string_view what) {
  return failure(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::vector<std::byte>, std::string> read_file(const std::string& path) {
  const Descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return failed(path, "cannot be read");
  std::vector<std::byte> bytes;
  std::array<std::byte, 1U << 16> part;
  for (;;) {
    const ssize_t got = ::read(file.number(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "cannot be read");
    if (got == 0) return bytes;
    bytes.insert(bytes.end(), part.begin(), part.begin() + got);
  }
}

Result<FileWriter, std::string> FileWriter::create(const std::string& path) {
  struct stat known {};
  if (::stat(path.c_str(), &known) == 0 && !S_ISREG(known.st_mode)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return failed(path, "cannot be written");
    return FileWriter(path, "", descriptor);
  }
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return failed(path, "cannot be written");
  // mkstemp lets nobody else read the file; as usual means as the umask says.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  FileWriter writer(path, std::move(temporary), descriptor);
  if (::fchmod(descriptor, 0666 & ~mask) != 0) return failed(path, "cannot be written");
  return writer;
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      error_(other.error_) {}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void FileWriter::write(std::span<const std::byte> bytes) {
  if (error_ == 0 && !write_all(descriptor_, bytes)) error_ = errno;
}

Result<void, std::string> FileWriter::finish() {
  if (error_ == 0 && ::close(std::exchange(descriptor_, -1)) != 0) error_ = errno;
  if (error_ == 0 && !temporary_.empty()) {
    if (::rename(temporary_.c_str(), path_.c_str()) == 0) {
      temporary_.clear();
    } else {
      error_ = errno;
    }
  }
  errno = error_;
  if (error_ != 0) return failed(path_, "cannot be written");
  return {};
}

Result<void, std::string> write_file(const std::string& path, std::span<const std::byte> bytes) {
  auto writer = FileWriter::create(path);
  if (!writer) return failure(writer.error());
  writer->write(bytes);
  return writer->finish();
}

Result<void, std::string> FileWriter::finish_on_disk() {
  // A pipe or a device has no disk.
  if (error_ == 0 && !temporary_.empty() && ::fsync(descriptor_) != 0) error_ = errno;
  auto finished = finish();
  if (!finished) return finished;
  const std::string folder = std::filesystem::absolute(path_).parent_path().string();
  const Descriptor names(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Not every file system can do that for a folder, and the name is there for everybody who looks.
  if (names.number() >= 0) ::fsync(names.number());
  return finished;
}

Result<void, std::string> write_file_to_disk(const std::string& path,
                                             std::span<const std::byte> bytes) {
  auto writer = FileWriter::create(path);
  if (!writer) return failure(writer.error());
  writer->write(bytes);
  return writer->finish_on_disk();
}

std::string text_form_hint(std::FILE* file) {
  constexpr std::string_view kTextForm = "Trace Go1.";
  std::array<char, kTextForm.size()> begin{};
  if (std::fseek(file, 0, SEEK_SET) != 0) return {};
  const std::size_t got = std::fread(begin.data(), 1, begin.size(), file);
  if (std::string_view(begin.data(), got) != kTextForm) return {};
  return " This is the text form of one: `mpglab pack` makes a trace of it";
}

std::string numbered(const std::string& path, std::size_t number) {
  std::filesystem::path name(path);
  const std::string ending = name.extension().string();
  name.replace_extension();
  return fmt::format("{}.{}{}", name.string(), number, ending);
}

}  // namespace mpglab::cli
