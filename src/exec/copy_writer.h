// CopyWriter: the rows of COPY TO as text of a file.
//
// CSV cells are strings as they are, numbers, times and ids as CAST writes them, ranges as their
// literals, bytes in base64, other composites as JSON; JSON documents as value/json.h has them.
// Threading: belongs to one thread.
#pragma once

#include <string>
#include <vector>

#include "exec/executor.h"
#include "sema/statement.h"

namespace zerodb::exec {

class CopyWriter {
 public:
  // All borrowed.
  CopyWriter(const sema::CopyStatement& copy, sema::CopyStatement::Format format,
             std::vector<std::string> columns, Names names)
      : copy_(copy), format_(format), columns_(std::move(columns)), names_(names) {}

  void begin(std::string& out);
  void append(const RowBatch& batch, std::string& out);
  void end(std::string& out);

 private:
  void append_csv(const RowBatch& batch, uint32_t row, std::string& out);
  void append_document(const RowBatch& batch, uint32_t row, std::string& out);

  const sema::CopyStatement& copy_;
  sema::CopyStatement::Format format_;
  std::vector<std::string> columns_;
  Names names_;
  bool is_first_ = true;
};

}  // namespace zerodb::exec
