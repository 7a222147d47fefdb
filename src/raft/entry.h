// Entry: one position of the replicated log.
//
// Threading: plain values; the bytes of a payload are immutable and shared by whoever holds one
// (the socket that received it, the log, the messages to peers, the state machine).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "raft/ids.h"

namespace zerodb::raft {

class Payload {
 public:
  Payload() = default;
  explicit Payload(std::string bytes)
      : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}

  std::string_view view() const { return bytes_ ? std::string_view(*bytes_) : std::string_view(); }
  size_t size() const { return bytes_ ? bytes_->size() : 0; }
  bool operator==(const Payload& other) const { return view() == other.view(); }

 private:
  std::shared_ptr<const std::string> bytes_;
};

// Noop opens a leader's term; Config holds an encoded Configuration.
enum class EntryKind : uint8_t { Normal, Noop, Config };

struct Entry {
  LogIndex index;
  Term term;
  EntryKind kind = EntryKind::Normal;
  Payload payload;

  LogPosition position() const { return {index, term}; }
  bool operator==(const Entry&) const = default;
};

// What an entry costs beside its payload, wherever bytes are counted; so that empty ones cost
// something too.
inline constexpr uint64_t kEntryOverheadBytes = 32;
inline uint64_t cost_bytes(const Entry& entry) {
  return kEntryOverheadBytes + entry.payload.size();
}

// Term and vote must be durable before anything that follows from them is said. The commit index is
// a hint that shortens recovery: it may be lost.
struct HardState {
  Term term;
  NodeId vote;
  LogIndex commit;
  bool operator==(const HardState&) const = default;
};

}  // namespace zerodb::raft
