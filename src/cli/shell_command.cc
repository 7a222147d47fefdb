#include "cli/shell_command.h"

#include <array>

namespace zerodb::cli {
namespace {

using Kind = ShellCommand::Kind;
using Argument = ShellCommand::Argument;
constexpr auto kTaken = ShellCommand::Statement::Taken;
constexpr auto kRefused = ShellCommand::Statement::Refused;

constexpr std::array kCommands = {
    ShellCommand{"?", Kind::Help, "", "this list"},
    ShellCommand{"h", Kind::HelpOn, "NAME", "what a function or an error code means",
                 Argument::Text},
    ShellCommand{"q", Kind::Quit, "", "end; so does Ctrl-D on an empty line"},

    ShellCommand{"d", Kind::Describe, "[NAME]",
                 "tables, edges and views; or one of them, an enum, a function, ..",
                 Argument::Object},
    ShellCommand{"dt", Kind::List, "", "tables, edges too", Argument::None, kRefused,
                 "DESCRIBE TABLES"},
    ShellCommand{"dE", Kind::List, "", "edges", Argument::None, kRefused, "DESCRIBE EDGES"},
    ShellCommand{"dv", Kind::List, "", "views", Argument::None, kRefused, "DESCRIBE VIEWS"},
    ShellCommand{"di", Kind::List, "[TABLE]", "indexes", Argument::Table, kRefused,
                 "DESCRIBE INDEXES"},
    ShellCommand{"df", Kind::List, "", "functions of the database", Argument::None, kRefused,
                 "DESCRIBE FUNCTIONS"},
    ShellCommand{"dT", Kind::List, "", "types", Argument::None, kRefused, "DESCRIBE TYPES"},
    ShellCommand{"de", Kind::List, "", "enums", Argument::None, kRefused, "DESCRIBE ENUMS"},
    ShellCommand{"ds", Kind::List, "", "sequences", Argument::None, kRefused, "DESCRIBE SEQUENCES"},
    ShellCommand{"dp", Kind::List, "", "parameters", Argument::None, kRefused, "DESCRIBE PARAMS"},
    ShellCommand{"da", Kind::List, "", "analyzers", Argument::None, kRefused, "DESCRIBE ANALYZERS"},
    ShellCommand{"du", Kind::List, "", "users", Argument::None, kRefused, "DESCRIBE USERS"},
    ShellCommand{"dg", Kind::List, "", "roles", Argument::None, kRefused, "DESCRIBE ROLES"},
    ShellCommand{"dn", Kind::List, "", "namespaces", Argument::None, kRefused,
                 "DESCRIBE NAMESPACES"},
    ShellCommand{"l", Kind::List, "", "databases", Argument::None, kRefused, "DESCRIBE DATABASES"},
    ShellCommand{"jobs", Kind::List, "", "what the database does in the background", Argument::None,
                 kRefused, "SELECT * FROM system::jobs"},
    ShellCommand{"c", Kind::Connect, "[DATABASE]",
                 "use another database; or say which one is in use", Argument::Database},

    ShellCommand{"e", Kind::Edit, "[FILE]", "edit the statement, or a file, in $EDITOR and run it",
                 Argument::File, kTaken},
    ShellCommand{"g", Kind::Go, "", "run the statement, or the last one again", Argument::None,
                 kTaken},
    ShellCommand{"gx", Kind::GoExpanded, "", "the same, a line a column", Argument::None, kTaken},
    ShellCommand{"watch", Kind::Watch, "[SECONDS]",
                 "run it again and again until Ctrl-C; 2 seconds apart", Argument::Text, kTaken},
    ShellCommand{"live", Kind::Live, "[SECONDS]",
                 "what LIVE queries have to tell, until Ctrl-C or for so long", Argument::Text},
    ShellCommand{"explain", Kind::Explain, "[STATEMENT]", "how it would be run", Argument::Text,
                 kTaken},
    ShellCommand{"profile", Kind::Profile, "[STATEMENT]", "run it and show how long each step took",
                 Argument::Text, kTaken},
    ShellCommand{"p", Kind::Print, "", "show the statement, or the last one", Argument::None,
                 kTaken},
    ShellCommand{"r", Kind::Reset, "", "forget what was typed", Argument::None, kTaken},
    ShellCommand{"w", Kind::Write, "FILE", "write the statement, or the last one, to a file",
                 Argument::File, kTaken},
    ShellCommand{"i", Kind::Include, "FILE", "run a file", Argument::File},
    ShellCommand{"copy", Kind::Copy, "TABLE FROM|TO FILE",
                 "COPY with a file of the folder that the shell is in; it needs no quotes",
                 Argument::Text},
    ShellCommand{"o", Kind::Output, "[FILE]",
                 "results go to a file, or through |COMMAND; without one to the terminal again",
                 Argument::File},

    ShellCommand{"x", Kind::Expanded, "[on|off|auto]",
                 "a line a column; auto: where a table is too wide", Argument::Switch},
    ShellCommand{"format", Kind::Format, "[NAME]", "form of the results", Argument::Format},
    ShellCommand{"timing", Kind::Timing, "[on|off]", "the time of each statement",
                 Argument::Switch},
    ShellCommand{"pager", Kind::Pager, "[on|off]",
                 "what is longer than the screen goes through $PAGER", Argument::Switch},
    ShellCommand{"cut", Kind::Cut, "[on|off]", "tables are cut to the width of the terminal",
                 Argument::Switch},
    ShellCommand{"keys", Kind::Keys, "[emacs|vi]", "how lines are edited", Argument::Keys},
    ShellCommand{"echo", Kind::Echo, "TEXT", "print a text", Argument::Text},
    ShellCommand{"cd", Kind::ChangeFolder, "[FOLDER]", "change the working folder",
                 Argument::Folder},
    ShellCommand{"!", Kind::System, "COMMAND", "run a command of the system's shell",
                 Argument::Text},
};

}  // namespace

std::span<const ShellCommand> shell_commands() {
  return kCommands;
}

const ShellCommand* find_shell_command(std::string_view name) {
  for (const ShellCommand& each : kCommands) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

std::string shell_help() {
  constexpr size_t kColumn = 24;
  std::string out =
      "A statement ends in a semicolon; Tab completes, Alt-Enter begins a line, Ctrl-C gives up.\n"
      "A command may stand behind a statement: SELECT 1 \\gx\n\n";
  for (const ShellCommand& each : kCommands) {
    std::string line = "  \\" + std::string(each.name) + " " + std::string(each.arguments);
    line.resize(std::max(kColumn, line.size() + 1), ' ');
    out += line + std::string(each.doc) + "\n";
  }
  return out;
}

}  // namespace zerodb::cli
