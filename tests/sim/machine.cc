#include "machine.h"

#include "base/bytes.h"
#include "violation.h"

namespace zerodb::sim {

using raft::EntryKind;

uint64_t hash_bytes(std::string_view bytes) {
  uint64_t hash = bytes.size();
  for (; bytes.size() >= 8; bytes.remove_prefix(8))
    hash = mix(hash, get_le<uint64_t>(bytes.data()));
  for (const char byte : bytes) hash = mix(hash, static_cast<unsigned char>(byte));
  return hash;
}

uint64_t hash_entry(const raft::Entry& entry) {
  uint64_t hash = mix(entry.index.value(), entry.term.value());
  hash = mix(hash, static_cast<uint64_t>(entry.kind));
  return mix(hash, hash_bytes(entry.payload.view()));
}

std::string Request::encode() const {
  std::string out;
  for (const uint64_t value : {nonce, session, seq, time}) put_le(out, value);
  out.append(padding_bytes, 'x');
  return out;
}

Request Request::decode(std::string_view bytes) {
  require(bytes.size() >= 32, "machine", "an entry is no request");
  const auto number = [&](size_t i) { return get_le<uint64_t>(bytes.data() + 8 * i); };
  return {number(0), number(1), number(2), number(3), bytes.size() - 32};
}

void Machine::apply(const raft::Entry& entry) {
  require(entry.index == next(applied.index), "apply order",
          "applied " + std::to_string(entry.index.value()) + " after " +
              std::to_string(applied.index.value()));
  applied = entry.position();
  hash = mix(hash, hash_entry(entry));
  if (entry.kind == EntryKind::Config) {
    configuration = raft::Configuration::decode(entry.payload.view()).value();
  }
  if (entry.kind != EntryKind::Normal) return;
  const Request request = Request::decode(entry.payload.view());
  if (request.session == 0) {
    hash = mix(hash, sessions.open(entry.index, request.time).value());
    return;
  }
  const raft::SessionId session(request.session);
  const raft::RequestSeq seq(request.seq);
  const auto known = sessions.find(session, seq, seq, request.time);
  hash = mix(hash, static_cast<uint64_t>(known.state));
  if (known.state != raft::RequestState::Fresh) return;
  sessions.record(session, seq, std::to_string(request.seq));
  const uint64_t count = ++counts[request.session];
  require(
      count == request.seq, "exactly once",
      "request " + std::to_string(request.seq) + " took effect as number " + std::to_string(count));
}

std::string Machine::encode() const {
  std::string out;
  const auto put_text = [&](const std::string& text) {
    put_le<uint64_t>(out, text.size());
    out += text;
  };
  put_le(out, applied.index.value());
  put_le(out, applied.term.value());
  put_le(out, hash);
  put_text(configuration.encode());
  put_text(sessions.encode());
  for (const auto& [session, count] : counts) {
    put_le(out, session);
    put_le(out, count);
  }
  return out;
}

Machine Machine::decode(std::string_view bytes) {
  Machine out;
  const auto take_number = [&] {
    require(bytes.size() >= 8, "snapshot", "cut short");
    const uint64_t value = get_le<uint64_t>(bytes.data());
    bytes.remove_prefix(8);
    return value;
  };
  const auto take_text = [&] {
    const uint64_t size = take_number();
    require(bytes.size() >= size, "snapshot", "cut short");
    const std::string_view text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return text;
  };
  out.applied.index = raft::LogIndex(take_number());
  out.applied.term = raft::Term(take_number());
  out.hash = take_number();
  out.configuration = raft::Configuration::decode(take_text()).value();
  out.sessions = raft::SessionTable::decode(take_text(), {}).value();
  while (!bytes.empty()) {
    const uint64_t session = take_number();
    out.counts[session] = take_number();
  }
  return out;
}

}  // namespace zerodb::sim
