// RowCounts: about how many records a table has.
//
// Threading: may be shared by all threads.
#pragma once

#include "base/ids.h"

namespace zerodb::plan {

class RowCounts {
 public:
  virtual ~RowCounts() = default;
  virtual double rows(TableId table) const = 0;
};

}  // namespace zerodb::plan
