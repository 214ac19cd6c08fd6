# Writes OUT, a C++ file that holds the texts of the scenarios DIR/*.toml for
# explore/builtin_scenarios.h. Run as a script when one of them changes:
#   cmake -DDIR=... -DOUT=... -P EmbedScenarios.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB files "${DIR}/*.toml")
# By name, not by file: "gcwait" comes before "gcwait-small", "gcwait.toml" after it.
list(TRANSFORM files REPLACE "^.*/([^/]*)\\.toml$" "\\1" OUTPUT_VARIABLE names)
list(SORT names)
set(entries "")
foreach(name IN LISTS names)
  file(READ "${DIR}/${name}.toml" text)
  string(APPEND entries
    "    {\"${name}\", \"scenarios/${name}.toml\", R\"toml(${text})toml\"},\n")
endforeach()
file(WRITE "${OUT}" "// Made from scenarios/*.toml by cmake/EmbedScenarios.cmake.
#include <array>

#include \"explore/builtin_scenarios.h\"

namespace mpglab::explore {

std::span<const BuiltinScenario> builtin_scenarios() {
  static constexpr auto kScenarios = std::to_array<BuiltinScenario>({
${entries}  });
  return kScenarios;
}

}  // namespace mpglab::explore
")
