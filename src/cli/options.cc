// Adapter of CLI11, which throws: exceptions end here.
#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/machine.h"
#include "database/database.h"

namespace zerodb::cli {
namespace {

// "name=value", split at the first equals sign.
std::pair<std::string, std::string> split_pair(const std::string& text, const std::string& option) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw CLI::ValidationError(option, "expects name=value, not '" + text + "'");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void add_run_options(CLI::App& app, Options& options) {
  app.add_option("path", options.path, "Folder of the database; without it a database in memory")
      ->type_name("FOLDER");
  app.add_option_function<std::vector<std::string>>(
         "-c,--command",
         [&options](const std::vector<std::string>& texts) {
           for (const std::string& text : texts)
             options.inputs.push_back({Options::Input::Kind::Text, text});
         },
         "Run this text, statements or a command such as \\d, and end")
      ->type_name("TEXT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option_function<std::vector<std::string>>(
         "-f,--file",
         [&options](const std::vector<std::string>& files) {
           for (const std::string& file : files)
             options.inputs.push_back({Options::Input::Kind::File, file});
         },
         "Run this file and end; - for standard input")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option_function<std::string>(
         "--format",
         [&options](const std::string& name) {
           options.format = output_format_from_name(name);
           if (!options.format)
             throw CLI::ValidationError("--format",
                                        "expects one of " + std::string(kOutputFormats));
         },
         "Form of the results; without it table on a terminal and tsv elsewhere")
      ->type_name(std::string(kOutputFormats));
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&options](const std::vector<std::string>& pairs) {
           for (const std::string& pair : pairs)
             options.settings.push_back(split_pair(pair, "--set"));
         },
         "Set an option of the session")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option_function<std::vector<std::string>>(
         "--param",
         [&options](const std::vector<std::string>& pairs) {
           for (const std::string& pair : pairs)
             options.parameters.push_back(split_pair(pair, "--param"));
         },
         "Bind $name to a literal, or else to the text itself")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option("--user", options.user,
                 "Log in as this user; the password comes from ZERODB_PASSWORD or is asked for")
      ->type_name("NAME");
  app.add_option("--timeout", options.timeout, "Cancel a statement that runs longer, such as 30s")
      ->type_name("DURATION");
  app.add_option("--memory", options.memory_budget,
                 "What the process may hold for stored data and itself, such as 4GiB, beside what "
                 "large statements need; a quarter of the machine's if not given")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(uint64_t{database::kMemoryBudgetMin}, uint64_t{1} << 50));
  app.add_option("--watch", options.watch_seconds,
                 "Run the texts and files again and again, so many seconds apart, until Ctrl-C")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 86'400.0));
  app.add_flag("--timing", options.timing, "Print the time of each statement");
  app.add_flag("--keep-going", options.keep_going, "Go on after a failing statement");
  app.add_flag("-q,--quiet", options.quiet, "No banner");
  app.add_flag("-X,--no-startup", options.no_startup,
               "Do not run ~/.config/zerodb/shell.zql before the first prompt");
}

CLI::App* add_fmt(CLI::App& app, FmtOptions& options) {
  CLI::App* fmt = app.add_subcommand("fmt", "Give scripts the one layout of zeroql");
  fmt->add_option("files", options.files,
                  "Scripts and folders of *.zql, rewritten in place; none or - for standard input, "
                  "printed")
      ->type_name("FILES");
  fmt->add_flag("--check", options.check,
                "Write nothing; name the files that would change and exit with 1 if there are any");
  fmt->add_flag("--diff", options.diff, "Write nothing; show what would change");
  fmt->add_option("--width", options.layout.width, "Columns of a line")
      ->type_name("COLUMNS")
      ->check(CLI::Range(zeroql::kFormatWidthMin, zeroql::kFormatWidthMax))
      ->capture_default_str();
  fmt->footer(
      "Prints the names of the files that it changes. Statements with mistakes stay as they are, "
      "and the exit code is 3.");
  return fmt;
}

