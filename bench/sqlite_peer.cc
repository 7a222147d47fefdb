#include "sqlite_peer.h"

#include "contest.h"

namespace zerodb::bench {

SqlitePeer::SqlitePeer(const std::string& path) {
  check(sqlite3_open(path.c_str(), &handle_));
}
SqlitePeer::~SqlitePeer() {
  sqlite3_close(handle_);
}

std::string SqlitePeer::version() {
  return std::string("SQLite ") + sqlite3_libversion();
}

void SqlitePeer::check(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    fail(std::string("SQLite: ") + sqlite3_errmsg(handle_));
}

void SqlitePeer::execute(const std::string& text) {
  check(sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr));
}

sqlite3_stmt* SqlitePeer::prepare(const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(handle_, text.c_str(), -1, &statement, nullptr));
  return statement;
}

int64_t SqlitePeer::number(const std::string& text) {
  sqlite3_stmt* statement = prepare(text);
  check(sqlite3_step(statement));
  const int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return value;
}

}  // namespace zerodb::bench
