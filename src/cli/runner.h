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
#include "cli/result_stream.h"
#include "database/session.h"

namespace zerodb::cli {

class Runner {
 public:
  struct Settings {
    enum class Expanded : uint8_t { Off, On, Auto };

    OutputFormat format = OutputFormat::Table;
    // Of tables: a line a column always, or where the terminal is too narrow.
    Expanded expanded = Expanded::Off;
    bool cuts = false;   // tables to the width of the terminal
    bool pages = false;  // what is longer than the terminal
    std::string pager = "less -S";
    bool timing = false;
    bool keep_going = false;
    bool is_interactive = false;  // the shell outlives Ctrl-C
    std::FILE* out = stdout;      // borrowed
  };

  // The session is borrowed.
  Runner(database::Session& session, Settings settings);

  // --set and --param of the command line. A value is a zeroql literal or, if it is none, a string.
  Status set_option(const std::string& name, const std::string& value);
  Status bind_parameter(const std::string& name, const std::string& value);

  // Runs every statement of a script. Gives an exit code: kExitOk, kExitStatement, kExitCancelled
  // or kExitInterrupted. Without keep_going it stops at the first failing statement.
  int run(const database::Script& script);
  // Shows a text where results go.
  void show(std::string_view text);

  Settings& settings() { return settings_; }

 private:
  // The exit code of one statement.
  int run_statement(const database::Script& script, size_t index);
  Status print(database::ResultSet& result, ResultPrinter& printer, const ResultStream& stream);
  std::unique_ptr<ResultStream> make_stream() const;
  std::unique_ptr<ResultPrinter> make_printer(std::FILE* out) const;
  void print_timing(const database::ResultSet& result) const;

  database::Session& session_;
  Settings settings_;
  database::Parameters parameters_;
};

}  // namespace zerodb::cli
