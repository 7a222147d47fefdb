// Runner: runs texts in a session and prints what they give.
//
// Threading: belongs to the main thread; the session may be cancelled from a signal handler through
// SignalScope.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "cli/options.h"
#include "cli/result_printer.h"
#include "database/session.h"

namespace zerodb::cli {

class Runner {
 public:
  struct Settings {
    OutputFormat format = OutputFormat::Table;
    bool timing = false;
    bool keep_going = false;
  };

  // The session is borrowed.
  Runner(database::Session& session, Settings settings);

  // --set and --param of the command line. A value is a zeroql literal or, if it is none, a string.
  Status set_option(const std::string& name, const std::string& value);
  Status bind_parameter(const std::string& name, const std::string& value);

  // Runs every statement of a text; `name` is what messages call it. Gives an exit code: kExitOk,
  // kExitStatement, kExitCancelled or kExitInterrupted. Without keep_going it stops at the first
  // failing statement.
  int run(std::string text, std::string name);

  Settings& settings() { return settings_; }

 private:
  // The exit code of one statement.
  int run_statement(const database::Script& script, size_t index);
  void report(const Error& error, const database::Script& script, uint32_t statement_begin);
  Status print_rows(database::ResultSet& result);
  void print_timing(const database::ResultSet& result) const;

  database::Session& session_;
  Settings settings_;
  std::unique_ptr<ResultPrinter> printer_;
  OutputFormat printer_format_;
  database::Parameters parameters_;
};

}  // namespace zerodb::cli