CLI::App* add_lint(CLI::App& app, LintOptions& options) {
  CLI::App* lint = app.add_subcommand("lint", "Find what is allowed and seldom meant, by rules");
  lint->add_option("files", options.files, "Scripts, folders of *.zql, - for standard input")
      ->type_name("FILES")
      ->required();
  lint->add_option("--schema", options.schemas,
                   "A script whose definitions the others see; may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  lint->add_option("--config", options.config,
                   "The configuration file; without it the nearest zerodb.toml")
      ->type_name("FILE");
  lint->add_flag("--fix", options.fix, "Write the scripts with what can be mended");
  lint->add_option_function<std::string>(
          "--format",
          [&options](const std::string& name) {
            using Format = LintOptions::Format;
            if (name != "human" && name != "json" && name != "sarif")
              throw CLI::ValidationError("--format", "expects human, json or sarif");
            options.format = name == "human"  ? Format::Human
                             : name == "json" ? Format::Json
                                              : Format::Sarif;
          },
          "Form of what is found")
      ->type_name("human|json|sarif");
  lint->add_option_function<std::string>(
          "--fail-on",
          [&options](const std::string& name) {
            const auto severity = lint::severity_from_name(name);
            if (!severity || *severity == lint::Severity::Off)
              throw CLI::ValidationError("--fail-on", "expects info, warning or error");
            options.fail_on = *severity;
          },
          "The least that makes the exit code 3; without it warning")
      ->type_name("info|warning|error");
  return lint;
}

constexpr const char* kPurpose =
    "one database for tables, documents, graphs and keys, asked in one language";
constexpr const char* kNotes =
    "Without a text, a file or a command it is a shell: \\? lists what that obeys.\n\n"
    "  zerodb                                    a shell on a database in memory\n"
    "  zerodb shop                               a shell on the database in the folder shop\n"
    "  zerodb shop -c 'SELECT * FROM item'       one statement\n"
    "  zerodb shop -f load.zql --param day=3     a script with a parameter\n"
    "  zerodb shop -c '\\d item'                  a command of the shell\n\n"
    "Exit codes: 0 well, 1 usage, 2 the database cannot be opened, 3 a statement failed or is "
    "wrong, 4 timed out, 130 interrupted.";

// "A TO B" or "A B"; or A alone, where `least` is 1.
void add_two_folders(CLI::App* command, const std::string& help, int least, std::string& from,
                     std::string& to) {
  command
      ->add_option_function<std::vector<std::string>>(
          "folders",
          [&from, &to](const std::vector<std::string>& words) {
            std::vector<std::string> given = words;
            if (given.size() == 3 && (given[1] == "TO" || given[1] == "to"))
              given.erase(given.begin() + 1);
            if (given.size() > 2) throw CLI::ValidationError("folders", "expects A TO B");
            from = given[0];
            if (given.size() == 2) to = given[1];
          },
          help)
      ->type_name("FOLDER")
      ->expected(least, 3)
      ->required();
}

struct StoreCommands {
  const CLI::App* check;
  const CLI::App* backup;
  const CLI::App* restore;
};

StoreCommands add_store_commands(CLI::App& app, StoreOptions& options) {
  CLI::App* check = app.add_subcommand(
      "check-store", "Prove that records, index entries and definitions of a store agree");
  check->add_option("path", options.path, "Folder of the database")
      ->type_name("FOLDER")
      ->required();
  CLI::App* backup = app.add_subcommand("backup", "Add a backup of a store to a folder of backups");
  add_two_folders(backup, "Folder of the database TO folder of backups", 2, options.path,
                  options.folder);
  CLI::App* restore =
      app.add_subcommand("restore", "Make a store of the newest backup in a folder");
  add_two_folders(restore, "Folder of backups TO folder of the new database", 1, options.folder,
                  options.path);
  restore->add_flag("--list", options.list, "Only say which backups there are");
  return {check, backup, restore};
}

// The commands by name, as they were declared.
struct Commands {
  CLI::App *demo, *explain, *check, *fmt, *lint, *lsp, *completion, *man;
  StoreCommands store;
};

CLI::App* add_demo(CLI::App& app, Options& options) {
  CLI::App* demo =
      app.add_subcommand("demo", "Load the Debian package universe and ask it questions");
  demo->add_option("--data", options.demo_data, "A file in the format of `apt-cache dumpavail`")
      ->type_name("FILE");
  demo->add_option("--path", options.demo_path, "Folder of the demo's database")
      ->type_name("FOLDER");
  demo->add_flag("--fresh", options.demo_fresh, "Load again even if the database is there");
  return demo;
}

