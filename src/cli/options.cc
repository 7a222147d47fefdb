// Adapter of CLI11, which throws: exceptions end here.
#include "cli/options.h"

#include <CLI/CLI.hpp>

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
  app.add_option("path", options.path, "Folder of the database; without it a database in memory");
  app.add_option_function<std::vector<std::string>>(
         "-c,--command",
         [&options](const std::vector<std::string>& texts) {
           for (const std::string& text : texts)
             options.inputs.push_back({Options::Input::Kind::Text, text});
         },
         "Run this text and end")
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
         "Run this file and end (- for standard input)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option_function<std::string>(
      "--format",
      [&options](const std::string& name) {
        options.format = output_format_from_name(name);
        if (!options.format)
          throw CLI::ValidationError("--format", "expects one of " + std::string(kOutputFormats));
      },
      "Form of the results: " + std::string(kOutputFormats));
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&options](const std::vector<std::string>& pairs) {
           for (const std::string& pair : pairs)
             options.settings.push_back(split_pair(pair, "--set"));
         },
         "Set an option of the session: name=value")
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
         "Bind $name to a literal, or else to the text itself: name=value")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->trigger_on_parse();
  app.add_option("--timeout", options.timeout, "Cancel a statement that runs longer, such as 30s");
  app.add_flag("--timing", options.timing, "Print the time of each statement");
  app.add_flag("--keep-going", options.keep_going, "Go on after a failing statement");
  app.add_flag("-q,--quiet", options.quiet, "No banner");
}

CLI::App* add_fmt(CLI::App& app, FmtOptions& options) {
  CLI::App* fmt = app.add_subcommand("fmt", "Give scripts the one layout of zeroql");
  fmt->add_option("files", options.files,
                  "Scripts and folders of *.zql, rewritten in place; none or - for standard input, "
                  "printed");
  fmt->add_flag("--check", options.check,
                "Write nothing; name the files that would change and exit with 1 if there are any");
  fmt->add_flag("--diff", options.diff, "Write nothing; show what would change");
  fmt->add_option("--width", options.layout.width, "Columns of a line")
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
      ->required();
  lint->add_option("--schema", options.schemas,
                   "A script whose definitions the others see; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  lint->add_option("--config", options.config,
                   "The configuration file; without it the nearest zerodb.toml");
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
      "Form of what is found: human|json|sarif");
  lint->add_option_function<std::string>(
      "--fail-on",
      [&options](const std::string& name) {
        const auto severity = lint::severity_from_name(name);
        if (!severity || *severity == lint::Severity::Off)
          throw CLI::ValidationError("--fail-on", "expects info, warning or error");
        options.fail_on = *severity;
      },
      "The least that makes the exit code 3: info|warning|error, else warning");
  return lint;
}

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
  check->add_option("path", options.path, "Folder of the database")->required();
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

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  CLI::App app("zerodb: one database for tables, documents, graphs and keys, asked in one language",
               "zerodb");
  app.set_version_flag("--version", ZERODB_VERSION);
  app.footer(
      "Exit codes: 0 well, 1 usage, 2 the database cannot be opened, 3 a statement failed or is "
      "wrong, 4 timed "
      "out, 130 interrupted.");
  add_run_options(app, options);

  CLI::App* demo =
      app.add_subcommand("demo", "Load the Debian package universe and ask it questions");
  demo->add_option("--data", options.demo_data, "A file in the format of `apt-cache dumpavail`");
  demo->add_option("--path", options.demo_path, "Folder of the demo's database");
  demo->add_flag("--fresh", options.demo_fresh, "Load again even if the database is there");
  CLI::App* explain =
      app.add_subcommand("explain", "Say what an error code or a rule of the linter means");
  explain->add_option("code", options.explain_code, "A code such as E0203 or ZL301")->required();
  CLI::App* check = app.add_subcommand("check", "Check scripts without running them");
  check->add_option("files", options.check.files, "Scripts, folders of *.zql, - for standard input")
      ->required();
  check
      ->add_option("--schema", options.check.schemas,
                   "A script whose definitions the others see; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  check->add_option_function<std::string>(
      "--format",
      [&options](const std::string& name) {
        if (name != "human" && name != "json")
          throw CLI::ValidationError("--format", "expects human or json");
        options.check.json = name == "json";
      },
      "Form of what is found: human|json");
  const CLI::App* fmt = add_fmt(app, options.fmt);
  const CLI::App* lint = add_lint(app, options.lint);
  CLI::App* lsp = app.add_subcommand(
      "lsp", "Language server on standard input and output, for editors to start");
  lsp->add_flag_callback("--stdio", [] {}, "Taken and ignored: clients pass it by habit");
  const StoreCommands store = add_store_commands(app, options.store);
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    parsed.exit_code = code == 0 ? kExitOk : kExitUsage;
    return parsed;
  }
  if (demo->parsed()) options.command = Options::Command::Demo;
  if (check->parsed()) options.command = Options::Command::Check;
  if (fmt->parsed()) options.command = Options::Command::Fmt;
  if (lint->parsed()) options.command = Options::Command::Lint;
  if (lsp->parsed()) options.command = Options::Command::Lsp;
  if (explain->parsed()) options.command = Options::Command::Explain;
  if (store.check->parsed()) options.command = Options::Command::CheckStore;
  if (store.backup->parsed()) options.command = Options::Command::Backup;
  if (store.restore->parsed()) options.command = Options::Command::Restore;
  return parsed;
}

}  // namespace zerodb::cli
