// StatementCache: checked and planned statements, kept by text, database, schema version and
// parameter types.
//
// The least recently used entry goes when the cache is full. An entry is immutable but for its
// count of executions, so sessions share it; a statement in use outlives its place in the cache.
// Threading: may be shared by all threads.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "database/result_set.h"
#include "database/schema_cache.h"
#include "database/statement_counts.h"
#include "plan/plan.h"
#include "sema/statement.h"

namespace zerodb::database {

struct Planned {
  SchemaPtr schema;
  std::string access_key;  // of the user that it was checked for (PlanningInput)
  std::shared_ptr<const sema::Statement> checked;  // shared with the plan
  std::shared_ptr<const plan::Plan>
      plan;  // shared with running results; null for statements of the session itself
  std::vector<Column> columns;
  bool takes_value = false;         // LET, SET: the session keeps the value of the query
  bool is_point_read = false;       // reads one record by its id and nothing else
  std::map<TableId, double> sizes;  // of joined tables, when the plan was made
  uint64_t statistics = 0;          // their generation then
  mutable std::atomic<uint32_t> executions = 0;
  mutable StatementCounts counts;
};
using PlannedPtr =
    std::shared_ptr<const Planned>;  // shared by the cache, prepared statements and running results

class StatementCache {
 public:
  static constexpr size_t kEntriesMax = 1024;

  // Null if there is none.
  PlannedPtr find(const std::string& key);
  void insert(std::string key, PlannedPtr planned);
  // The texts of the statements and their plans, the most recently used first.
  std::vector<std::pair<std::string, PlannedPtr>> entries();

 private:
  using Entry = std::pair<std::string, PlannedPtr>;

  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator>
      by_key_;  // views of the entries' own keys
};

}  // namespace zerodb::database
