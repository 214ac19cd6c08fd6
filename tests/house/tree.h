// The files of this repository, for tests of the house itself.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace mpglab::test {

inline const std::filesystem::path& root() {
  static const std::filesystem::path path = MPGLAB_SOURCE_DIR;
  return path;
}

inline std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Folders from the ground up, with those that each may know (docs/architecture.md).
struct Folder {
  std::string_view name;
  std::vector<std::string_view> may_know;
};

inline const std::vector<Folder>& folders() {
  static const std::vector<Folder> all = {
      {"base", {}},
      {"format", {"base"}},
      {"parser", {"base", "format"}},
      {"doctor", {"base", "format", "parser"}},
      {"fuzz", {"base", "doctor", "format", "parser"}},
      {"interleave", {"base"}},
      {"tracer", {"base", "format", "interleave"}},
      {"sim", {"base", "format", "interleave", "tracer"}},
      {"explore", {"base", "format", "interleave", "parser", "sim"}},
      {"view", {"base", "explore", "format", "parser"}},
      {"cli", {"base", "doctor", "explore", "format", "interleave", "parser", "sim", "view"}}};
  return all;
}

// C++ files of a folder, by name.
inline std::vector<std::filesystem::path> sources_of(std::string_view folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root() / folder)) {
    const std::string ending = entry.path().extension().string();
    if (ending == ".h" || ending == ".cc") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// All of ours, tests and benchmarks too.
inline std::vector<std::filesystem::path> all_sources() {
  std::vector<std::filesystem::path> all;
  for (const Folder& folder : folders()) {
    const auto paths = sources_of(folder.name);
    all.insert(all.end(), paths.begin(), paths.end());
  }
  for (const char* const folder : {"tests", "bench", "examples"}) {
    const auto paths = sources_of(folder);
    all.insert(all.end(), paths.begin(), paths.end());
  }
  return all;
}

inline std::string name_of(const std::filesystem::path& path) {
  return path.lexically_relative(root()).string();
}

}  // namespace mpglab::test
