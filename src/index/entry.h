// Index entries: which keys of the store a record has in an index.
//
//   key      [index u64 BE][columns in typed key form][record key, unless the index is unique and
//   no column is none] payload  1 and the record key where the key does not end with it; else 0 and
//   the size of the record key, u16; then,
//            in the indexes on the ends of an edge table, the record id at the other end as a zval
//            element
// A path through [*] gives an entry for each distinct element. One that meets a link stops there
// and gives the link, which is never followed. A unique index keeps a record of which a column is
// none under the longer form: it is found, but clashes with nothing. Threading: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/schema.h"
#include "value/value.h"

namespace zerodb::index {

struct Entry {
  std::string key;
  std::string payload;
  bool must_be_unique = false;  // no other record may have the key
  bool operator==(const Entry&) const = default;
};

// Gives the values of a record by name.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // The value of a declared or undeclared key of the top level; none where it is missing.
  virtual Result<Value> field(const catalog::IndexColumn& column, std::string_view name) const = 0;
  // The declared field at a position.
  virtual Result<Value> field_at(uint32_t position) const = 0;
  virtual Value id() const = 0;
  // What the expression that is column number `column` of the index gives.
  virtual Result<Value> expression(size_t column) const = 0;
};

// Appends the key of a value in an index column. False if the column's type cannot hold the value.
Result<bool> append_column(std::string& out, const catalog::IndexColumn& column,
                           const Value& value);

// Appends the entries of a record. `record_key` is its key without the table. Whether a partial
// index takes the record is the caller's to know.
Status append_entries(const catalog::Index& index, const RecordSource& record,
                      std::string_view record_key, std::vector<Entry>& out);

// The record key that an entry names; a view into either argument. E1205 for a damaged entry.
Result<std::string_view> record_key_of(std::string_view key, std::string_view payload);

// The record id at the other end of an edge, as a zval element; empty if the entry has none.
std::string_view other_end_of(std::string_view payload);

// What must be taken out and put in when the entries of a record change; both in order of keys.
struct Difference {
  std::vector<Entry> removed;
  std::vector<Entry> added;
};
Difference difference(std::vector<Entry> before, std::vector<Entry> after);

}  // namespace zerodb::index
