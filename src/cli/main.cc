// The zerodb binary: builds everything and passes it down.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/check.h"
#include "cli/demo.h"
#include "cli/error_printer.h"
#include "cli/fmt.h"
#include "cli/input_file.h"
#include "cli/interrupt.h"
#include "cli/lsp.h"
#include "cli/options.h"
#include "cli/password.h"
#include "cli/runner.h"
#include "cli/shell.h"
#include "cli/startup_file.h"
#include "cli/terminal.h"
#include "database/database.h"
#include "lint/reference.h"
#include "sema/error_reference.h"

namespace zerodb::cli {
namespace {

std::optional<std::string> read_input(const Options::Input& input) {
  if (input.kind == Options::Input::Kind::Text) return input.value;
  return input.value == "-" ? read_standard_input() : read_file(input.value);
}

// What messages call the text.
std::string name_of(const Options::Input& input) {
  if (input.kind == Options::Input::Kind::Text) return "query";
  return input.value == "-" ? "standard input" : input.value;
}

int explain(const std::string& name) {
  if (const lint::Rule* rule = lint::find_rule(name)) {
    const std::string text = lint::explain_rule(*rule);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kExitOk;
  }
  const auto code = code_from_name(name);
  if (!code) {
    std::fprintf(stderr,
                 "zerodb: no error code or rule %s; codes run from E0001 to E1299, rules from "
                 "ZL101 to ZL506\n",
                 name.c_str());
    return kExitUsage;
  }
  const std::string text = sema::explain_error(*code);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int write_completion(const std::string& shell) {
  const CommandDescription program = describe_command_line();
  print(shell == "bash"  ? bash_completion(program)
        : shell == "zsh" ? zsh_completion(program)
                         : fish_completion(program));
  return kExitOk;
}

int write_manual(const std::string& name) {
  const CommandDescription program = describe_command_line();
  const CommandDescription* page = name.empty() || name == program.name ? &program : nullptr;
  for (const CommandDescription& each : program.commands) {
    if (each.name == name) page = &each;
  }
  if (page == nullptr) {
    std::fprintf(stderr, "zerodb: no command %s\n", name.c_str());
    return kExitUsage;
  }
  print(manual_page(program, *page, ZERODB_VERSION));
  return kExitOk;
}

// A standard stream that is closed would give its number to the next file that is opened, and
// results would be written into the database. What takes its place here can be read as empty and
// not be written.
void keep_standard_streams_open() {
  int descriptor = 0;
  do {
    descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor > STDERR_FILENO) close(descriptor);
}

// The exit code of a program that ran with `code`: results that could not be written are no
// success.
int flush_output(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "zerodb: cannot write the output\n");
  return code == kExitOk ? kExitUsage : code;
}

int run_inputs(Shell& shell, const Options& options) {
  int exit_code = kExitOk;
  for (const Options::Input& input : options.inputs) {
    auto text = read_input(input);
    if (!text) {
      std::fprintf(stderr, "zerodb: cannot read %s\n", input.value.c_str());
      return kExitUsage;
    }
    const int code = shell.run_text(*text, name_of(input));
    if (code != kExitOk) exit_code = code;
    if (code != kExitOk && (!options.keep_going || code == kExitInterrupted)) break;
    if (shell.has_quit()) break;
  }
  return exit_code;
}

int watch_inputs(Shell& shell, database::Session& session, const Options& options) {
  while (true) {
    const int code = run_inputs(shell, options);
    if (code != kExitOk || shell.has_quit()) return code;
    const InterruptScope interrupt(session, InterruptScope::Second::EndsProcess);
    if (!interrupt.wait(options.watch_seconds)) return kExitInterrupted;
  }
}

Status apply_options(Runner& runner, const Options& options) {
  for (const auto& [name, value] : options.settings) TRY(runner.set_option(name, value));
  if (!options.timeout.empty()) TRY(runner.set_option("statement.timeout", options.timeout));
  for (const auto& [name, value] : options.parameters) TRY(runner.bind_parameter(name, value));
  return ok_status();
}

// The command of the pager, or nothing for none.
std::string pager_command() {
  for (const char* name : {"ZERODB_PAGER", "PAGER"}) {
    if (const char* value = std::getenv(name)) return value;
  }
  return "less -S";
}

Runner::Settings settings_of(const Options& options, bool is_interactive) {
  const bool output_is_terminal = isatty(STDOUT_FILENO) != 0;
  Runner::Settings settings;
  settings.format =
      options.format.value_or(output_is_terminal ? OutputFormat::Table : OutputFormat::Tsv);
  settings.timing = options.timing || is_interactive;
  settings.keep_going = options.keep_going;
  settings.is_interactive = is_interactive;
  if (!is_interactive) return settings;
  settings.expanded = Runner::Settings::Expanded::Auto;
  settings.cuts = true;
  settings.pager = pager_command();
  settings.pages = settings.pager.find_first_not_of(' ') != std::string::npos && can_draw();
  return settings;
}

Result<std::unique_ptr<database::Session>> open_session(database::Database& database,
                                                        const std::string& user) {
  if (user.empty()) return database.create_session();
  database::SessionOptions options;
  options.user = user;
  options.password = TRY(ask_password(user));
  return database.create_session(options);
}

// What the command line says comes before what the file says. Mistakes in it are told, and the
// shell begins all the same.
void run_startup_file(Shell& shell, Runner& runner, const Options& options) {
  const std::string path = startup_path();
  const auto text = path.empty() ? std::nullopt : read_file(path);
  if (!text) return;
  runner.settings().is_interactive = false;  // it says nothing of what it sets
  runner.settings().keep_going = true;
  shell.run_text(*text, path);
  runner.settings().is_interactive = true;
  runner.settings().keep_going = options.keep_going;
  if (options.format) runner.settings().format = *options.format;
  if (options.timing) runner.settings().timing = true;
}

int run_database(Options options) {
  if (options.watch_seconds >= 0 && options.inputs.empty()) {
    std::fprintf(stderr, "zerodb: --watch needs a text or a file; in the shell it is \\watch\n");
    return kExitUsage;
  }
  // Who runs the program may read these files anyhow.
  std::error_code failure;
  const database::DatabaseOptions open_options{
      .memory_budget = options.memory_budget,
      .files = FileAccess("/", std::filesystem::current_path(failure).string())};
  auto opened = options.path.empty() ? database::Database::open_memory(open_options)
                                     : database::Database::open(options.path, open_options);
  if (!opened) {
    print_error(opened.error(), stderr);
    return kExitOpen;
  }
  auto session = open_session(**opened, options.user);
  if (!session) {
    print_error(session.error(), stderr);
    return kExitOpen;
  }
  const bool is_interactive = options.inputs.empty() && isatty(STDIN_FILENO) != 0;
  Runner runner(**session, settings_of(options, is_interactive));
  ShellLanguage language(**session);
  Shell shell(runner, **session, language);
  if (is_interactive && !options.no_startup) run_startup_file(shell, runner, options);
  if (const Status status = apply_options(runner, options); !status) {
    print_error(status.error(), stderr);
    return kExitUsage;
  }
  if (!is_interactive) {
    if (options.inputs.empty()) options.inputs.push_back({Options::Input::Kind::File, "-"});
    return options.watch_seconds < 0 ? run_inputs(shell, options)
                                     : watch_inputs(shell, **session, options);
  }
  // A pager that is left early must not end the shell. A handler, unlike ignoring the signal, is
  // not handed down to the programs that the shell starts.
  struct sigaction nothing{};
  nothing.sa_handler = [](int) {};
  sigaction(SIGPIPE, &nothing, nullptr);
  if (!options.quiet) {
    std::printf("zerodb %s, %s. \\? for help.\n", ZERODB_VERSION,
                options.path.empty() ? "in memory" : options.path.c_str());
  }
  const bool can_edit = isatty(STDOUT_FILENO) != 0 && can_draw();
  return shell.run([&](EditKeys keys) {
    return can_edit ? make_terminal_reader(language, keys) : make_plain_reader();
  });
}

}  // namespace
}  // namespace zerodb::cli

int main(int argc, char** argv) {
  using namespace zerodb::cli;
  keep_standard_streams_open();
  ParsedOptions parsed = parse_options(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  switch (parsed.options.command) {
    case Options::Command::Check:
      return flush_output(run_check(parsed.options.check));
    case Options::Command::Fmt:
      return flush_output(run_fmt(parsed.options.fmt));
    case Options::Command::Lint:
      return flush_output(run_lint(parsed.options.lint));
    case Options::Command::Lsp:
      return flush_output(run_lsp());
    case Options::Command::Explain:
      return flush_output(explain(parsed.options.explain_code));
    case Options::Command::CheckStore:
      return flush_output(run_check_store(parsed.options.store));
    case Options::Command::Backup:
      return flush_output(run_backup(parsed.options.store));
    case Options::Command::Restore:
      return flush_output(run_restore(parsed.options.store));
    case Options::Command::Completion:
      return flush_output(write_completion(parsed.options.completion_shell));
    case Options::Command::Man:
      return flush_output(write_manual(parsed.options.man_command));
    case Options::Command::Demo:
      return flush_output(run_demo(parsed.options));
    case Options::Command::Run:
      return flush_output(run_database(std::move(parsed.options)));
  }
  return kExitUsage;
}
