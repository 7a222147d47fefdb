// CommandLine: what the command line of the program takes, as plain values. The manual and the
// completions of other shells are written from it, so they cannot say anything else than --help.
//
// Threading: plain values and free functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zerodb::cli {

struct OptionDescription {
  std::vector<std::string> names;  // "-f", "--file"; a positional has its one name, such as "files"
  std::string value;               // FILE, FOLDER, on|off, ..; empty: a flag
  std::string doc;
  bool is_positional = false;
  bool is_repeated = false;
  bool is_required = false;

  // The words that the value can be; none if it is free.
  std::vector<std::string> choices() const;
};

struct CommandDescription {
  std::string name;
  std::string doc;
  std::string footer;
  std::vector<OptionDescription> options;  // positionals too
  std::vector<CommandDescription> commands;
};

// Pages of the manual, in the man macros: zerodb(1), or zerodb-fmt(1) for one of its commands.
std::string manual_page(const CommandDescription& program, const CommandDescription& command,
                        std::string_view version);

// Scripts that teach a shell to complete the program's arguments.
std::string bash_completion(const CommandDescription& program);
std::string zsh_completion(const CommandDescription& program);
std::string fish_completion(const CommandDescription& program);

}  // namespace zerodb::cli
