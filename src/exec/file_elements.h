// The elements of files: what read_csv and read_json give, row by row.
//
// Files are read as they are asked for; of a CSV file up to kInferredRows rows are kept until the
// types of its cells are known. Errors tell the file and the line. Threading: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file_access.h"
#include "value/value.h"

namespace zerodb::exec {

// The elements of one call of a table function, one after the other; nothing at the end.
class Elements {
 public:
  virtual ~Elements() = default;
  virtual Result<std::optional<Value>> next() = 0;
};

inline constexpr size_t kInferredRows = 10'000;

struct CsvOptions {
  char delimiter = ',';
  bool has_header = true;
  bool infers = true;     // else every cell is a string
  std::string none_text;  // a cell without quotes that is none
};

// Objects with a member for each column, by its name in the header, else `column0`, `column1`, ...
std::unique_ptr<Elements> read_csv(std::vector<std::string> paths, CsvOptions options);
// The elements of the array that a file is, else its documents, one a line.
std::unique_ptr<Elements> read_json(std::vector<std::string> paths);

}  // namespace zerodb::exec
