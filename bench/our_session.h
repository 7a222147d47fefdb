// OurSession: a zerodb database and session of the benchmark, with errors that end it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "contest.h"
#include "database/database.h"
#include "database/session.h"

namespace zerodb::bench {

template <typename T>
T must(Result<T> result) {
  if (!result) fail("zerodb: " + result.error().to_string());
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status) fail("zerodb: " + status.error().to_string());
}

struct OurSession {
  // An empty path: in memory.
  explicit OurSession(const std::string& path, const database::DatabaseOptions& options = {})
      : database(must(path.empty() ? database::Database::open_memory(options)
                                   : database::Database::open(path, options))),
        session(must(database->create_session())) {}

  void execute(std::string_view text, const database::Parameters& parameters = {}) {
    must(must(session->execute(text, parameters))->collect());
  }
  int64_t number(database::Statement& statement) {
    const auto rows = must(must(session->execute(statement))->collect());
    return rows.at(0).at(0).as_int64();
  }

  std::unique_ptr<database::Database> database;
  std::unique_ptr<database::Session> session;
};

// An array of `count` objects {id, number, text} with ids from `first` on.
Value row_objects(int64_t first, int64_t count);
// The text and the number of row `id`, for every contestant alike.
std::string row_text(int64_t id);
int64_t row_number(int64_t id);

}  // namespace zerodb::bench
