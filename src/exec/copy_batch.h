// CopyBatch: rows of a file on their way into a table.
//
// Made by a CopyReader, put into the table by the plan of COPY FROM. A batch is kept until its
// transaction has ended, as that may have to be run again. Threading: handed from thread to thread,
// used by one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "value/value.h"

namespace zerodb::exec {

// Where the cells of a column go.
struct CopyColumn {
  enum class Kind : uint8_t { Id, Key, Field, Extra, Skipped };
  std::string name;
  Kind kind = Kind::Extra;
  uint32_t position = 0;  // of the key column or declared field
};

struct CopyRow {
  uint64_t line = 0;
  uint32_t file = 0;  // in `paths`
  std::string text;   // as in the file, if rejected rows are kept
  Value object;       // of a JSON document
  // Why the row does not fit the table, as far as its reader could see.
  std::optional<Error> misfit;
};

struct CopyBatch {
  std::vector<CopyColumn> columns;  // of a CSV file; its cells are in `cells`
  std::vector<CopyRow> rows;
  std::vector<std::optional<Value>> cells;  // row by row; nothing: left out
  std::vector<std::string> paths;

  bool is_empty() const { return rows.empty(); }
  std::string place(size_t row) const {
    return paths[rows[row].file] + ":" + std::to_string(rows[row].line);
  }
};

// The rows of a batch that one execution puts into the table.
struct CopyRange {
  const CopyBatch* batch = nullptr;  // borrowed
  size_t begin = 0;
  size_t end = 0;
  std::optional<size_t> failed;  // set by a failing execution where one row is to blame
};

}  // namespace zerodb::exec
