// IndexBuilder: makes the entries of an index beside writers, in small transactions that note how
// far they came.
//
// The definition has committed the index as write-only, so whoever writes after it keeps the index
// in step and nobody reads it; a step adds the entries of records that nobody changed meanwhile;
// the last step makes the index ready. A process that ends on the way goes on from the last step
// when the store is opened again. Threading: belongs to one thread; several may build the same
// index, each step by whichever comes first.
#pragma once

#include "base/cancel.h"
#include "base/ids.h"
#include "database/database.h"
#include "exec/index_build.h"

namespace zerodb::database {

class IndexBuilder {
 public:
  // What becomes of an index whose building is cancelled: it goes, or waits for whoever goes on.
  enum class Cancelled : uint8_t { TakenBack, Left };

  IndexBuilder(Database& database, const CancelToken& cancel, Cancelled cancelled)
      : database_(database), cancel_(cancel), cancelled_(cancelled) {}

  // Builds the index of a job (catalog/jobs.h) to its end. After an error, such as E1011, there is
  // no index any more, unless it is E1107 and the index is left. E0207 if it was removed meanwhile.
  Status run(IndexId index);

 private:
  enum class Outcome : uint8_t { More, Ready };
  Result<Outcome> step(IndexId index, exec::IndexBuildLimits limits);
  Status take_back(IndexId index);
  Status try_to_take_back(IndexId index);

  Database& database_;
  const CancelToken& cancel_;
  Cancelled cancelled_;
};

}  // namespace zerodb::database
