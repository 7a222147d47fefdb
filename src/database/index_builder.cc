#include "database/index_builder.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "catalog/jobs.h"
#include "database/own_call.h"
#include "database/schema_cache.h"

namespace zerodb::database {

using storage::Family;

namespace {

constexpr exec::IndexBuildLimits kLargestStep{.records = 8192, .bytes = uint64_t{4} << 20};
// So small a step hardly ever meets a writer.
constexpr uint64_t kSmallestStep = 8;

Status apply(txn::Transaction& transaction, const catalog::Change& change) {
  if (change.kind == catalog::Change::Kind::Erase)
    return transaction.erase(Family::Meta, change.key);
  return transaction.put(Family::Meta, change.key, change.row);
}

// The job as the transaction sees it; nothing once it is done.
Result<std::optional<catalog::IndexJob>> find_job(txn::Transaction& transaction, IndexId index) {
  std::string buffer;
  const std::string key = catalog::index_job_key(index);
  const auto row = TRY(transaction.get(Family::Meta, key, buffer));
  if (!row) return std::optional<catalog::IndexJob>();
  return std::optional(TRY(catalog::decode_index_job(key, *row)));
}

const catalog::Index* find_index(const catalog::Schema& schema, const catalog::IndexJob& job) {
  const catalog::Table* table = schema.find_table(job.table);
  return table == nullptr ? nullptr : table->index(job.index);
}

Status put_next_version(txn::Transaction& transaction, const catalog::Schema& schema) {
  return apply(transaction, catalog::put_database_version(
                                schema.database().id, SchemaVersion(schema.version().value() + 1)));
}

}  // namespace

Result<IndexBuilder::Outcome> IndexBuilder::step(IndexId id, exec::IndexBuildLimits limits) {
  // Only the last step has to be on the disk before anyone is told.
  txn::TransactionOptions options;
  options.durability = txn::Durability::Relaxed;
  auto transaction = txn::Transaction::begin(*database_.router_, options);
  const auto job = TRY(find_job(transaction, id));
  if (!job) return Error(ErrorCode::E0207, "the index was removed while it was built");
  const SchemaPtr schema = TRY(database_.schemas_.get(transaction, job->database));
  const catalog::Index* index = find_index(*schema, *job);
  if (index == nullptr) return Error(ErrorCode::E0207, "the index was removed while it was built");
  const OwnCall call(database_, transaction, schema, &cancel_);
  const exec::IndexBuildStep step =
      TRY(exec::build_index_step(call.context(), schema, *index, job->next, limits));
  if (!step.is_complete) {
    catalog::IndexJob rest = *job;
    rest.next = step.next;
    TRY(apply(transaction, catalog::put_index_job(rest)));
    TRY(transaction.commit());
    return Outcome::More;
  }
  catalog::Index ready = *index;
  ready.state = catalog::Index::State::Ready;
  TRY(apply(transaction, catalog::put_index(job->database, ready)));
  TRY(apply(transaction, catalog::erase_index_job(id)));
  TRY(put_next_version(transaction, *schema));
  TRY(database_.commit_definition(transaction));
  return Outcome::Ready;
}

Status IndexBuilder::try_to_take_back(IndexId id) {
  auto transaction = txn::Transaction::begin(*database_.router_, {});
  const auto job = TRY(find_job(transaction, id));
  if (!job) return ok_status();
  std::string prefix;
  put_be(prefix, id.value());
  TRY(apply(transaction, catalog::erase_index_job(id)));
  TRY(apply(transaction,
            catalog::put_dropped({catalog::DroppedSpace::Kind::Entries, std::move(prefix)})));
  Result<SchemaPtr> schema = database_.schemas_.get(transaction, job->database);
  const bool is_gone = !schema && schema.error().code() == ErrorCode::E0206;
  if (!schema && !is_gone) return std::move(schema).error();
  if (!is_gone && find_index(**schema, *job) != nullptr) {
    TRY(apply(transaction, catalog::erase_index(job->database, id)));
    TRY(put_next_version(transaction, **schema));
  }
  return database_.commit_definition(transaction);
}

Status IndexBuilder::take_back(IndexId id) {
  while (true) {
    Status taken = try_to_take_back(id);
    if (taken || !taken.error().is_retryable()) return taken;
  }
}

Status IndexBuilder::run(IndexId id) {
  exec::IndexBuildLimits limits = kLargestStep;
  while (true) {
    Result<Outcome> outcome = cancel_.is_cancelled()
                                  ? Error(ErrorCode::E1107, "the statement was cancelled")
                                  : step(id, limits);
    if (outcome) {
      if (*outcome == Outcome::Ready) return ok_status();
      limits.records = std::min(limits.records * 2, kLargestStep.records);
    } else if (outcome.error().is_retryable()) {
      // A writer was there first.
      limits.records = std::max(limits.records / 4, kSmallestStep);
    } else {
      const bool is_left =
          outcome.error().code() == ErrorCode::E1107 && cancelled_ == Cancelled::Left;
      if (!is_left) TRY(take_back(id));
      return std::move(outcome).error();
    }
  }
}

}  // namespace zerodb::database
