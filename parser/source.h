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

// A file, pipe or terminal. The file is not closed.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::FILE* file) : file_(file) {}
  std::optional<std::size_t> read(std::byte* out, std::size_t size) override;
  std::string error() const override { return error_; }

 private:
  std::FILE* file_;
  std::string error_;
};

}  // namespace mpglab::parser
