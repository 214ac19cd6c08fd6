// The operations in a scenario's body, compiled to a Program's and printed from it. Private to
// scenario.cc and scenario_text.cc.
//
// One operation a line, words between blanks, indentation is free, `#` begins a comment:
//
//   go NAME           syscall            work N       stop-the-world    trace-start
//   gosched           syscall blocking   send CHANNEL generation        trace-stop
//   repeat N ... end                     recv CHANNEL wait
//   gc                netread            alloc
//
// N is a number, or $NAME: a setting of the scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sim/program.h"
#include "sim/scenario.h"

namespace mpglab::sim {

// Where a text stands in the scenario file. Columns count code points, as toml++ does.
struct TextPosition {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// A number that a scenario leaves open: how often, how many.
struct SettingValue {
  std::string_view name;
  std::uint32_t value = 0;
};

// What a body may refer to.
struct ScenarioNames {
  std::vector<std::string_view> goroutines;  // by body index; 0 is main
  std::vector<std::uint32_t> counts;         // how many of each a `go` starts
  std::vector<std::string_view> channels;    // by channel index
  std::vector<SettingValue> settings;
};

// More would only make a schedule that never ends.
inline constexpr std::uint32_t kMaxCount = 1'000'000;
inline constexpr std::size_t kMaxOperations = 4096;
inline constexpr std::size_t kMaxRepeatDepth = 16;

// Compiles `text`, which begins at `start` in the file. `body` is the index of the goroutine.
Result<std::vector<Op>, ScenarioError> compile_body(std::string_view text, TextPosition start,
                                                    std::uint32_t body, const ScenarioNames& names);

// The lines of body `body` of the program, each with its newline, indented inside of repeats: what
// compile_body makes the same operations of.
std::string body_text(const Program& program, std::size_t body);

// What a number in a scenario says: itself, or the value of the setting that it names with a '$'.
// Nothing: it is no number from 1 to `most`, or there is no such setting; `wrong` then says which.
std::optional<std::uint32_t> number_of(std::string_view text,
                                       std::span<const SettingValue> settings, std::uint32_t most,
                                       std::string& wrong);

// "; did you mean 'x'?" if a known name is near, else nothing.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> names);

}  // namespace mpglab::sim
