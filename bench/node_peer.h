// NodePeer: a peer database that lives in a Node.js process (peers/peer.mjs), one command at a
// time.
//
// The process is ours: it starts with the object and ends with it. start() gives nothing when
// Node.js or the packages are not installed (`npm install` in bench/peers installs them); the
// benchmarks then say that the peer is missing.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace zerodb::bench {

class NodePeer {
 public:
  static std::unique_ptr<NodePeer> start(const std::string& name);
  ~NodePeer();
  NodePeer(const NodePeer&) = delete;
  NodePeer& operator=(const NodePeer&) = delete;

  const std::string& title() const { return title_; }
  // Nanoseconds that the command took inside the peer. The answer, if it is a number, goes into
  // *answer.
  double command(const std::string& text, int64_t* answer = nullptr);

 private:
  NodePeer(pid_t process, std::FILE* to, std::FILE* from)
      : process_(process), to_(to), from_(from) {}
  std::string ask(const std::string& text);

  pid_t process_;
  std::FILE* to_;
  std::FILE* from_;
  std::string title_;
};

}  // namespace zerodb::bench
