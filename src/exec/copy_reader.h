// CopyReader: reads the files of COPY FROM into batches of rows for one table.
//
// Cells and JSON texts become values of the types of the columns; what has no type stays as it is.
// Memory is that of one batch. Threading: belongs to one thread; the schema is immutable and
// borrowed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/schema.h"
#include "exec/copy_batch.h"
#include "sema/statement.h"

namespace zerodb::exec {

inline constexpr size_t kCopyRowsMax = 8192;
inline constexpr size_t kCopyBytesMax = 4 << 20;

struct CopyInput {
  std::vector<std::string> paths;
  sema::CopyStatement::Format format = sema::CopyStatement::Format::Csv;
  const catalog::Schema* schema = nullptr;
  const catalog::Table* table = nullptr;  // of the schema
  bool keeps_text = false;                // of the rows, for rejecting them
};

class CopyReader {
 public:
  virtual ~CopyReader() = default;

  // The next rows in place of those of the batch; none at the end. Rows that do not fit are among
  // them. E0624 where the file cannot be read on, E0202 for a header with an unknown column. After
  // an error the batch holds the rows before it.
  virtual Status next(CopyBatch& batch) = 0;
  // Looks at the next rows and forgets them: what is wrong with the first that does not fit, or
  // with the file; false at the end.
  virtual Result<bool> check();
};

// `copy` is borrowed.
std::unique_ptr<CopyReader> make_copy_reader(CopyInput input, const sema::CopyStatement& copy);

}  // namespace zerodb::exec
