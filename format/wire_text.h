// The wire format as text, one event a line, and back. Neither direction judges what it converts,
// so broken traces can be looked at, written and compared by hand.
//
//   Trace Go1.22
//   EventBatch gen=1 m=7 time=100 size=5
//   ProcStatus dt=1 p=0 pstatus=1
//   Stack id=1 nframes=1
//   <tab>pc=1 func=2 file=3 line=4
//   String id=1
//   <tab>data="main.main"
//
// Coming back, a batch whose size is left out gets the size that it has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mpglab::format {

// Why bytes could not be shown to their end.
struct WireError {
  std::uint64_t offset;  // of the event that could not be read
  std::string message;
};

// Gives the text line by line (a stack's or string's lines in one piece, without the last newline)
// to `sink`. What comes before an error is given.
Result<void, WireError> wire_to_text(std::span<const std::byte> trace,
                                     const std::function<void(std::string_view)>& sink);

// A mistake in the text; line and column count from 1.
struct WireTextError {
  std::uint32_t line;
  std::uint32_t column;
  std::string message;  // what was expected
};

Result<std::vector<std::byte>, WireTextError> wire_from_text(std::string_view text);

// Text in double quotes as Go's strconv.Quote writes it.
std::string quoted(std::string_view bytes);

}  // namespace mpglab::format
