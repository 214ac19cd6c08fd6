// What a reader of any file may rely on.

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tree.h"

namespace mpglab::test {
namespace {

TEST(Tidy, HeadersAreIncludedOnce) {
  for (const auto& path : all_sources()) {
    if (path.extension() != ".h") continue;
    EXPECT_NE(contents_of(path).find("#pragma once\n"), std::string::npos) << name_of(path);
  }
}

TEST(Tidy, HeadersBeginWithTheirPurpose) {
  for (const auto& path : all_sources()) {
    if (path.extension() != ".h") continue;
    EXPECT_TRUE(contents_of(path).starts_with("// ")) << name_of(path);
  }
}

TEST(Tidy, NoFileIsTooLongToRead) {
  for (const auto& path : all_sources())
    EXPECT_LE(lines_of(contents_of(path)).size(), 800U) << name_of(path);
}

TEST(Tidy, NothingIsLeftToDo) {
  // Spelled so that this file does not find itself.
  const std::string marks[] = {std::string("TO") + "DO", std::string("FIX") + "ME",
                               std::string("HA") + "CK"};
  for (const auto& path : all_sources())
    for (const std::string& mark : marks)
      EXPECT_EQ(contents_of(path).find(mark), std::string::npos) << name_of(path) << ": " << mark;
}

TEST(Tidy, NoTestSleepsOrIsSwitchedOff) {
  const std::string marks[] = {std::string("sleep") + "_for", std::string("usleep") + "(",
                               std::string("DISAB") + "LED_", std::string("GTEST_") + "SKIP"};
  for (const auto& path : sources_of("tests"))
    for (const std::string& mark : marks)
      EXPECT_EQ(contents_of(path).find(mark), std::string::npos) << name_of(path) << ": " << mark;
}

TEST(Tidy, EverythingIsAsClangFormatHasIt) {
  std::string command = "clang-format --dry-run -Werror";
  for (const auto& path : all_sources()) command += " '" + path.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Tidy, NoSourceHasAHomeOnlyOneMachineKnows) {
  // Tests get the tree's place from the build; nothing may have it written in.
  const std::string place = root().string() + "/";
  for (const auto& path : all_sources())
    EXPECT_EQ(contents_of(path).find(place), std::string::npos) << name_of(path);
}

}  // namespace
}  // namespace mpglab::test
