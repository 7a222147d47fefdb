// Options: what the command line asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/check.h"
#include "cli/command_line.h"
#include "cli/fmt.h"
#include "cli/lint.h"
#include "cli/output_format.h"
#include "cli/store_commands.h"

namespace zerodb::cli {

// Exit codes of the binary.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 1;
inline constexpr int kExitOpen = 2;
inline constexpr int kExitStatement = 3;
inline constexpr int kExitCancelled = 4;
inline constexpr int kExitInterrupted = 130;

// A quarter of the memory of the machine, for what --memory says.
uint64_t default_memory_budget();

struct Options {
  enum class Command : uint8_t {
    Run,
    Demo,
    Explain,
    Check,
    Fmt,
    Lint,
    Lsp,
    CheckStore,
    Backup,
    Restore,
    Completion,
    Man
  };
  // Text to run, in the order of the command line.
  struct Input {
    enum class Kind : uint8_t { Text, File } kind = Kind::Text;
    std::string value;
  };

  Command command = Command::Run;
  std::string path;  // empty: in memory
  std::vector<Input> inputs;
  std::optional<OutputFormat> format;  // nothing: table on a terminal, tsv otherwise
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string user;                                  // empty: root
  std::string timeout;                               // a duration such as 30s; empty: none
  uint64_t memory_budget = default_memory_budget();  // bytes, of database::DatabaseOptions
  bool timing = false;
  bool keep_going = false;
  bool quiet = false;
  bool no_startup = false;  // without the startup file

  double watch_seconds = -1;  // negative: run once

  std::string explain_code;
  std::string completion_shell;
  std::string man_command;  // empty: the program
  CheckOptions check;
  LintOptions lint;
  FmtOptions fmt;
  StoreOptions store;

  std::string demo_data;  // a file in the format of apt-cache dumpavail; empty: the machine's own,
                          // or generated
  std::string demo_path;  // where the loaded database is kept; empty: the user's cache folder
  bool demo_fresh = false;
};

struct ParsedOptions {
  Options options;
  // Set when the program should end at once with this code; the text was printed.
  std::optional<int> exit_code;
};

ParsedOptions parse_options(int argc, char** argv);
// What parse_options takes.
CommandDescription describe_command_line();

}  // namespace zerodb::cli
