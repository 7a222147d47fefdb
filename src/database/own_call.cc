#include "database/own_call.h"

#include "exec/arena_wasm.h"
#include "value/temporal.h"

namespace zerodb::database {

OwnCall::OwnCall(Database& database, txn::Transaction& transaction, SchemaPtr schema,
                 const CancelToken* cancel, const function::SessionInfo* session)
    : schema_(std::move(schema)) {
  call_.transaction_time = from_unix_ns(database.clock_->wall_ns());
  call_.regexes = &regexes_;
  call_.zones = &zones_;
  call_.clock = database.clock_;
  call_.random = database.random_.get();
  call_.session = session == nullptr ? &info_ : session;
  call_.names = schema_->names();
  context_.transaction = &transaction;
  context_.memory = database.memory_.get();
  context_.library = database.library_.get();
  context_.call = &call_;
  context_.cancel = cancel;
  context_.tier = exec::TierPolicy::Interpreter;
}

}  // namespace zerodb::database
