// Shell: runs texts of statements and backslash commands (shell_command.h): those that a person
// types, and scripts.
//
// Threading: belongs to the main thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/line_reader.h"
#include "cli/runner.h"
#include "cli/shell_command.h"
#include "cli/shell_language.h"
#include "cli/shell_text.h"

namespace zerodb::cli {

class Shell {
 public:
  // All borrowed.
  Shell(Runner& runner, database::Session& session, ShellLanguage& language)
      : runner_(runner), session_(session), language_(language) {}
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  using MakeReader = std::function<std::unique_ptr<LineReader>(EditKeys)>;
  // Until the end of input or \q; gives the exit code. A reader is made for the keys in use.
  int run(const MakeReader& make_reader);
  // A script; `name` is what messages call it. Gives an exit code; after \q nothing more runs.
  int run_text(const std::string& text, const std::string& name);
  bool has_quit() const { return has_quit_; }

 private:
  using Settings = Runner::Settings;
  // Where a command stands.
  struct Place {
    const std::string& text;
    const std::string& name;
    const ShellPiece& piece;
  };
  // A command as it was given.
  struct Call {
    const ShellCommand& command;
    std::string argument;
    std::string statement;  // in front of it, or the last one that ran
    std::string name;       // what messages call it
  };

  std::string prompt() const;
  int run_statements(const std::string& text, const std::string& name);
  // A statement of the shell's own, which \g does not repeat.
  int run_query(const std::string& text, const std::string& name);
  int obey(const Place& place, std::string_view unfinished);
  int refuse(const Place& place, std::string message);
  int obey(const Call& call);
  int obey_setting(const Call& call);

  int help_on(const std::string& name);
  int list(const Call& call);
  int describe(const std::string& name);
  int describe_table(const catalog::Table& table);
  int connect(const std::string& database);
  int edit(const Call& call);
  int include(const std::string& path);
  int redirect(const std::string& target);
  int go(const std::string& statement);
  int go_expanded(const std::string& statement);
  int watch(const Call& call);
  int live(const Call& call);
  // What the live queries of the session have to tell by now. An exit code.
  int show_changes();
  int copy(const Call& call);
  int explain(std::string_view how, const Call& call);
  int write(const Call& call);
  int change_folder(const std::string& folder);
  int change_keys(const std::string& name);
  int turn(bool& setting, const Call& call, const char* what);

  Runner& runner_;
  database::Session& session_;
  ShellLanguage& language_;
  std::string last_statement_;
  std::string next_text_;  // what the next line starts with
  size_t depth_ = 0;       // of \i in files
  bool has_quit_ = false;
  EditKeys keys_ = EditKeys::Emacs;
  // Closes what \o opened.
  std::function<void()> close_output_;
};

}  // namespace zerodb::cli