CLI::App* add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* check = app.add_subcommand("check", "Check scripts without running them");
  check->add_option("files", options.files, "Scripts, folders of *.zql, - for standard input")
      ->type_name("FILES")
      ->required();
  check
      ->add_option("--schema", options.schemas,
                   "A script whose definitions the others see; may be given several times")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  check
      ->add_option_function<std::string>(
          "--format",
          [&options](const std::string& name) {
            if (name != "human" && name != "json")
              throw CLI::ValidationError("--format", "expects human or json");
            options.json = name == "json";
          },
          "Form of what is found")
      ->type_name("human|json");
  return check;
}

Commands declare(CLI::App& app, Options& options) {
  app.set_version_flag("--version", "zerodb " ZERODB_VERSION, "Print the version and end");
  app.set_help_flag("-h,--help", "Print this help and end");
  app.footer(kNotes);
  add_run_options(app, options);
  Commands commands{};
  commands.demo = add_demo(app, options);
  commands.explain =
      app.add_subcommand("explain", "Say what an error code or a rule of the linter means");
  commands.explain->add_option("code", options.explain_code, "A code such as E0203 or ZL301")
      ->type_name("CODE")
      ->required();
  commands.check = add_check(app, options.check);
  commands.fmt = add_fmt(app, options.fmt);
  commands.lint = add_lint(app, options.lint);
  commands.lsp = app.add_subcommand(
      "lsp", "Language server on standard input and output, for editors to start");
  commands.lsp->add_flag_callback("--stdio", [] {}, "Taken and ignored: clients pass it by habit");
  commands.store = add_store_commands(app, options.store);
  commands.completion =
      app.add_subcommand("completion", "Write the script that completes zerodb in another shell");
  commands.completion->add_option("shell", options.completion_shell, "The shell")
      ->type_name("bash|zsh|fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  commands.man = app.add_subcommand("man", "Write a page of the manual, for man -l");
  commands.man->add_option("command", options.man_command, "A command; without it zerodb itself")
      ->type_name("COMMAND");
  app.require_subcommand(0, 1);
  return commands;
}

OptionDescription describe(const CLI::Option& option) {
  OptionDescription out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  out.is_positional = out.names.empty();
  if (out.is_positional) out.names.push_back(option.get_name());
  // Behind a colon CLI11 says what it checks.
  const std::string type = option.get_type_name();
  if (option.get_expected_max() > 0) out.value = type.substr(0, type.find(':'));
  out.doc = option.get_description();
  out.is_repeated = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                    option.get_expected_max() > 1;
  out.is_required = option.get_required();
  return out;
}

CommandDescription describe(CLI::App& app) {
  CommandDescription out;
  out.name = app.get_name();
  out.doc = app.get_description();
  out.footer = app.get_footer();
  const auto all_options = [](const CLI::Option*) { return true; };
  for (const CLI::Option* option : app.get_options(all_options))
    out.options.push_back(describe(*option));
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
    out.commands.push_back(describe(*command));
  return out;
}

}  // namespace

uint64_t default_memory_budget() {
  return std::max(usable_memory() / 4, uint64_t{database::kMemoryBudgetMin});
}

CommandDescription describe_command_line() {
  Options options;
  CLI::App app(kPurpose, "zerodb");
  declare(app, options);
  return describe(app);
}

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app("zerodb: " + std::string(kPurpose), "zerodb");
  const Commands commands = declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    parsed.exit_code = code == 0 ? kExitOk : kExitUsage;
    return parsed;
  }
  using Command = Options::Command;
  if (commands.demo->parsed()) options.command = Command::Demo;
  if (commands.check->parsed()) options.command = Command::Check;
  if (commands.fmt->parsed()) options.command = Command::Fmt;
  if (commands.lint->parsed()) options.command = Command::Lint;
  if (commands.lsp->parsed()) options.command = Command::Lsp;
  if (commands.explain->parsed()) options.command = Command::Explain;
  if (commands.store.check->parsed()) options.command = Command::CheckStore;
  if (commands.store.backup->parsed()) options.command = Command::Backup;
  if (commands.store.restore->parsed()) options.command = Command::Restore;
  if (commands.completion->parsed()) options.command = Command::Completion;
  if (commands.man->parsed()) options.command = Command::Man;
  return parsed;
}

}  // namespace zerodb::cli
