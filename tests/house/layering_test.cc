// Includes run one way: a folder knows only those that it may.

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tree.h"

namespace mpglab::test {
namespace {

// The folder of an include of ours, "" for any other line.
std::string included_folder(const std::string& line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) return "";
  const std::string path = line.substr(kInclude.size());
  return path.substr(0, path.find('/'));
}

class Layering : public testing::TestWithParam<Folder> {};

TEST_P(Layering, KnowsOnlyWhatItMay) {
  std::set<std::string> allowed(GetParam().may_know.begin(), GetParam().may_know.end());
  allowed.emplace(GetParam().name);
  for (const auto& path : sources_of(GetParam().name)) {
    for (const std::string& line : lines_of(contents_of(path))) {
      const std::string folder = included_folder(line);
      EXPECT_TRUE(folder.empty() || allowed.contains(folder)) << name_of(path) << ": " << line;
    }
  }
}

TEST_P(Layering, NamesItsOwnFilesByTheirFolder) {
  for (const auto& path : sources_of(GetParam().name)) {
    for (const std::string& line : lines_of(contents_of(path))) {
      EXPECT_TRUE(!line.starts_with("#include \"") || line.find('/') != std::string::npos)
          << name_of(path) << ": " << line;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, Layering, testing::ValuesIn(folders()),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(LayeringTest, EveryFolderOfTheBuildIsInTheTable) {
  std::set<std::string> known;
  for (const Folder& folder : folders()) known.emplace(folder.name);
  for (const char* const other : {"tests", "bench"}) known.emplace(other);
  for (const std::string& line : lines_of(contents_of(root() / "CMakeLists.txt"))) {
    const std::size_t at = line.find("add_subdirectory(");
    if (at == std::string::npos) continue;
    const std::string name = line.substr(at + 17, line.find(')') - at - 17);
    EXPECT_TRUE(known.contains(name)) << name;
  }
}

TEST(LayeringTest, OnlyInterleaveKnowsFibers) {
  for (const auto& path : all_sources()) {
    if (name_of(path).starts_with("interleave/")) continue;
    for (const std::string& line : lines_of(contents_of(path)))
      EXPECT_FALSE(line.starts_with("#include <boost/fiber") ||
                   line.starts_with("#include <boost/context"))
          << name_of(path) << ": " << line;
  }
}

}  // namespace
}  // namespace mpglab::test
