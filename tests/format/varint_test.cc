#include "format/varint.h"

#include <vector>

#include <gtest/gtest.h>

namespace mpglab::format {
namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

std::vector<std::byte> written(std::uint64_t value) {
  std::vector<std::byte> out;
  append_varint(out, value);
  return out;
}

bool reads(const std::vector<std::byte>& input, std::uint64_t& value) {
  const std::byte* at = input.data();
  return read_varint(at, at + input.size(), value) && at == input.data() + input.size();
}

TEST(Varint, SevenBitsAByteTheLowestFirst) {
  EXPECT_EQ(written(300), bytes({0x80 | 44, 2}));  // 300 = 2 * 128 + 44
}

TEST(Varint, EveryPowerOfTwoComesBack) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    std::uint64_t value = 0;
    ASSERT_TRUE(reads(written(std::uint64_t{1} << bit), value));
    EXPECT_EQ(value, std::uint64_t{1} << bit);
  }
}

TEST(Varint, TheTenthByteHoldsOneBit) {
  std::uint64_t value = 0;
  EXPECT_FALSE(reads(bytes({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}), value));
}

TEST(Varint, ElevenBytesAreTooMany) {
  std::uint64_t value = 0;
  EXPECT_FALSE(reads(bytes({128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0}), value));
}

TEST(Varint, ACutOneIsNone) {
  std::uint64_t value = 0;
  EXPECT_FALSE(reads(bytes({0x80}), value));
}

TEST(Varint, PaddingIsAllowed) {
  std::uint64_t value = 0;
  ASSERT_TRUE(reads(bytes({0x85, 0x80, 0}), value));
  EXPECT_EQ(value, 5U);
}

}  // namespace
}  // namespace mpglab::format
