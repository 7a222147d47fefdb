// Draft: a record on its way into the store, or out of it: its key and the values of its fields.
//
// Declared fields have their place by position in the table; undeclared keys follow in the order in
// which they were written. A field that is absent has no value; one that holds none has one.
// Threading: belongs to one statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/schema.h"
#include "exec/state.h"
#include "plan/plan.h"
#include "value/record_codec.h"
#include "value/value.h"

namespace zerodb::exec {

struct Draft {
  Value key;
  std::string key_bytes;  // as in the store, without the table
  std::vector<std::optional<Value>> fields;
  std::vector<std::pair<std::string, Value>> extras;

  const Value* find_extra(std::string_view name) const;
  void set_extra(std::string_view name, Value value);
  void erase_extra(std::string_view name);
};

// Access to drafts of one table.
class DraftTable final {
 public:
  // The table must outlive this.
  DraftTable(ExecState& state, const catalog::Table& table);
  // Of a table that the statement's own schema does not know as it is.
  DraftTable(ExecState& state, const catalog::Table& table, RecordLayouts layouts);

  const catalog::Table& table() const { return table_; }
  Draft empty() const;
  Result<Draft> load(std::string_view key_bytes, std::string_view record) const;
  Result<std::string> encode(const Draft& draft) const;
  // The record as an object with id (and key fields); none for no draft.
  Result<Value> to_object(const Draft* draft) const;
  Value id(const Draft& draft) const { return Value::record_id(table_.id, draft.key); }
  Value key_component(const Draft& draft, uint32_t index) const;
  // What a column shows of the record; none without a draft.
  Result<Value> read(const Draft* draft, const sema::SourceColumn& column) const;

  // Sets a key of the top level, declared or not. E0202 for an undeclared one of a schemafull
  // table.
  Status set(Draft& draft, std::string_view name, Value value) const;
  std::optional<Value> get(const Draft& draft, std::string_view name) const;
  void erase(Draft& draft, std::string_view name) const;
  // Makes undeclared keys with the name of a declared field that field's values: a record may be
  // older than the field. E0412 where it has both.
  Status adopt_extras(Draft& draft) const;

  // E1006 unless the table takes the key; fills in key and key_bytes.
  Status set_key(Draft& draft, const Value& key) const;
  // The key columns' values, as far as `values` has them, make the key. False if none is given.
  Result<bool> set_key_from(Draft& draft, const std::vector<std::optional<Value>>& values) const;
  // A key of one's own: uuid v7.
  Status generate_key(Draft& draft) const;

 private:
  ExecState& state_;
  const catalog::Table& table_;
  RecordLayouts layouts_;
  std::vector<uint32_t> slots_;  // of field positions in the current layout
};

}  // namespace zerodb::exec
