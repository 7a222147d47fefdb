// ShellCommand: what the shell obeys beside statements: a word that begins with a backslash.
//
// One table declares them; the help, completion, the shell itself and the guide's list come from
// it. Threading: free functions over constants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zerodb::cli {

struct ShellCommand {
  enum class Kind : uint8_t {
    Help,
    HelpOn,
    Quit,
    Describe,
    List,
    Connect,
    Edit,
    Include,
    Output,
    Write,
    Print,
    Reset,
    Go,
    GoExpanded,
    Watch,
    Live,
    Copy,
    Explain,
    Profile,
    Expanded,
    Format,
    Timing,
    Pager,
    Cut,
    Keys,
    Echo,
    ChangeFolder,
    System,
  };
  // What is completed behind the word.
  enum class Argument : uint8_t {
    None,
    Text,
    Table,
    Object,
    Database,
    File,
    Folder,
    Format,
    Switch,
    Keys
  };
  // What a statement in front of the command on the same input is to it.
  enum class Statement : uint8_t { Refused, Taken };

  std::string_view name;  // without the backslash
  Kind kind;
  std::string_view arguments;  // as the help shows them
  std::string_view doc;
  Argument argument = Argument::None;
  Statement statement = Statement::Refused;
  std::string_view query = {};  // of a List: the statement that it runs
};

std::span<const ShellCommand> shell_commands();
// By its word, without the backslash; null for none.
const ShellCommand* find_shell_command(std::string_view name);
// The list for a person, a line a command.
std::string shell_help();

}  // namespace zerodb::cli
