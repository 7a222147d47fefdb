#include "node_peer.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "contest.h"
#include "our_session.h"
#include "value/json.h"
#include "value/zval.h"

namespace zerodb::bench {

std::unique_ptr<NodePeer> NodePeer::start(const std::string& name) {
  const std::string folder = ZERODB_BENCH_PEERS;
  if (!std::filesystem::exists(folder + "/node_modules")) return nullptr;
  int to[2];
  int from[2];
  if (pipe(to) != 0 || pipe(from) != 0) fail("no pipes");
  const pid_t process = fork();
  if (process < 0) fail("no process");
  if (process == 0) {
    dup2(to[0], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    for (const int end : {to[0], to[1], from[0], from[1]}) close(end);
    execlp("node", "node", (folder + "/peer.mjs").c_str(), name.c_str(), nullptr);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  std::unique_ptr<NodePeer> peer(new NodePeer(process, fdopen(to[1], "w"), fdopen(from[0], "r")));
  const std::string line = peer->ask("version");
  const auto reply = parse_json(line);
  if (!reply) return nullptr;
  const auto version = ObjectView(*reply).find("answer");
  if (!version || version->tag() != Tag::String) return nullptr;
  peer->title_ = name + " " + std::string(version->as_string()) + ", in memory, through Node.js";
  return peer;
}

NodePeer::~NodePeer() {
  std::fclose(to_);
  std::fclose(from_);
  int status = 0;
  waitpid(process_, &status, 0);
}

std::string NodePeer::ask(const std::string& text) {
  std::fprintf(to_, "%s\n", text.c_str());
  std::fflush(to_);
  std::string line;
  for (int c = 0; (c = std::fgetc(from_)) != EOF && c != '\n';) line += static_cast<char>(c);
  return line;
}

double NodePeer::command(const std::string& text, int64_t* answer) {
  const std::string line = ask(text);
  const Value reply = must(parse_json(line));
  const ObjectView object(reply);
  const auto time = object.find("ns");
  if (!time) fail(title_ + ": " + line);
  if (const auto value = object.find("answer");
      answer != nullptr && value && is_integer(value->tag()))
    *answer = value->as_int64();
  return time->tag() == Tag::F64 ? time->as_float64() : static_cast<double>(time->as_int64());
}

}  // namespace zerodb::bench
