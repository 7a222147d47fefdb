// Values of files as values of a table's types.
//
// Threading: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"
#include "catalog/schema.h"
#include "value/text.h"
#include "value/type.h"
#include "value/value.h"

namespace zerodb::exec {

// The cell of a CSV file as a value of the type: text as CAST reads it, arrays and objects as JSON.
// A string where the type does not say more. E0903, E0624.
Result<Value> value_of_cell(std::string_view text, const Type& type, const Names& names);
// A key: with its table in front, else a value of the key's type, else a whole number, a uuid or a
// string.
Result<Value> key_of_cell(std::string_view text, const catalog::Table& table, const Names& names);
// JSON has no datetimes, decimals, uuids or record ids: strings in their places are read as CAST
// does. Everything else stays as it is.
Result<Value> value_of_json(const Value& value, const Type& type, const Names& names);
Result<Value> key_of_json(const Value& value, const catalog::Table& table, const Names& names);

}  // namespace zerodb::exec
