#include "cli/demo.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/demo_loader.h"
#include "cli/demo_packages.h"
#include "cli/demo_questions.h"
#include "cli/error_printer.h"
#include "cli/result_printer.h"
#include "database/database.h"
#include "database/session.h"

namespace zerodb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarkQuery = "SELECT fingerprint FROM demo:loaded";

struct Style {
  bool on = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  const char* bold() const { return on ? "\033[1m" : ""; }
  const char* dim() const { return on ? "\033[2m" : ""; }
  const char* green() const { return on ? "\033[32m" : ""; }
  const char* red() const { return on ? "\033[31m" : ""; }
  const char* reset() const { return on ? "\033[0m" : ""; }
};

fs::path default_path() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return fs::path(cache) / "zerodb" / "demo";
  const char* home = std::getenv("HOME");
  return (home != nullptr && *home != '\0' ? fs::path(home) / ".cache"
                                           : fs::temp_directory_path()) /
         "zerodb" / "demo";
}

// The fingerprint of the packages that the database was loaded from; empty if loading never came to
// its end.
Result<std::string> loaded_fingerprint(database::Session& session) {
  const auto result = session.execute(kMarkQuery);
  if (!result) {
    const bool is_new = result.error().code() == ErrorCode::E0201;
    if (is_new) return std::string();
    return result.error();
  }
  const auto rows = TRY((*result)->collect());
  return rows.empty() ? std::string() : std::string(rows[0][0].as_string());
}

Status mark_loaded(database::Session& session, const std::string& fingerprint) {
  TRY(session.execute("DEFINE TABLE demo SCHEMALESS"));
  TRY(session.execute("CREATE demo:loaded SET fingerprint = $fingerprint",
                      {{"fingerprint", Value::string(fingerprint)}}));
  return ok_status();
}

class Demo {
 public:
  explicit Demo(const Options& options)
      : options_(options),
        path_(options.demo_path.empty() ? default_path() : fs::path(options.demo_path)) {}

  Status run() {
    std::printf("%szerodb demo%s\n\n", style_.bold(), style_.reset());
    universe_ = TRY(load_universe(options_.demo_data));
    dependencies_ = find_dependencies(universe_.packages);
    std::printf("%zu packages with %zu dependencies\n%sfrom %s%s\n\n", universe_.packages.size(),
                dependencies_.size(), style_.dim(), universe_.origin.c_str(), style_.reset());
    TRY(open_loaded());
    for (const Question& question : make_questions(universe_, dependencies_)) TRY(ask(question));
    print_summary();
    return ok_status();
  }

  size_t failures() const { return failures_; }
  // What the program ends with if run() fails.
  int exit_code() const { return exit_code_; }

 private:
  // Opens the database and loads it, unless it holds these very packages.
  Status open_loaded() {
    const Status opened = open();
    const bool is_damaged = !opened && opened.error().code() == ErrorCode::E1205;
    if (!opened && !(options_.demo_fresh && is_damaged)) return opened;
    if (options_.demo_fresh) TRY(empty());
    const std::string wanted = fingerprint(universe_, dependencies_);
    const std::string found = TRY(loaded_fingerprint(*session_));
    if (found == wanted) {
      std::printf("%susing the database in %s, loaded before%s\n\n", style_.dim(), path_.c_str(),
                  style_.reset());
      return ok_status();
    }
    const bool holds_tables = TRY(has_tables());
    if (found.empty() && holds_tables && !options_.demo_path.empty()) {
      exit_code_ = kExitOpen;
      return Error(ErrorCode::E1208, path_.string() + " holds something else")
          .with_help("name another folder, or pass --fresh");
    }
    if (holds_tables) TRY(empty());
    std::printf("%s%s%s\n", style_.dim(), std::string(demo_definitions()).c_str(), style_.reset());
    TRY(session_->execute("SET transaction.durability = 'relaxed'"));
    SystemClock clock;
    ProgressBar progress(stdout, clock);
    TRY(load_demo(*session_, universe_, dependencies_, progress));
    TRY(mark_loaded(*session_, wanted));
    TRY(database_->flush());
    TRY(session_->execute("RESET ALL"));
    std::printf("%skept in %s%s\n\n", style_.dim(), path_.c_str(), style_.reset());
    return ok_status();
  }

