// SessionTable: lets a state machine apply each request of a client once, however often it was
// proposed (Raft thesis, section 6.3).
//
// A client opens a session by an entry; the index of that entry is the session's id. Its requests
// carry ascending numbers and the lowest number that it still awaits an answer to; answers below
// are forgotten. The table is part of the replicated state: it must change in apply order only, by
// what entries say (also the time), and go into snapshots. When it is full, the session that was
// used least recently goes; its client learns that, and does not retry. Threading: a plain value.
// Bounds: sessions_max sessions, answers_max answers each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/strong_id.h"
#include "raft/ids.h"

namespace zerodb::raft {

using SessionId = StrongId<struct SessionIdTag, uint64_t>;
using RequestSeq = StrongId<struct RequestSeqTag, uint64_t>;

struct SessionLimits {
  size_t sessions_max = 10'000;
  size_t answers_max = 64;
  // In the units of the times that entries carry.
  uint64_t idle_max = 3'600'000;
};

// Fresh: apply it, then record(). Repeated: give `answer` again. Forgotten: answered and confirmed
// long ago. Expired: the session is gone, and whether the request was applied is not known. Full:
// too many answers of the session are not confirmed; nothing may be applied.
enum class RequestState : uint8_t { Fresh, Repeated, Forgotten, Expired, Full };

struct RequestLookup {
  RequestState state = RequestState::Expired;
  std::string_view answer;
};

class SessionTable {
 public:
  explicit SessionTable(SessionLimits limits = {}) : limits_(limits) {}

  // The entry at `index`, of `time`, opens a session.
  SessionId open(LogIndex index, uint64_t time);
  // An entry of `time` carries the request; what lies below `awaited` is forgotten.
  RequestLookup find(SessionId session, RequestSeq request, RequestSeq awaited, uint64_t time);
  // The answer to a request that find() called fresh.
  void record(SessionId session, RequestSeq request, std::string answer);
  // Sessions that were not used for idle_max go. `time` is that of an entry.
  void expire(uint64_t time);

  size_t size() const { return sessions_.size(); }
  std::string encode() const;
  // E1205 for bytes that encode() does not write.
  static Result<SessionTable> decode(std::string_view bytes, SessionLimits limits);

 private:
  struct Session {
    uint64_t used_at = 0;
    RequestSeq awaited;
    std::map<RequestSeq, std::string> answers;
  };
  void evict_oldest();

  SessionLimits limits_;
  std::map<SessionId, Session> sessions_;
};

}  // namespace zerodb::raft
