// Completion scripts for bash, zsh and fish, from the declarations of the command line.
#include <algorithm>

#include "cli/command_line.h"

namespace zerodb::cli {
namespace {

// What the value names, for the shells to complete.
bool is_file(const OptionDescription& option) {
  return option.value == "FILE" || option.value == "FILES";
}
bool is_folder(const OptionDescription& option) {
  return option.value == "FOLDER";
}
bool takes_value(const OptionDescription& option) {
  return !option.is_positional && !option.value.empty();
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

// Between single quotes of a shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) c == '\'' ? static_cast<void>(out += "'\\''") : out.push_back(c);
  return out + "'";
}

std::vector<std::string> all_names(const CommandDescription& command) {
  std::vector<std::string> out;
  for (const OptionDescription& option : command.options) {
    if (!option.is_positional) out.insert(out.end(), option.names.begin(), option.names.end());
  }
  return out;
}

// The lines of a bash function that complete one command, `$cur` behind `$prev`.
std::string bash_case(const CommandDescription& command) {
  std::string out = "      case \"$prev\" in\n";
  for (const OptionDescription& option : command.options) {
    if (!takes_value(option)) continue;
    std::string action = "return";
    if (const auto choices = option.choices(); !choices.empty()) {
      action = "COMPREPLY=($(compgen -W " + shell_quoted(joined(choices, " ")) +
               " -- \"$cur\")); return";
    } else if (is_file(option) || is_folder(option)) {
      action = std::string("_zerodb_paths ") + (is_folder(option) ? "-d" : "-f") + "; return";
    }
    out += "        " + joined(option.names, "|") + ") " + action + " ;;\n";
  }
  out += "      esac\n";
  out += "      [[ $cur == -* ]] && words=" + shell_quoted(joined(all_names(command), " ")) + "\n";
  std::string paths;
  for (const OptionDescription& option : command.options) {
    if (!option.is_positional) continue;
    if (is_file(option)) paths = "-f";
    if (is_folder(option)) paths = "-d";
    if (const auto choices = option.choices(); !choices.empty())
      out += "      words+=' " + joined(choices, " ") + "'\n";
  }
  if (!paths.empty()) out += "      paths=" + paths + "\n";
  return out;
}

// Text inside [..] of a zsh specification.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionDescription& option) {
  if (const auto choices = option.choices(); !choices.empty())
    return "(" + joined(choices, " ") + ")";
  if (is_file(option)) return "_files";
  if (is_folder(option)) return "_files -/";
  return " ";
}

std::string zsh_specification(const OptionDescription& option) {
  const std::string action =
      option.value.empty() ? "" : ":" + zsh_text(option.names.back()) + ":" + zsh_action(option);
  if (option.is_positional)
    return shell_quoted((option.is_repeated ? "*" : "") +
                        (":" + option.names[0] + ":" + zsh_action(option)));
  const std::string many = option.is_repeated ? "*" : "";
  if (option.names.size() == 1)
    return shell_quoted(many + option.names[0] + "[" + zsh_text(option.doc) + "]" + action);
  // One of the names excludes the others, unless it may come again.
  const std::string excludes = option.is_repeated ? "*" : "(" + joined(option.names, " ") + ")";
  return shell_quoted(excludes) + "{" + joined(option.names, ",") + "}" +
         shell_quoted("[" + zsh_text(option.doc) + "]" + action);
}

std::string zsh_arguments(const CommandDescription& command, std::string_view indent,
                          std::string_view more = {}) {
  std::string out = std::string(indent) + "_arguments -s";
  for (const OptionDescription& option : command.options) {
    // The commands stand in the place of the program's own argument.
    if (option.is_positional && !more.empty()) continue;
    out += " \\\n" + std::string(indent) + "  " + zsh_specification(option);
  }
  out += more;
  return out + "\n";
}

std::string fish_line(const OptionDescription& option, std::string_view condition) {
  std::string out = "complete -c zerodb -n " + shell_quoted(condition);
  if (!option.is_positional) {
    for (const std::string& name : option.names)
      out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (takes_value(option)) out += is_file(option) ? " -r -F" : " -x";
  }
  if (const auto choices = option.choices(); !choices.empty()) {
    out += " -a " + shell_quoted(joined(choices, " "));
  } else if (is_folder(option)) {
    out += " -a '(__fish_complete_directories)'";
  } else if (option.is_positional) {
    if (!is_file(option)) return {};
    out += " -F";
  }
  return out + " -d " + shell_quoted(option.doc) + "\n";
}

}  // namespace

std::vector<std::string> OptionDescription::choices() const {
  std::vector<std::string> out;
  if (value.find('|') == std::string::npos) return out;
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find('|', begin), value.size());
    out.push_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string bash_completion(const CommandDescription& program) {
  std::string out =
      "# bash completion of zerodb; `zerodb completion bash` writes it.\n"
      "_zerodb_paths() {\n"
      "  compopt -o filenames\n"
      "  mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
      "}\n"
      "_zerodb() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' words='' "
      "paths='' word\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \"$word\" in\n";
  std::vector<std::string> names;
  for (const CommandDescription& each : program.commands) names.push_back(each.name);
  out += "      " + joined(names, "|") + ") command=$word; break ;;\n    esac\n  done\n";
  out += "  case \"$command\" in\n";
  for (const CommandDescription& each : program.commands)
    out += "    " + each.name + ")\n" + bash_case(each) + "      ;;\n";
  out += "    *)\n" + bash_case(program) + "      words+=' " + joined(names, " ") +
         "'\n      ;;\n  esac\n";
  out +=
      "  [[ -n $paths && $cur != -* ]] && _zerodb_paths \"$paths\"\n"
      "  local -a found\n"
      "  mapfile -t found < <(compgen -W \"$words\" -- \"$cur\")\n"
      "  COMPREPLY+=(\"${found[@]}\")\n"
      "}\n"
      "complete -F _zerodb zerodb\n";
  return out;
}

std::string zsh_completion(const CommandDescription& program) {
  std::string out =
      "#compdef zerodb\n"
      "# zsh completion of zerodb; `zerodb completion zsh` writes it.\n"
      "_zerodb_first() {\n  local -a commands=(\n";
  for (const CommandDescription& each : program.commands)
    out += "    " + shell_quoted(zsh_text(each.name) + ":" + zsh_text(each.doc)) + "\n";
  out += "  )\n  _describe -t commands command commands\n  _files -/\n}\n";
  out += "_zerodb() {\n  local context state line\n  typeset -A opt_args\n";
  out += zsh_arguments(program, "  ", " \\\n    '1: :_zerodb_first' \\\n    '*:: :->rest'");
  out += "  [[ $state == rest ]] || return\n  case $line[1] in\n";
  for (const CommandDescription& each : program.commands)
    out += "    " + each.name + ")\n" + zsh_arguments(each, "      ") + "      ;;\n";
  return out + "  esac\n}\ncompdef _zerodb zerodb\n";
}

std::string fish_completion(const CommandDescription& program) {
  std::string out =
      "# fish completion of zerodb; `zerodb completion fish` writes it.\ncomplete -c zerodb -f\n";
  for (const OptionDescription& option : program.options)
    out += fish_line(option, "__fish_use_subcommand");
  for (const CommandDescription& each : program.commands) {
    out += "complete -c zerodb -n __fish_use_subcommand -a " + each.name + " -d " +
           shell_quoted(each.doc) + "\n";
    for (const OptionDescription& option : each.options)
      out += fish_line(option, "__fish_seen_subcommand_from " + each.name);
  }
  return out;
}

}  // namespace zerodb::cli
