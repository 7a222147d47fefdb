// The manual: pages in the man macros, from the declarations of the command line.
#include <algorithm>

#include "cli/command_line.h"

namespace zerodb::cli {
namespace {

// Text as roff takes it: hyphens are hyphens, nothing is a request.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      const bool begins_line = out.empty() || out.back() == '\n';
      if (begins_line && (c == '.' || c == '\'')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string synopsis_of(const OptionDescription& option) {
  std::string text = option.is_positional ? "\\fI" + escaped(option.names.front()) + "\\fR"
                                          : "\\fB" + escaped(option.names.back()) + "\\fR";
  if (!option.is_positional && !option.value.empty())
    text += " \\fI" + escaped(option.value) + "\\fR";
  if (!option.is_required) text = "[" + text + "]";
  return option.is_repeated ? text + " ..." : text;
}

std::string entry_of(const OptionDescription& option) {
  std::string out = ".TP\n";
  if (option.is_positional) {
    out += "\\fI" + escaped(option.names.front()) + "\\fR";
  } else {
    for (size_t i = 0; i < option.names.size(); ++i)
      out += (i > 0 ? ", " : "") + ("\\fB" + escaped(option.names[i]) + "\\fR");
    if (!option.value.empty()) out += " \\fI" + escaped(option.value) + "\\fR";
  }
  return out + "\n" + escaped(option.doc) + ".\n";
}

constexpr std::string_view kFiles = R"(.SH FILES
.TP
.I ~/.config/zerodb/shell.zql
Commands and statements that a shell runs before its first prompt; below \fBXDG_CONFIG_HOME\fR where that is set.
.TP
.I ~/.local/state/zerodb/history
What was typed in the shell, readable by its owner only; statements that mention a password are left out.
Below \fBXDG_STATE_HOME\fR where that is set.
.TP
.I ~/.cache/zerodb
The database of \fBzerodb demo\fR.
)";

constexpr std::string_view kEnvironment = R"(.SH ENVIRONMENT
.TP
.BR ZERODB_PAGER ", " PAGER
What results longer than the screen go through; empty for nothing. Without them \fBless \-S\fR.
.TP
.BR ZERODB_EDITOR ", " VISUAL ", " EDITOR
What \fB\ee\fR starts. Without them \fBvi\fR.
.TP
.B NO_COLOR
No colours if it is set to anything.
.TP
.B TERM
With \fBdumb\fR lines are read without editing.
)";

}  // namespace

std::string manual_page(const CommandDescription& program, const CommandDescription& command,
                        std::string_view version) {
  const bool is_whole = command.name == program.name;
  const std::string page = is_whole ? program.name : program.name + "-" + command.name;
  std::string out = ".TH " + upper(escaped(page)) + " 1 \"\" \"zerodb " + std::string(version) +
                    "\" \"User Commands\"\n";
  out += ".SH NAME\n" + escaped(page) + " \\- " + escaped(command.doc) + "\n";
  out += ".SH SYNOPSIS\n.B " + program.name;
  out += is_whole ? "\n" : " " + command.name + "\n";
  for (const OptionDescription& option : command.options) out += synopsis_of(option) + "\n";
  out += ".SH OPTIONS\n";
  for (const OptionDescription& option : command.options) out += entry_of(option);
  if (!command.commands.empty()) out += ".SH COMMANDS\n";
  for (const CommandDescription& each : command.commands) {
    out += ".TP\n\\fB" + escaped(program.name + " " + each.name) + "\\fR\n" + escaped(each.doc) +
           ". See \\fB" + escaped(program.name + "-" + each.name) + "\\fR(1).\n";
  }
  if (!command.footer.empty()) out += ".SH NOTES\n" + escaped(command.footer) + "\n";
  if (is_whole) {
    out += kEnvironment;
    out += kFiles;
  } else {
    out += ".SH SEE ALSO\n\\fB" + program.name + "\\fR(1)\n";
  }
  return out;
}

}  // namespace zerodb::cli
