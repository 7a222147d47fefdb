// SqliteConnection: SQLite in memory, whose answers are taken as text that compares with ours.
//
// Threading: belongs to one thread. A failing statement ends the process: the test writes only
// statements that SQLite knows.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

namespace zerodb::differential {

using Rows = std::vector<std::vector<std::string>>;

class SqliteConnection {
 public:
  SqliteConnection();
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Rows run(const std::string& text);

 private:
  void check(int code, const std::string& text);
  sqlite3* handle_ = nullptr;
};

// A float in the one form that both sides print.
std::string float_text(double value);

}  // namespace zerodb::differential
