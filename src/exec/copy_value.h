// Values of files as values of a table's types.
//
// Threading: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"
#include "catalog/schema.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::exec {

// The cell of a CSV file as a value of the type: text as CAST reads it, ranges and record ids as
// their literals, arrays, maps and objects as JSON. A string where the type does not say more.
// E0903, E0624, E0306, E0307.
Result<Value> value_of_cell(std::string_view text, const Type& type, const catalog::Schema& schema);
// A key: with its table in front, else a value of the key's type, else a whole number, a uuid or a
// string.
Result<Value> key_of_cell(std::string_view text, const catalog::Table& table,
                          const catalog::Schema& schema);
// A value of a JSON document as one of the type. What JSON has no values for is read from what
// value/json.h writes for it: strings as CAST does, ranges and record ids as their literals, the
// entries of maps, results. None stays none. E0306, E0307, E0903.
Result<Value> value_of_json(const Value& value, const Type& type, const catalog::Schema& schema);
Result<Value> key_of_json(const Value& value, const catalog::Table& table,
                          const catalog::Schema& schema);
// What a JsonReader is to know of the documents that become rows of the table.
Type type_of_rows(const catalog::Table& table);

}  // namespace zerodb::exec