  Result<bool> has_tables() {
    const auto tables = TRY(session_->execute("DESCRIBE TABLES"));
    const auto rows = TRY(tables->collect());
    return !rows.empty();
  }

  Status open() {
    std::error_code error;
    fs::create_directories(path_.parent_path(), error);
    exit_code_ = kExitOpen;
    database_ = TRY(database::Database::open(path_.string(), {}));
    session_ = TRY(database_->create_session());
    exit_code_ = kExitStatement;
    return ok_status();
  }

  // Removes the database that is open and begins a new one. Nothing but a database is ever removed:
  // the path may be any folder that the user mistyped.
  Status empty() {
    session_.reset();
    database_.reset();
    std::error_code error;
    fs::remove_all(path_, error);
    if (error)
      return Error(ErrorCode::E1206, "cannot remove " + path_.string() + ": " + error.message());
    return open();
  }

  Status ask(const Question& question) {
    ++asked_;
    std::printf("%s%zu. %s%s\n", style_.bold(), asked_, question.title.c_str(), style_.reset());
    std::vector<std::vector<Value>> rows;
    int64_t elapsed_ns = 0;
    std::string_view tier;
    const auto printer =
        make_aligned_printer(style_.on ? OutputFormat::Box : OutputFormat::Table, stdout);
    for (const std::string& statement : question.statements) {
      std::printf("%s%s;%s\n", style_.dim(), statement.c_str(), style_.reset());
      const auto result = TRY(session_->execute(statement));
      const bool has_rows = result->has_rows();
      auto given = TRY(result->collect());
      elapsed_ns += result->statistics().elapsed_ns;
      tier = result->statistics().tier;
      if (!has_rows) continue;
      rows = std::move(given);
      printer->begin(result->columns(), session_->names());
      for (const auto& row : rows) printer->row(row);
      printer->end();
    }
    const bool is_right = matches(rows, question.expected);
    if (!is_right) ++failures_;
    std::printf("%.3f ms, %s, %s%s%s\n\n", static_cast<double>(elapsed_ns) / 1e6,
                std::string(tier).c_str(), is_right ? style_.green() : style_.red(),
                is_right ? "equal to the answer counted from the input"
                         : "NOT the answer counted from the input",
                style_.reset());
    if (!is_right) print_expected(question.expected);
    return ok_status();
  }

  static bool matches(const std::vector<std::vector<Value>>& rows,
                      const std::vector<std::vector<Value>>& expected) {
    if (rows.size() != expected.size()) return false;
    for (size_t row = 0; row < rows.size(); ++row) {
      if (rows[row].size() != expected[row].size()) return false;
      for (size_t column = 0; column < rows[row].size(); ++column) {
        if (!equals(rows[row][column], expected[row][column])) return false;
      }
    }
    return true;
  }

  static void print_expected(const std::vector<std::vector<Value>>& expected) {
    std::printf("expected:\n");
    for (const auto& row : expected) {
      for (const Value& value : row) std::printf("  %s", display_text(value).c_str());
      std::printf("\n");
    }
  }

  void print_summary() const {
    if (failures_ > 0) {
      std::printf("%s%zu of %zu answers are wrong.%s\n", style_.red(), failures_, asked_,
                  style_.reset());
      return;
    }
    std::printf("%sAll %zu answers are right.%s Ask your own:\n\n  zerodb %s\n\n", style_.green(),
                asked_, style_.reset(), path_.c_str());
  }

  const Options& options_;
  fs::path path_;
  Style style_;
  PackageUniverse universe_;
  std::vector<Dependency> dependencies_;
  std::unique_ptr<database::Database> database_;
  std::unique_ptr<database::Session> session_;
  int exit_code_ = kExitUsage;
  size_t asked_ = 0;
  size_t failures_ = 0;
};

}  // namespace

int run_demo(const Options& options) {
  Demo demo(options);
  if (const Status status = demo.run(); !status) {
    print_error(status.error(), stderr);
    return demo.exit_code();
  }
  return demo.failures() == 0 ? kExitOk : kExitStatement;
}

}  // namespace zerodb::cli
