#include "raft/trace.h"

#include <array>
#include <string_view>
#include <variant>

namespace zerodb::raft {

namespace {

constexpr std::array<std::string_view, 4> kRoles = {"follower", "pre-candidate", "candidate",
                                                    "leader"};
constexpr std::array<std::string_view, std::variant_size_v<Input>> kInputs = {
    "Message",       "Tick",        "StartCampaign", "Propose",     "ReadIndex",
    "ChangeMembers", "Transfer",    "ForgetLeader",  "WriteDone",   "ApplyDone",
    "ChunkStored",   "InstallDone", "Compacted",     "Unreachable", "DiskState"};

// Objects and arrays of numbers and of names that need no escaping.
class Json {
 public:
  void open(std::string_view key, char bracket) {
    begin(key);
    text_ += bracket;
    is_first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    is_first_ = false;
  }
  void add(std::string_view key, uint64_t value) {
    begin(key);
    text_ += std::to_string(value);
  }
  template <typename Tag>
  void add(std::string_view key, StrongId<Tag, uint64_t> id) {
    add(key, id.value());
  }
  void add(std::string_view key, std::string_view value) {
    begin(key);
    text_ += '"';
    text_ += value;
    text_ += '"';
  }
  void add_bool(std::string_view key, bool value) {
    begin(key);
    text_ += value ? "true" : "false";
  }
  void add(std::string_view key, LogPosition position) {
    open(key, '{');
    add("index", position.index);
    add("term", position.term);
    close('}');
  }
  void add(std::string_view key, const NodeSet& set) {
    open(key, '[');
    for (const NodeId id : set) add("", id);
    close(']');
  }
  std::string take() { return std::move(text_); }

 private:
  void begin(std::string_view key) {
    if (!is_first_) text_ += ',';
    is_first_ = false;
    if (key.empty()) return;
    text_ += '"';
    text_ += key;
    text_ += "\":";
  }
  std::string text_;
  bool is_first_ = true;
};

void add_message(Json& json, const Message& message) {
  json.add("from", message.from);
  json.open("message", '{');
  json.add("term", message.term);
  if (const auto* append = std::get_if<Append>(&message.body)) {
    json.add("previous", append->previous);
    json.open("entries", '[');
    for (const Entry& entry : append->entries) json.add("", entry.position());
    json.close(']');
    json.add("commit", append->commit);
  } else if (const auto* reply = std::get_if<AppendReply>(&message.body)) {
    json.add_bool("accepted", reply->accepted);
    json.add("match", reply->match);
  } else if (const auto* vote = std::get_if<VoteReply>(&message.body)) {
    json.add_bool("granted", vote->granted);
  }
  json.close('}');
}

void add_state(Json& json, const View& view) {
  json.open("state", '{');
  json.add("role", kRoles[static_cast<size_t>(view.role)]);
  json.add("term", view.term);
  json.add("vote", view.vote);
  json.add("leader", view.leader);
  json.add("last", view.log.last_position());
  json.add("durable", view.log.durable());
  json.add("commit", view.log.commit());
  json.add("applied", view.log.applied());
  json.add("voters", view.configuration.voters);
  json.add("outgoing", view.configuration.outgoing);
  json.add("learners", view.configuration.learners);
  json.add("pending", view.log.pending().size());
  json.close('}');
}

void add_sent(Json& json, const Message& message, IoSeq after) {
  json.open("", '{');
  json.add("to", message.to);
  json.add("name", name_of(message.body));
  json.add("term", message.term);
  if (after != IoSeq()) json.add("after", after);
  json.close('}');
}

}  // namespace

std::string trace_line(uint64_t seq, const Core& core, const Input& input, const Ready& ready) {
  const auto* message = std::get_if<Message>(&input);
  Json json;
  json.open("", '{');
  json.add("seq", seq);
  json.add("node", core.view().id);
  json.add("event", message != nullptr ? name_of(message->body) : kInputs[input.index()]);
  if (message != nullptr) add_message(json, *message);
  add_state(json, core.view());
  json.open("sent", '[');
  for (const Message& sent : ready.send_now) add_sent(json, sent, IoSeq());
  for (const Message& sent : ready.send_after_write) add_sent(json, sent, ready.seq);
  json.close(']');
  json.close('}');
  return json.take();
}

}  // namespace zerodb::raft
