// Scope: which column of a program's input each name of a checked expression stands for.
//
// Threading: built and used by one thread while a statement is planned.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "plan/plan.h"
#include "sema/expr.h"

namespace zerodb::plan {

class Scope {
 public:
  // Adds the next input column; the position is the number of columns before it.
  void add(sema::SourceId source, uint32_t index, OutputColumn column);
  // Adds a column that no expression names.
  uint32_t add_unnamed(OutputColumn column);
  // Another name for the input column at `position`.
  void name(sema::SourceId source, uint32_t index, uint32_t position) {
    entries_.push_back({source, index, position});
  }
  // All columns of `other` behind the ones here.
  void append(const Scope& other);
  // The same columns as a query inside this one sees them.
  Scope as_outer() const;

  std::optional<uint32_t> find(sema::SourceId source, uint32_t index) const;
  // A column of the query right around the one whose expressions are lowered.
  std::optional<uint32_t> find_outer(sema::SourceId source, uint32_t index) const;

  // Where the value of a subquery stands that was joined to the rows.
  struct Joined {
    uint32_t value = 0;
    // A row for which the subquery had nothing to aggregate has none here, and what `empty` gives
    // as its value.
    std::optional<uint32_t> found;
    uint32_t empty = 0;  // a subplan
  };
  void add_joined(sema::ExprId subquery, Joined joined) { joined_[subquery.value()] = joined; }
  const Joined* joined(sema::ExprId subquery) const;

  uint32_t size() const { return static_cast<uint32_t>(columns_.size()); }
  const std::vector<OutputColumn>& columns() const { return columns_; }

  std::optional<uint32_t> first_aggregate;  // aggregates follow each other
  std::optional<uint32_t> first_window;     // and so do the values of windows
  std::optional<uint32_t> old_record;
  std::optional<uint32_t> new_record;

 private:
  struct Entry {
    sema::SourceId source;
    uint32_t index;
    uint32_t position;
  };
  static std::optional<uint32_t> find_in(const std::vector<Entry>& entries, sema::SourceId source,
                                         uint32_t index);

  std::vector<Entry> entries_;
  std::vector<Entry> outer_entries_;
  std::map<uint32_t, Joined> joined_;  // by ExprId
  std::vector<OutputColumn> columns_;
};

}  // namespace zerodb::plan
