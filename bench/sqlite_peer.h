// SqlitePeer: an SQLite database of the benchmark, with errors that end it.
#pragma once

#include <sqlite3.h>

#include <string>

namespace zerodb::bench {

class SqlitePeer {
 public:
  explicit SqlitePeer(const std::string& path);
  ~SqlitePeer();
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;

  static std::string version();
  void execute(const std::string& text);
  // The single number that a query gives.
  int64_t number(const std::string& text);
  sqlite3_stmt* prepare(const std::string& text);
  void check(int code);

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace zerodb::bench
