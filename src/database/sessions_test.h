// A database for a test, and short ways to run statements in its sessions.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.h"
#include "database/result_set.h"
#include "database/session.h"
#include "storage/test_engines.h"

namespace zerodb::database {

using storage::EngineKind;
using Rows = std::vector<std::vector<Value>>;

struct Opened {
  storage::TestFolder folder;
  std::unique_ptr<Database> database;

  // A borrowed clock, or that of the system.
  explicit Opened(EngineKind kind, Clock* clock = nullptr) {
    DatabaseOptions options;
    options.memory_budget = 64 << 20;
    options.clock = clock;
    auto opened = kind == EngineKind::Memory ? Database::open_memory(options)
                                             : Database::open(folder.path() + "/db", options);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().to_string());
    database = std::move(*opened);
  }
  std::unique_ptr<Session> session() const { return database->create_session().value(); }
};

// What a statement gave: its rows, or the name of its error's code.
struct Outcome {
  std::string code;
  Rows rows;
};

inline Outcome run(Session& session, std::string_view text, const Parameters& parameters = {}) {
  auto result = session.execute(text, parameters);
  if (!result) return {std::string(code_name(result.error().code())), {}};
  auto rows = (*result)->collect();
  if (!rows) return {std::string(code_name(rows.error().code())), {}};
  return {"", std::move(*rows)};
}

inline void check(Session& session, std::string_view text, std::string_view code = "",
                  const Parameters& parameters = {}) {
  EXPECT_EQ(run(session, text, parameters).code, code) << text;
}

// The one value of the one row; -1 where there is no such int.
inline int64_t number(Session& session, std::string_view text, const Parameters& parameters = {}) {
  const Outcome outcome = run(session, text, parameters);
  EXPECT_EQ(outcome.code, "") << text;
  if (outcome.rows.size() != 1 || outcome.rows[0][0].tag() != Tag::I64) return -1;
  return outcome.rows[0][0].as_int64();
}

}  // namespace zerodb::database
