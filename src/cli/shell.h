// Shell: the interactive loop: reads texts, runs them, obeys the backslash commands.
#pragma once

#include "cli/line_reader.h"
#include "cli/runner.h"

namespace zerodb::cli {

class Shell {
 public:
  // Both borrowed.
  Shell(Runner& runner, database::Session& session) : runner_(runner), session_(session) {}

  // Until the end of input or \q; gives the exit code.
  int run(LineReader& reader);

 private:
  enum class After : uint8_t { Continue, Quit };
  After obey(std::string_view command);
  std::string prompt() const;

  Runner& runner_;
  database::Session& session_;
};

}  // namespace zerodb::cli
