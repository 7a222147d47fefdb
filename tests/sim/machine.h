// Machine: the replicated state machine of the simulations. It counts the requests of each session,
// so that one that is applied twice shows, and hashes everything it applied, in order.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "raft/configuration.h"
#include "raft/entry.h"
#include "raft/session_table.h"

namespace zerodb::sim {

inline uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  hash ^= hash >> 31;
  return hash * 0xbf58476d1ce4e5b9;
}
uint64_t hash_bytes(std::string_view bytes);
uint64_t hash_entry(const raft::Entry& entry);

// A client's request as bytes: opening a session (session 0), or one numbered request of it.
struct Request {
  uint64_t nonce = 0;
  uint64_t session = 0;
  uint64_t seq = 0;
  uint64_t time = 0;
  uint64_t padding_bytes = 0;

  std::string encode() const;
  static Request decode(std::string_view bytes);
};

struct Machine {
  raft::LogPosition applied;
  raft::Configuration configuration;
  uint64_t hash = 0;
  raft::SessionTable sessions;
  // Requests that took effect, by session.
  std::map<uint64_t, uint64_t> counts;

  void apply(const raft::Entry& entry);
  std::string encode() const;
  static Machine decode(std::string_view bytes);
};

}  // namespace zerodb::sim
