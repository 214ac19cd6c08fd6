# Writes OUT, a C++ file that holds the texts DIR/*.ENDING for explore/HEADER.h, whose function
# FUNCTION gives them as a span of TYPE. Run as a script when one of them changes:
#   cmake -DDIR=... -DENDING=toml -DHEADER=... -DTYPE=... -DFUNCTION=... -DOUT=... -P EmbedTexts.cmake
cmake_minimum_required(VERSION 3.25)

cmake_path(GET DIR FILENAME folder)
file(GLOB files "${DIR}/*.${ENDING}")
# By name, not by file: "gcwait" comes before "gcwait-small", "gcwait.toml" after it.
list(TRANSFORM files REPLACE "^.*/([^/]*)\\.${ENDING}$" "\\1" OUTPUT_VARIABLE names)
list(SORT names)
set(entries "")
foreach(name IN LISTS names)
  file(READ "${DIR}/${name}.${ENDING}" text)
  string(APPEND entries
    "    {\"${name}\", \"${folder}/${name}.${ENDING}\", R\"text(${text})text\"},\n")
endforeach()
file(WRITE "${OUT}" "// Made from ${folder}/*.${ENDING} by cmake/EmbedTexts.cmake.
#include <array>

#include \"explore/${HEADER}.h\"

namespace mpglab::explore {

std::span<const ${TYPE}> ${FUNCTION}() {
  static constexpr auto kAll = std::to_array<${TYPE}>({
${entries}  });
  return kAll;
}

}  // namespace mpglab::explore
")
