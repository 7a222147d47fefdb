// RecordReader: shows what a plan reads of stored records as columns.
//
// Threading: belongs to one statement.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/column.h"
#include "exec/state.h"

namespace zerodb::exec {

// "[table u64]" in front of the keys of its records; likewise of an index.
std::string store_prefix(uint64_t id);
std::string records_prefix(const catalog::Table& table);
// Takes the record key off a key of the store.
inline std::string_view without_prefix(std::string_view key) {
  return key.substr(sizeof(uint64_t));
}
// The slot of rows from `row` on.
ColumnSlot shifted(const ColumnSlot& slot, uint32_t row);

Result<Value> record_id_of(TableId table, std::string_view record_key);
// The record as an object: its id, the fields of its key, and what is stored.
Result<Value> record_object(const catalog::Table& table, const RecordView& record, const Value& id);

class RecordReader {
 public:
  RecordReader(ExecState& state, TableId table, const std::vector<sema::SourceColumn>& reads);

  // Whether ids and key columns alone are not enough.
  bool needs_records() const { return needs_records_; }
  // Whether the fields alone are not enough.
  bool needs_keys() const { return !keyed_.empty() || !whole_.empty(); }
  // Row i shows the record with keys[i] (without the table) and records[i]; records may be left out
  // if they are not needed.
  Status read(std::span<const std::string_view> keys, std::span<const std::string_view> records,
              std::span<const ColumnSlot> columns);

 private:
  Status read_key_column(const sema::SourceColumn& read, std::string_view key, const Column& column,
                         uint32_t row);

  ExecState& state_;
  TableId table_;
  const std::vector<sema::SourceColumn>& reads_;
  RecordDecoder decoder_;
  std::vector<uint32_t> decoded_;  // columns that the decoder fills
  std::vector<uint32_t> keyed_;    // columns that come from the key
  std::vector<uint32_t> whole_;    // columns with the whole record
  std::vector<ColumnSlot> slots_;
  uint32_t key_columns_ = 0;
  bool needs_records_ = false;
};

}  // namespace zerodb::exec
