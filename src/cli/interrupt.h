// InterruptScope: Ctrl-C cancels the running statement; in a script a second one ends the process.
//
// While a scope lives, SIGINT raises the session's cancel flag. One scope at a time, on the main
// thread.
#pragma once

#include "database/session.h"

namespace zerodb::cli {

class InterruptScope {
 public:
  // What a second Ctrl-C does. A shell is never lost by it: a pager may still run.
  enum class Second : uint8_t { EndsProcess, DoesNothing };
  InterruptScope(database::Session& session, Second second);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  bool is_interrupted() const;
  // Waits so long, or until Ctrl-C; false if it came.
  bool wait(double seconds) const;

 private:
  database::Session& session_;
};

}  // namespace zerodb::cli
