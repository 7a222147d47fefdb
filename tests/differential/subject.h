// Subject: a session of zerodb whose answers are taken as text that compares with that of a peer.
//
// Threading: belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include "database/session.h"
#include "sqlite_connection.h"

namespace zerodb::differential {

// Ends the process: the test itself is wrong.
[[noreturn]] void fail(const std::string& what, const Error& error);

struct Subject {
  std::string name;
  std::unique_ptr<database::Session> session;
  bool is_twin = false;  // of the subject before it: rows come in the same order

  Result<Rows> run(const std::string& text) const;
  // Ends the process when it fails.
  void must(const std::string& text) const;
};

}  // namespace zerodb::differential
