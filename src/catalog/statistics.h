// TableStatistics: what is known of the values of a table's fields, for estimates.
//
// Kept in the store under 't' [table u64], beside the definitions but no part of them: they are
// about the records of some moment and may be missing. Errors of reading: E1205 for a row that
// cannot be read, E1208 for a format from the future. Threading: plain values and pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "catalog/schema.h"
#include "value/value.h"

namespace zerodb::catalog {

// Of one declared field. Parts are of all records, from 0 to 1.
struct FieldStatistics {
  struct Common {
    Value value;
    double part = 0;
  };
  double none = 0;             // the part that has no value
  double distinct = 0;         // about how many different values the others have
  std::vector<Common> common;  // values that many records have, the most frequent first
  // Of the values that are not common: between two neighbours lie equally many. In rising order;
  // empty or at least two.
  std::vector<Value> bounds;
};

struct TableStatistics {
  double records = 0;
  double store_bytes = 0;  // what the store said that they take: how much the table grew since
  std::map<FieldId, FieldStatistics> fields;
};

std::string statistics_key(TableId table);
// What the keys of all tables of a database begin with.
std::string statistics_prefix(DatabaseId database);
Change put_statistics(TableId table, const TableStatistics& statistics);
Change erase_statistics(TableId table);
Result<TableStatistics> decode_statistics(std::string_view row);

}  // namespace zerodb::catalog
