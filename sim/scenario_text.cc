#include "sim/scenario_text.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "sim/scenario_body.h"

namespace mpglab::sim {

namespace {

// The inside of a basic string of TOML. A newline stands as it is if there may be several lines.
std::string escaped(std::string_view text, bool several_lines) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stands_for_itself = c == '\t' || (c == '\n' && several_lines);
    if (!stands_for_itself && (byte < 0x20 || byte == 0x7f)) {
      result += fmt::format("\\u{:04x}", byte);
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// How many of it are started by whoever starts it; 1 if nobody does.
std::uint32_t count_of(const Program& program, std::size_t body) {
  std::uint32_t count = 0;
  for (const GoroutineBody& starter : program.bodies) {
    for (const Op& op : starter.ops) {
      if (op.kind != OpKind::kGo || op.argument != body) continue;
      MPG_CHECK(count == 0 || count == op.count, "a goroutine is started in different numbers");
      count = op.count;
    }
  }
  return count == 0 ? 1 : count;
}

std::string goroutine_text(const Program& program, std::size_t body) {
  std::string text = fmt::format("\n[goroutine.{}]\n", program.bodies[body].name);
  if (const std::uint32_t count = count_of(program, body); count != 1)
    text += fmt::format("count = {}\n", count);
  return text + fmt::format("body = \"\"\"\n{}\"\"\"\n", body_text(program, body));
}

}  // namespace

std::string scenario_text(const Program& program) {
  std::string text =
      fmt::format("title = \"{}\"\nstory = \"\"\"\n{}\n\"\"\"\ngomaxprocs = {}\n",
                  escaped(program.title, false), escaped(program.story, true), program.gomaxprocs);
  if (program.bodies_only) text += "bodies-only = true\n";
  if (program.scheduling_at_once) text += "scheduling-at-once = true\n";
  if (program.idle_ms_alike) text += "idle-ms-alike = true\n";
  for (const Channel& channel : program.channels)
    text += fmt::format("\n[channel.{}]\ncapacity = {}\n", channel.name, channel.capacity);
  for (std::size_t body = 0; body < program.bodies.size(); ++body)
    text += goroutine_text(program, body);
  return text;
}

}  // namespace mpglab::sim
