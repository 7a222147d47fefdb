// Scope: which column of a program's input each name of a checked expression stands for.
//
// Threading: built and used by one thread while a statement is planned.
#pragma once

#include <cstdint>
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

  std::optional<uint32_t> find(sema::SourceId source, uint32_t index) const;
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
  std::vector<Entry> entries_;
  std::vector<OutputColumn> columns_;
};

}  // namespace zerodb::plan
