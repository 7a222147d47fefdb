#include "raft/configuration.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace zerodb::raft {
namespace configuration_test {

NodeSet set_of(std::initializer_list<uint64_t> ids) {
  NodeSet set;
  for (const uint64_t id : ids) set.push_back(NodeId(id));
  return set;
}

TEST(Configuration, MajorityValueIsReachedByAMajority) {
  SeededRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    NodeSet set;
    for (uint64_t id = 1; id <= 1 + random.below(9); ++id) set.push_back(NodeId(id));
    std::vector<uint64_t> values(set.size() + 1);
    for (uint64_t& value : values) value = random.below(10);
    const auto of = [&](NodeId id) { return values[id.value()]; };
    const auto majority = majority_value<uint64_t>(set, of);
    const auto reached = [&](uint64_t value) {
      size_t count = 0;
      for (const NodeId id : set) count += of(id) >= value ? 1 : 0;
      return 2 * count > set.size();
    };
    EXPECT_TRUE(reached(majority));
    EXPECT_FALSE(reached(majority + 1));
  }
}

TEST(Configuration, NobodyDecidesWithoutVoters) {
  EXPECT_FALSE(Configuration().has_quorum([](NodeId) { return true; }));
  EXPECT_EQ(Configuration().quorum_value<uint64_t>([](NodeId) { return 7u; }), 0u);
}

TEST(Configuration, JointNeedsBothMajorities) {
  const Configuration joint{set_of({4, 5, 6}), set_of({1, 2, 3}), {}};
  const auto decides = [&](const NodeSet& yes) {
    return joint.has_quorum([&](NodeId id) { return contains(yes, id); });
  };
  EXPECT_FALSE(decides(set_of({1, 2, 3})));
  EXPECT_FALSE(decides(set_of({4, 5, 6})));
  EXPECT_FALSE(decides(set_of({1, 4, 5, 6})));
  EXPECT_TRUE(decides(set_of({1, 2, 4, 5})));
}

TEST(Configuration, ChangesVotersJointlyAndLearnersAtOnce) {
  const Configuration now{set_of({1, 2, 3}), {}, {}};
  EXPECT_EQ(now.towards(set_of({3, 2, 1, 1}), set_of({4})),
            (Configuration{set_of({1, 2, 3}), {}, set_of({4})}));
  const Configuration joint = now.towards(set_of({2, 3, 4}), set_of({1}));
  EXPECT_EQ(joint, (Configuration{set_of({2, 3, 4}), set_of({1, 2, 3}), set_of({1})}));
  EXPECT_TRUE(joint.is_voter(NodeId(1)));
  EXPECT_EQ(joint.left(), (Configuration{set_of({2, 3, 4}), {}, set_of({1})}));
  EXPECT_EQ(joint.members(), set_of({1, 2, 3, 4}));
}

TEST(Configuration, SurvivesEncodingAndRefusesEverythingElse) {
  const Configuration joint{set_of({2, 3, 4}), set_of({1, 2, 3}), set_of({9})};
  const std::string bytes = joint.encode();
  EXPECT_EQ(Configuration::decode(bytes).value(), joint);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Configuration::decode(bytes.substr(0, size)).has_value());
  }
  EXPECT_FALSE(Configuration::decode(bytes + "x").has_value());
  EXPECT_FALSE(Configuration::decode(std::string("\xff\xff\xff\xff", 4) + bytes).has_value());
  Configuration unsorted{set_of({2, 1}), {}, {}};
  EXPECT_FALSE(Configuration::decode(unsorted.encode()).has_value());
}

}  // namespace configuration_test
}  // namespace zerodb::raft
