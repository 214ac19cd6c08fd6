// ByteSource: where the bytes of a trace come from.
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <span>
#include <string>

namespace mpglab::parser {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Puts up to `size` bytes at `out` and returns how many; 0 at the end. Nothing: an error, which
  // error() tells.
  virtual std::optional<std::size_t> read(std::byte* out, std::size_t size) = 0;
  virtual std::string error() const { return {}; }
};

// A file, pipe or terminal.
class FileSource final : public ByteSource {
 public:
  // The file is somebody else's, and not closed.
  explicit FileSource(std::FILE* file) : file_(file) {}
  // The file with this name, which is closed at the end. One that cannot be opened gives an error
  // when it is read, as one does that cannot be read.
  explicit FileSource(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::optional<std::size_t> read(std::byte* out, std::size_t size) override;
  std::string error() const override { return error_; }

 private:
  std::FILE* file_;
  bool ours_ = false;
  std::string error_;
};

}  // namespace mpglab::parser
