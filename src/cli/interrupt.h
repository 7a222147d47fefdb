// InterruptScope: Ctrl-C cancels the running statement; a second one ends the process.
//
// While a scope lives, SIGINT raises the session's cancel flag. One scope at a time, on the main
// thread.
#pragma once

#include "database/session.h"

namespace zerodb::cli {

class InterruptScope {
 public:
  explicit InterruptScope(database::Session& session);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  bool is_interrupted() const;

 private:
  database::Session& session_;
};

}  // namespace zerodb::cli
