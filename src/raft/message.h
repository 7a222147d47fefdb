// Message: what the members of one replica set say to each other.
//
// A message carries its sender's term, except PreVote, which carries the term that its sender would
// campaign in, and the grant of one. Nothing in a message is trusted beyond the model of Raft
// (peers may be slow, wrong about the present and lose messages, but they do not lie); shapes that
// no peer sends are refused with E1211. Threading: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "raft/entry.h"
#include "raft/ids.h"
#include "raft/log_view.h"
#include "raft/next_index.h"
#include "raft/term_runs.h"

namespace zerodb::raft {

enum class VoteRound : uint8_t { PreVote, Vote };
// A campaign on the leader's order may be voted for although that leader is alive.
enum class Campaign : uint8_t { Timeout, Transfer };
// How full the disk of a member is. NearlyFull: only entries that free space are admitted.
enum class DiskLevel : uint8_t { Normal, NearlyFull };

struct VoteRequest {
  VoteRound round;
  Campaign campaign = Campaign::Timeout;
  LogPosition last;
};

struct VoteReply {
  VoteRound round;
  bool granted = false;
  // An entry that is committed, as far as the candidate's log reaches, or zero. A voter that was
  // removed knows so, and those who stay may not: they would need its vote, and its log may be
  // longer.
  LogPosition committed;
};

struct Append {
  AppendSeq seq;
  LogPosition previous;
  LogIndex commit;
  std::vector<Entry> entries;
  // While the leader looks for the end of the follower's agreement with its log.
  bool is_probe = false;
  NextIndexMode mode = NextIndexMode::RunVector;
  LogIndex low;
  std::vector<TermRun> runs;
};

// Accepted up to `match`, durably; or refused, with what the leader needs to look further.
struct AppendReply {
  AppendSeq seq;
  bool accepted = false;
  LogIndex match;
  Refusal refusal;
  DiskLevel disk = DiskLevel::Normal;
};

struct Heartbeat {
  Round round;
  LogIndex commit;
};

struct HeartbeatReply {
  Round round;
  // Of each configuration up to this index a crash will not make the sender forget that it is
  // committed.
  LogIndex durable_commit;
  DiskLevel disk = DiskLevel::Normal;
};

// Bytes of a snapshot from `offset`; the last ones when they reach meta.bytes.
struct SnapshotChunk {
  SnapshotMeta meta;
  uint64_t offset = 0;
  std::string bytes;
  uint32_t crc = 0;
};

// The offset that the follower wants next.
struct ChunkReply {
  uint64_t uid = 0;
  uint64_t offset = 0;
};

// Orders the receiver to campaign at once.
struct TimeoutNow {};

// A read that a follower was asked for. The nonce is that of one life of the asking node, so that
// an answer to a request of an earlier life is not taken for another one.
struct ReadForward {
  uint64_t nonce = 0;
  uint64_t context = 0;
};

struct ReadForwardReply {
  uint64_t nonce = 0;
  uint64_t context = 0;
  bool granted = false;
  LogIndex index;
};

using MessageBody =
    std::variant<VoteRequest, VoteReply, Append, AppendReply, Heartbeat, HeartbeatReply,
                 SnapshotChunk, ChunkReply, TimeoutNow, ReadForward, ReadForwardReply>;

struct Message {
  NodeId from;
  NodeId to;
  Term term;
  MessageBody body;
};

// "Append", "VoteReply", and so on.
std::string_view name_of(const MessageBody& body);

}  // namespace zerodb::raft
