// Statistics: what the planner may know of the tables that a statement reads.
//
// All of it is a guess: a plan is right with any of it. Threading: may be shared by all threads.
#pragma once

#include <memory>

#include "base/ids.h"
#include "catalog/statistics.h"

namespace zerodb::plan {

class Statistics {
 public:
  virtual ~Statistics() = default;
  // About how many records there are now.
  virtual double rows(const catalog::Table& table) const = 0;
  // What was found when the table was last looked through; null if it never was.
  virtual std::shared_ptr<const catalog::TableStatistics> table(TableId table) const = 0;
};

}  // namespace zerodb::plan
