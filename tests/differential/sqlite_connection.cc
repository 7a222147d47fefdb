#include "sqlite_connection.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace zerodb::differential {
namespace {

std::string column_text(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return "none";
    case SQLITE_INTEGER:
      return std::to_string(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return float_text(sqlite3_column_double(statement, column));
    default: {
      const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
      return "'" + std::string(text == nullptr ? "" : text, size) + "'";
    }
  }
}

}  // namespace

std::string float_text(double value) {
  std::array<char, 40> text;
  const int size = std::snprintf(text.data(), text.size(), "%.15g", value);
  return {text.data(), static_cast<size_t>(size)};
}

SqliteConnection::SqliteConnection() {
  check(sqlite3_open(":memory:", &handle_), "open");
  run("PRAGMA case_sensitive_like = ON");
}

SqliteConnection::~SqliteConnection() {
  sqlite3_close(handle_);
}

void SqliteConnection::check(int code, const std::string& text) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "SQLite: %s\n  %s\n", sqlite3_errmsg(handle_), text.c_str());
  std::exit(2);
}

Rows SqliteConnection::run(const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(handle_, text.c_str(), -1, &statement, nullptr), text);
  Rows rows;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    std::vector<std::string> row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      row.push_back(column_text(statement, i));
    rows.push_back(std::move(row));
  }
  check(code, text);
  sqlite3_finalize(statement);
  return rows;
}

}  // namespace zerodb::differential
