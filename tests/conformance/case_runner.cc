#include "case_runner.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "database/database.h"
#include "database/session.h"
#include "value/json.h"

namespace zerodb::conformance {
namespace {

using Row = std::vector<Value>;

struct Outcome {
  std::optional<Error> error;
  std::vector<Row> rows;
};

// The session of `USER PASSWORD CLAIMS`; the claims may be left out.
Result<std::unique_ptr<database::Session>> log_in(database::Database& database,
                                                  database::Session& root,
                                                  const std::string& login) {
  std::istringstream words(login);
  database::SessionOptions options;
  std::string claims;
  words >> options.user >> options.password;
  std::getline(words, claims);
  if (!claims.empty()) {
    const auto result = TRY(root.execute("SELECT " + claims + " AS claims"));
    const auto rows = TRY(result->collect());
    options.claims = rows.at(0).at(0);
  }
  return database.create_session(options);
}

Outcome execute(database::Session& session, const database::Script& script, size_t index) {
  Outcome outcome;
  auto result = session.execute(script, index);
  if (!result) {
    outcome.error = result.error();
    return outcome;
  }
  auto rows = (*result)->collect();
  if (rows) {
    outcome.rows = std::move(*rows);
  } else {
    outcome.error = rows.error();
  }
  return outcome;
}

std::string row_json(const Row& row, const Names& names) {
  std::string text = "[";
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) text += ", ";
    append_json(text, row[i], names);
  }
  return text + "]";
}

// Both sides as JSON documents: numbers compare by exact value, objects without regard to the order
// of keys.
bool same_json(const std::string& actual, const std::string& expected) {
  const auto left = parse_json(actual);
  const auto right = parse_json(expected);
  return left && right && equals(*left, *right);
}

bool same_rows(const std::vector<std::string>& actual, const Expectation& expectation,
               bool in_any_order) {
  if (actual.size() != expectation.rows.size()) return false;
  if (!in_any_order) return std::ranges::equal(actual, expectation.rows, same_json);
  std::vector<std::string> rest = expectation.rows;
  for (const std::string& row : actual) {
    const auto match =
        std::ranges::find_if(rest, [&](const std::string& other) { return same_json(row, other); });
    if (match == rest.end()) return false;
    rest.erase(match);
  }
  return true;
}

void report(const CaseFile& file, size_t index, const std::string& what) {
  const auto position = file.script.source().position(file.script.span(index).begin);
  std::printf("%s:%u: %s\n  %s\n", file.path.c_str(), position.line, what.c_str(),
              std::string(file.script.text(index)).c_str());
}

std::string list(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += "\n    " + row;
  return text.empty() ? " no rows" : text;
}

// What differs; empty if nothing does.
std::string compare(const Expectation& expectation, const Outcome& outcome, const Names& names,
                    bool in_any_order) {
  if (outcome.error) {
    if (expectation.error == outcome.error->code()) return {};
    const std::string wanted =
        expectation.error ? " instead of " + std::string(code_name(*expectation.error)) : "";
    return outcome.error->to_string() + wanted;
  }
  if (expectation.error)
    return "succeeded instead of failing with " + std::string(code_name(*expectation.error));
  if (!expectation.is_stated) return {};
  std::vector<std::string> actual;
  for (const Row& row : outcome.rows) actual.push_back(row_json(row, names));
  if (same_rows(actual, expectation, in_any_order || expectation.any_order)) return {};
  return "gave" + list(actual) + "\n  instead of" + list(expectation.rows);
}

}  // namespace

RunResult run_case_file(const CaseFile& file, const RunOptions& options) {
  namespace fs = std::filesystem;
  RunResult run;
  std::error_code ignored;
  const fs::path folder = fs::path(options.scratch) / "database";
  fs::remove_all(folder, ignored);
  database::DatabaseOptions opening;
  if (options.operator_memory) opening.operator_memory = *options.operator_memory;
  auto database = options.engine == EngineKind::Memory
                      ? database::Database::open_memory(opening)
                      : database::Database::open(folder.string(), opening);
  auto session = database ? (*database)->create_session()
                          : Result<std::unique_ptr<database::Session>>(database.error());
  if (!session) {
    std::printf("%s: %s\n", file.path.c_str(), session.error().to_string().c_str());
    return {1, 1};
  }
  const auto set = (*session)->execute("SET exec.tier = '" + options.tier + "'");
  if (!set) {
    std::printf("%s: %s\n", file.path.c_str(), set.error().to_string().c_str());
    return {1, 1};
  }
  std::unique_ptr<database::Session> user;  // of the last `as`; null: root
  for (size_t i = 0; i < file.script.size(); ++i) {
    const Expectation& expectation = file.expectations[i];
    ++run.statements;
    std::string difference;
    if (expectation.login) {
      user.reset();
      if (*expectation.login != "root") {
        auto made = log_in(**database, **session, *expectation.login);
        const auto tier = made ? (*made)->execute("SET exec.tier = '" + options.tier + "'")
                               : Result<std::unique_ptr<database::ResultSet>>(made.error());
        if (!tier) difference = "-- as " + *expectation.login + ": " + tier.error().to_string();
        if (made) user = std::move(*made);
      }
    }
    database::Session& runs = user == nullptr ? **session : *user;
    if (!difference.empty()) {
      // Nobody is there to run it.
    } else if (expectation.parse_only) {
      const zeroql::Diagnostic* mistake = file.script.error(i);
      if (mistake != nullptr) difference = "does not parse: " + mistake->message;
    } else {
      if (options.verbose) std::printf("%s\n", std::string(file.script.text(i)).c_str());
      // The names are those of the schema that the statement saw, so they are asked for after it.
      const Outcome outcome = execute(runs, file.script, i);
      const bool in_any_order =
          options.operator_memory && file.script.text(i).find("ORDER BY") == std::string_view::npos;
      difference = compare(expectation, outcome, runs.names(), in_any_order);
    }
    if (difference.empty()) continue;
    ++run.failures;
    report(file, i, difference);
  }
  return run;
}

}  // namespace zerodb::conformance
