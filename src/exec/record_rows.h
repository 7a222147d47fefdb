// RecordRows: reads the records of a cursor batch by batch into columns.
//
// Threading: belongs to one statement.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/operator.h"
#include "exec/record_reader.h"

namespace zerodb::exec {

// Copies of keys and records of one batch, in one buffer.
class ByteRuns {
 public:
  void clear();
  void add(std::string_view run, std::string_view more = {});
  size_t bytes() const { return bytes_.size(); }
  // Valid until the next change.
  const std::vector<std::string_view>& views();

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
  std::vector<std::string_view> views_;
};

class RecordRows {
 public:
  RecordRows(ExecState& state, TableId table, const std::vector<sema::SourceColumn>& reads)
      : state_(state), reader_(state, table, reads) {}

  // At most target.capacity records; 0 at the end of the cursor.
  Result<uint32_t> fill(txn::ScanCursor& cursor, const Target& target);
  // Of the last record that was read: its key in the store.
  const std::string& last_key() const { return last_key_; }
  // Only then is last_key() kept.
  void keep_last_key() { keeps_last_key_ = true; }

 private:
  ExecState& state_;
  RecordReader reader_;
  ByteRuns keys_;
  ByteRuns records_;
  bool keeps_last_key_ = false;
  std::string last_key_;
};

}  // namespace zerodb::exec
