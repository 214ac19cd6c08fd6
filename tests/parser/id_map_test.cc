// A map that has to be right and quick whatever the ids are.
#include "parser/id_map.h"

#include <cstdint>
#include <unordered_map>

#include <gtest/gtest.h>

namespace mpglab::parser {
namespace {

// Inserts and erases by chance among few ids, so that entries push each other about, and compares
// with a map that is known to work.
class AgainstAnotherMap : public testing::TestWithParam<std::uint64_t> {
 protected:
  void play(std::uint64_t id_step, std::uint64_t ids, int moves) {
    std::uint64_t state = GetParam();
    for (int i = 0; i < moves; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      const std::uint64_t id = ((state >> 33) % ids) * id_step;
      if (other_.contains(id)) {
        map_.erase(id);
        other_.erase(id);
      } else {
        const auto value = static_cast<std::uint32_t>(i);
        map_.insert(id, value);
        other_[id] = value;
      }
    }
    for (std::uint64_t i = 0; i < ids; ++i) {
      const std::uint64_t id = i * id_step;
      const auto found = other_.find(id);
      ASSERT_EQ(map_.find(id), found == other_.end() ? IdMap::kAbsent : found->second) << id;
    }
  }

  IdMap map_;
  std::unordered_map<std::uint64_t, std::uint32_t> other_;
};

TEST_P(AgainstAnotherMap, IdsInARow) {
  play(1, 100, 5000);
}
TEST_P(AgainstAnotherMap, IdsThatFallOnOnePlace) {
  play(64, 100, 5000);
}
TEST_P(AgainstAnotherMap, IdsThatFallOnOnePlaceWhateverTheSize) {
  play(std::uint64_t{1} << 40, 300, 5000);
}
TEST_P(AgainstAnotherMap, ManyIds) {
  play(3, 10'000, 50'000);
}
INSTANTIATE_TEST_SUITE_P(Seeds, AgainstAnotherMap, testing::Range<std::uint64_t>(1, 9));

TEST(IdMap, IsEmptyAfterClear) {
  IdMap map;
  map.insert(7, 1);
  map.clear();
  EXPECT_EQ(map.find(7), IdMap::kAbsent);
}

TEST(IdMap, ForgetsWhatIsErased) {
  IdMap map;
  map.insert(7, 1);
  map.erase(7);
  EXPECT_EQ(map.find(7), IdMap::kAbsent);
}

}  // namespace
}  // namespace mpglab::parser
