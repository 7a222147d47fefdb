// OwnCall: what a statement that the database runs by itself is called with.
//
// Threading: belongs to one thread.
#pragma once

#include "database/database.h"
#include "database/schema_cache.h"
#include "exec/executor.h"
#include "function/context.h"
#include "function/regex.h"
#include "function/zone.h"

namespace zerodb::database {

class OwnCall {
 public:
  // All is borrowed; `cancel` may be null, and so `session`, for which it is called.
  OwnCall(Database& database, txn::Transaction& transaction, SchemaPtr schema,
          const CancelToken* cancel, const function::SessionInfo* session = nullptr);
  OwnCall(const OwnCall&) = delete;
  OwnCall& operator=(const OwnCall&) = delete;

  const exec::ExecContext& context() const { return context_; }

 private:
  SchemaPtr schema_;
  function::RegexCache regexes_;
  function::ZoneCache zones_;
  function::SessionInfo info_;
  function::CallContext call_;
  exec::ExecContext context_;
};

}  // namespace zerodb::database
