// Files as the command reads and writes them. Errors are one line: the file, and what is wrong.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mpglab::cli {

// The whole of a file, or of stdin for "-".
Result<std::vector<std::byte>, std::string> read_file(const std::string& path);

// All or nothing: another file is written first and takes the name when it is complete. A name that
// is no regular file (a pipe, /dev/null) is written straight.
Result<void, std::string> write_file(const std::string& path, std::span<const std::byte> bytes);

// To add to a message that the file is no trace: that it is the text form of one, if it is. Reads
// the file from its beginning; a pipe has none.
std::string text_form_hint(std::FILE* file);

// "out.trace" and 2 are "out.2.trace".
std::string numbered(const std::string& path, std::size_t number);

}  // namespace mpglab::cli
