// Configuration: who votes and who learns, with the majorities that follow from it.
//
// While `outgoing` is not empty the configuration is joint: each decision needs a majority of
// `voters` and a majority of `outgoing` (Raft paper, section 6). A node that is in `outgoing` and
// in `learners` votes until the joint configuration ends. Threading: a plain value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "raft/ids.h"

namespace zerodb::raft {

// Ascending, without doubles.
using NodeSet = std::vector<NodeId>;

inline bool contains(const NodeSet& set, NodeId id) {
  return std::binary_search(set.begin(), set.end(), id);
}

// The greatest value that a majority reaches; a default Value for an empty set.
template <typename Value, typename Of>
Value majority_value(const NodeSet& set, Of of) {
  if (set.empty()) return Value();
  std::vector<Value> values;
  values.reserve(set.size());
  for (const NodeId id : set) values.push_back(of(id));
  // In descending order, the value at size / 2 is reached by size / 2 + 1 members.
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end(), [](Value a, Value b) { return a > b; });
  return *middle;
}

struct Configuration {
  NodeSet voters;
  NodeSet outgoing;
  NodeSet learners;

  bool operator==(const Configuration&) const = default;
  bool is_joint() const { return !outgoing.empty(); }
  bool is_voter(NodeId id) const { return contains(voters, id) || contains(outgoing, id); }
  bool is_member(NodeId id) const { return is_voter(id) || contains(learners, id); }
  NodeSet members() const;

  // Whether the nodes for which `has` is true decide. Never without voters.
  template <typename Has>
  bool has_quorum(Has has) const {
    return !voters.empty() && majority_value<bool>(voters, has) &&
           (outgoing.empty() || majority_value<bool>(outgoing, has));
  }
  // The greatest value that a quorum reaches.
  template <typename Value, typename Of>
  Value quorum_value(Of of) const {
    const Value incoming = majority_value<Value>(voters, of);
    return outgoing.empty() ? incoming : std::min(incoming, majority_value<Value>(outgoing, of));
  }

  // The next step towards `voters` and `learners`: joint if the voters differ. Sorts them.
  Configuration towards(NodeSet target_voters, NodeSet target_learners) const;
  // The end of a joint configuration.
  Configuration left() const { return {voters, {}, learners}; }

  std::string encode() const;
  // E1205 for bytes that encode() does not write.
  static Result<Configuration> decode(std::string_view bytes);
  // "voters 1 2 3, outgoing 1 2, learners 4".
  std::string to_string() const;
};

}  // namespace zerodb::raft
