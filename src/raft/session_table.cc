#include "raft/session_table.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/error.h"

namespace zerodb::raft {

namespace {

// Takes numbers and strings off the front of bytes; stays empty-handed after a failure.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}
  uint64_t number() {
    if (bytes_.size() < sizeof(uint64_t)) return fail();
    const uint64_t value = get_le<uint64_t>(bytes_.data());
    bytes_.remove_prefix(sizeof(uint64_t));
    return value;
  }
  std::string text() {
    const uint64_t size = number();
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return out;
  }
  bool has_failed() const { return has_failed_; }
  bool is_at_end() const { return bytes_.empty(); }

 private:
  uint64_t fail() {
    has_failed_ = true;
    bytes_ = {};
    return 0;
  }
  std::string_view bytes_;
  bool has_failed_ = false;
};

}  // namespace

SessionId SessionTable::open(LogIndex index, uint64_t time) {
  expire(time);
  if (sessions_.size() >= limits_.sessions_max) evict_oldest();
  const SessionId session(index.value());
  sessions_[session].used_at = time;
  return session;
}

RequestLookup SessionTable::find(SessionId session, RequestSeq request, RequestSeq awaited,
                                 uint64_t time) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return {RequestState::Expired, {}};
  Session& known = found->second;
  known.used_at = std::max(known.used_at, time);
  known.awaited = std::max(known.awaited, awaited);
  known.answers.erase(known.answers.begin(), known.answers.lower_bound(known.awaited));
  if (request < known.awaited) return {RequestState::Forgotten, {}};
  const auto answer = known.answers.find(request);
  if (answer != known.answers.end()) return {RequestState::Repeated, answer->second};
  if (known.answers.size() >= limits_.answers_max) return {RequestState::Full, {}};
  return {RequestState::Fresh, {}};
}

void SessionTable::record(SessionId session, RequestSeq request, std::string answer) {
  const auto found = sessions_.find(session);
  ASSERT(found != sessions_.end());
  found->second.answers.emplace(request, std::move(answer));
}

void SessionTable::expire(uint64_t time) {
  std::erase_if(sessions_, [&](const auto& entry) {
    return time > entry.second.used_at && time - entry.second.used_at > limits_.idle_max;
  });
}

void SessionTable::evict_oldest() {
  const auto oldest = std::min_element(
      sessions_.begin(), sessions_.end(),
      [](const auto& a, const auto& b) { return a.second.used_at < b.second.used_at; });
  if (oldest != sessions_.end()) sessions_.erase(oldest);
}

std::string SessionTable::encode() const {
  std::string out;
  put_le<uint64_t>(out, sessions_.size());
  for (const auto& [id, session] : sessions_) {
    put_le(out, id.value());
    put_le(out, session.used_at);
    put_le(out, session.awaited.value());
    put_le<uint64_t>(out, session.answers.size());
    for (const auto& [request, answer] : session.answers) {
      put_le(out, request.value());
      put_le<uint64_t>(out, answer.size());
      out += answer;
    }
  }
  return out;
}

Result<SessionTable> SessionTable::decode(std::string_view bytes, SessionLimits limits) {
  SessionTable table(limits);
  Decoder input(bytes);
  const uint64_t sessions = input.number();
  for (uint64_t i = 0; i < sessions && !input.has_failed(); ++i) {
    Session& session = table.sessions_[SessionId(input.number())];
    session.used_at = input.number();
    session.awaited = RequestSeq(input.number());
    const uint64_t answers = input.number();
    for (uint64_t k = 0; k < answers && !input.has_failed(); ++k) {
      const RequestSeq request(input.number());
      session.answers[request] = input.text();
    }
  }
  if (input.has_failed() || !input.is_at_end() || table.sessions_.size() != sessions) {
    return Error(ErrorCode::E1205, "malformed session table of a replica set");
  }
  return table;
}

}  // namespace zerodb::raft
