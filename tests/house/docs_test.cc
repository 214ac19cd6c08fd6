// The documents are run: every command in a ```console block, in order, and what is printed below
// it must be what comes out.
//
// Lines that begin with "$ " are commands, and those that begin with "> " go on with one; the
// others are their output. A line "..." stands for any number of lines, and "..." inside of a line
// for any text. The commands of one document share a scratch directory in which `fuzz`,
// `scenarios` and `tests` are those of the tree.

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.h"
#include "tree.h"

namespace mpglab::test {
namespace {

struct Example {
  std::size_t line = 0;
  std::string command;
  std::vector<std::string> output;
};

std::vector<Example> examples_of(const std::filesystem::path& document) {
  std::vector<Example> examples;
  bool inside = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(contents_of(document))) {
    ++number;
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      examples.push_back({number, line.substr(2), {}});
    } else if (inside && !examples.empty() && (line == ">" || line.starts_with("> "))) {
      examples.back().command += "\n" + line.substr(std::min<std::size_t>(2, line.size()));
    } else if (inside && !examples.empty()) {
      examples.back().output.push_back(line);
    }
  }
  return examples;
}

bool line_matches(std::string_view wanted, std::string_view got) {
  const std::size_t gap = wanted.find("...");
  if (gap == std::string_view::npos) return wanted == got;
  const std::string_view before = wanted.substr(0, gap);
  const std::string_view after = wanted.substr(gap + 3);
  if (!got.starts_with(before)) return false;
  got.remove_prefix(before.size());
  for (std::size_t at = 0; at <= got.size(); ++at)
    if (line_matches(after, got.substr(at))) return true;
  return false;
}

bool matches(const std::vector<std::string>& wanted, std::size_t w,
             const std::vector<std::string>& got, std::size_t g) {
  if (w == wanted.size()) return g == got.size();
  if (wanted[w] == "...") {
    for (std::size_t next = g; next <= got.size(); ++next)
      if (matches(wanted, w + 1, got, next)) return true;
    return false;
  }
  return g < got.size() && line_matches(wanted[w], got[g]) && matches(wanted, w + 1, got, g + 1);
}

class Documents : public testing::TestWithParam<std::string> {};

TEST_P(Documents, SayWhatHappens) {
  const Scratch scratch;
  for (const char* const part : {"fuzz", "scenarios", "tests"})
    std::filesystem::create_symlink(root() / part, scratch / part);
  const auto examples = examples_of(root() / GetParam());
  ASSERT_FALSE(examples.empty());
  for (const Example& example : examples) {
    // It is what runs this test.
    if (example.command.starts_with("./test.sh")) continue;
    // The scripts belong where they are.
    const std::string where = example.command.starts_with("./") ? root().string() : scratch / "";
    const CommandResult result = shell("cd '" + where + "' && { " + example.command + "\n} 2>&1");
    EXPECT_NE(result.code, 127) << GetParam() << ":" << example.line << ": no such command";
    EXPECT_TRUE(matches(example.output, 0, lines_of(result.out), 0))
        << GetParam() << ":" << example.line << ": $ " << example.command << "\nprinted\n"
        << result.out;
  }
}

// README.md and all of docs/.
std::vector<std::string> documents() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(root() / "docs"))
    if (entry.path().extension() == ".md")
      all.push_back("docs/" + entry.path().filename().string());
  std::sort(all.begin(), all.end());
  all.insert(all.begin(), "README.md");
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, Documents, testing::ValuesIn(documents()), [](const auto& param) {
  std::string name = param.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

// The blocks of docs/reader.md in this language.
std::vector<std::string> blocks_of(const std::string& language) {
  std::vector<std::string> blocks;
  bool inside = false;
  for (const std::string& line : lines_of(contents_of(root() / "docs/reader.md"))) {
    if (line.starts_with("```")) {
      inside = line == "```" + language;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

class ReaderPage : public testing::TestWithParam<std::pair<const char*, const char*>> {};

// The example is built by a test, so its code works.
TEST_P(ReaderPage, ShowsWhatTheExampleHas) {
  const auto& [language, file] = GetParam();
  const std::string example = contents_of(root() / "examples/reader" / file);
  ASSERT_FALSE(blocks_of(language).empty());
  for (const std::string& block : blocks_of(language))
    EXPECT_NE(example.find(block), std::string::npos) << block;
}
INSTANTIATE_TEST_SUITE_P(Blocks, ReaderPage,
                         testing::Values(std::pair("cpp", "main.cc"),
                                         std::pair("cmake", "CMakeLists.txt")));

TEST(Matching, DotsStandForAnyText) {
  EXPECT_TRUE(line_matches("found in ... s", "found in 0.25 s"));
  EXPECT_FALSE(line_matches("found in ... s", "lost in 0.25 s"));
}

TEST(Matching, ALineOfDotsStandsForAnyLines) {
  EXPECT_TRUE(matches({"a", "...", "d"}, 0, {"a", "b", "c", "d"}, 0));
  EXPECT_FALSE(matches({"a", "...", "e"}, 0, {"a", "b", "c", "d"}, 0));
}

}  // namespace
}  // namespace mpglab::test
