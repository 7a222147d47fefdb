#include "raft/configuration.h"

#include <cstdint>
#include <iterator>

#include "base/bytes.h"
#include "base/error.h"

namespace zerodb::raft {

namespace {

NodeSet united(const NodeSet& a, const NodeSet& b) {
  NodeSet out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

void sort_unique(NodeSet& set) {
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

void put_set(std::string& out, const NodeSet& set) {
  put_le(out, static_cast<uint32_t>(set.size()));
  for (const NodeId id : set) put_le(out, id.value());
}

// Takes a set off the front of `bytes`; false for a malformed one.
bool take_set(std::string_view& bytes, NodeSet& set) {
  if (bytes.size() < sizeof(uint32_t)) return false;
  const uint32_t count = get_le<uint32_t>(bytes.data());
  bytes.remove_prefix(sizeof(uint32_t));
  if (bytes.size() / sizeof(uint64_t) < count) return false;
  for (uint32_t i = 0; i < count; ++i) {
    const NodeId id(get_le<uint64_t>(bytes.data()));
    if (!set.empty() && set.back() >= id) return false;
    set.push_back(id);
    bytes.remove_prefix(sizeof(uint64_t));
  }
  return true;
}

void print_set(std::string& out, std::string_view name, const NodeSet& set) {
  if (set.empty()) return;
  if (!out.empty()) out += ", ";
  out += name;
  for (const NodeId id : set) out += ' ' + std::to_string(id.value());
}

}  // namespace

NodeSet Configuration::members() const {
  return united(united(voters, outgoing), learners);
}

Configuration Configuration::towards(NodeSet target_voters, NodeSet target_learners) const {
  sort_unique(target_voters);
  sort_unique(target_learners);
  const bool is_same = target_voters == voters;
  return {std::move(target_voters), is_same ? NodeSet() : voters, std::move(target_learners)};
}

std::string Configuration::encode() const {
  std::string out;
  put_set(out, voters);
  put_set(out, outgoing);
  put_set(out, learners);
  return out;
}

Result<Configuration> Configuration::decode(std::string_view bytes) {
  Configuration out;
  const bool is_good = take_set(bytes, out.voters) && take_set(bytes, out.outgoing) &&
                       take_set(bytes, out.learners) && bytes.empty();
  if (!is_good) return Error(ErrorCode::E1205, "malformed configuration of a replica set");
  return out;
}

std::string Configuration::to_string() const {
  std::string out;
  print_set(out, "voters", voters);
  print_set(out, "outgoing", outgoing);
  print_set(out, "learners", learners);
  return out;
}

}  // namespace zerodb::raft
