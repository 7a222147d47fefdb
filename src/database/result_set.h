// ResultSet: what a statement gave: rows that stream, or a count of records that it changed.
//
// Rows come while the statement runs; nothing is read ahead but one batch. A result that reads
// outside BEGIN keeps its snapshot until it is read to its end or dropped. Values stay good after
// the result is gone. Threading: belongs to the session's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::database {

struct Column {
  std::string name;
  Type type;
};

struct Statistics {
  uint64_t rows = 0;       // handed out so far
  uint64_t rows_read = 0;  // records read
  uint64_t affected = 0;   // records written
  int64_t elapsed_ns = 0;  // from the start of the statement until its latest rows were there
  std::string_view tier;   // "interpreter", "wasm", or "auto" where both ran
};

struct ResultState;  // shared by the ResultSet and the session, which ends it when the next
                     // statement starts

class ResultSet {
 public:
  explicit ResultSet(std::shared_ptr<ResultState> state);
  ~ResultSet();
  ResultSet(const ResultSet&) = delete;
  ResultSet& operator=(const ResultSet&) = delete;

  // Whether the statement gives rows at all; otherwise statistics().affected says what it did.
  bool has_rows() const;
  const std::vector<Column>& columns() const;
  // The next row, or false at the end. The vector's storage is reused.
  Result<bool> next(std::vector<Value>& row);
  // All remaining rows.
  Result<std::vector<std::vector<Value>>> collect();
  Statistics statistics() const;

 private:
  std::shared_ptr<ResultState> state_;
};

}  // namespace zerodb::database
