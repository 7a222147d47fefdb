#include "database/schema_cache.h"

namespace zerodb::database {
namespace {

Status collect_rows(txn::Transaction& transaction, const std::string& prefix, catalog::Rows& rows) {
  const auto cursor = transaction.scan(storage::Family::Meta, storage::Range::prefix(prefix),
                                       storage::Direction::Forward);
  while (const storage::Entry* entry = cursor->next()) rows.emplace(entry->key, entry->value);
  return cursor->status();
}

Result<uint64_t> version_at(txn::Transaction& transaction, const std::string& key) {
  std::string buffer;
  const auto row = TRY(transaction.get(storage::Family::Meta, key, buffer));
  const SchemaVersion version = TRY(catalog::decode_version(row.value_or(std::string_view())));
  return version.value();
}

}  // namespace

Result<SchemaCache::Version> SchemaCache::read_version(txn::Transaction& transaction,
                                                       DatabaseId database) {
  Version version;
  version.root = TRY(version_at(transaction, catalog::root_version_key()));
  version.database = TRY(version_at(transaction, catalog::database_version_key(database)));
  return version;
}

Result<catalog::Rows> SchemaCache::rows(txn::Transaction& transaction, DatabaseId database) {
  catalog::Rows rows;
  TRY(collect_rows(transaction, catalog::root_prefix(), rows));
  TRY(collect_rows(transaction, catalog::database_prefix(database), rows));
  return rows;
}

Result<SchemaPtr> SchemaCache::get(txn::Transaction& transaction, DatabaseId database) {
  // A write under an old schema must not commit, whatever its isolation.
  const txn::ReadGuard guard(transaction);
  const Version version = TRY(read_version(transaction, database));
  {
    const std::lock_guard lock(mutex_);
    const auto found = newest_.find(database);
    // Versions only grow, and a transaction's own definitions count on: an uncommitted version is
    // never entered below.
    if (found != newest_.end() && found->second.first == version && !transaction.has_writes())
      return found->second.second;
  }
  const catalog::Rows definitions = TRY(rows(transaction, database));
  SchemaPtr schema = TRY(catalog::build(definitions, database));
  if (!transaction.has_writes()) {
    const std::lock_guard lock(mutex_);
    auto& slot = newest_[database];
    if (slot.second == nullptr || slot.first < version) slot = {version, schema};
  }
  return schema;
}

}  // namespace zerodb::database
