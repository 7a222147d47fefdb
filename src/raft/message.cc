#include "raft/message.h"

#include <array>

namespace zerodb::raft {

std::string_view name_of(const MessageBody& body) {
  constexpr std::array<std::string_view, std::variant_size_v<MessageBody>> names = {
      "VoteRequest", "VoteReply",      "Append",          "AppendReply",
      "Heartbeat",   "HeartbeatReply", "SnapshotChunk",   "ChunkReply",
      "TimeoutNow",  "ReadForward",    "ReadForwardReply"};
  return names[body.index()];
}

}  // namespace zerodb::raft
