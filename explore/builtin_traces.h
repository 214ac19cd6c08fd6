// The traces that are in the program itself: the files of traces/, as wire text, embedded when
// mpglab is built. Each shows a race of the catalogue that no scenario can show yet, or that is a
// matter of the reader alone, and bears its name.
#pragma once

#include <span>
#include <string_view>

namespace mpglab::explore {

struct BuiltinTrace {
  std::string_view name;  // "thread-id-reuse"
  std::string_view file;  // "traces/thread-id-reuse.txt"
  std::string_view text;
};

// In the order of their names.
std::span<const BuiltinTrace> builtin_traces();

// nullptr if there is none.
const BuiltinTrace* find_builtin_trace(std::string_view name);

}  // namespace mpglab::explore
