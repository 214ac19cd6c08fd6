// Files as the command reads and writes them. Errors are one line: the file, and what is wrong.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mpglab::cli {

// The whole of a file, or of stdin for "-".
Result<std::vector<std::byte>, std::string> read_file(const std::string& path);

// Writes a file piece by piece. All or nothing: another file is written, and takes the name when it
// is complete. A name that is no regular file (a pipe, /dev/null) is written straight.
class FileWriter {
 public:
  static Result<FileWriter, std::string> create(const std::string& path);
  ~FileWriter();  // what is not finished goes
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;

  // After a piece that could not be written the rest is not tried; finish() says why.
  void write(std::span<const std::byte> bytes);
  Result<void, std::string> finish();
  // As finish, and returns when the bytes and the name are on the disk.
  Result<void, std::string> finish_on_disk();

 private:
  FileWriter(std::string path, std::string temporary, int descriptor)
      : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::string path_;
  std::string temporary_;  // empty: the name itself is written
  int descriptor_;         // -1: closed
  int error_ = 0;          // errno of the first piece that could not be written
};

// A whole file at once.
Result<void, std::string> write_file(const std::string& path, std::span<const std::byte> bytes);
// As write_file, and returns when it is on the disk.
Result<void, std::string> write_file_to_disk(const std::string& path,
                                             std::span<const std::byte> bytes);

// To add to a message that the file is no trace: that it is the text form of one, if it is. Reads
// the file from its beginning; a pipe has none.
std::string text_form_hint(std::FILE* file);

// "out.trace" and 2 are "out.2.trace".
std::string numbered(const std::string& path, std::size_t number);

}  // namespace mpglab::cli
