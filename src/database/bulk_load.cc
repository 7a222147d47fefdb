#include "database/bulk_load.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "catalog/store_codec.h"
#include "database/database.h"

namespace zerodb::database {

using catalog::DroppedSpace;
using storage::Family;

namespace {

// Index entries are sorted in memory, which is half of what a statement may take, at most so much.
constexpr uint64_t kEntryBytesMax = uint64_t{256} << 20;

std::string space_prefix(uint64_t id) {
  std::string out;
  put_be(out, id);
  return out;
}

bool can_load(const catalog::Schema& schema, const catalog::Table& table) {
  const bool has_references = std::ranges::any_of(
      table.fields, [](const catalog::Field& field) { return field.reference.has_value(); });
  return table.kind == catalog::Table::Kind::Normal && !has_references &&
         !table.options.contains("ttl") && schema.edges_at(table.id).empty() &&
         std::ranges::all_of(table.indexes, [](const catalog::Index& index) {
           return !index.unique && index.state == catalog::Index::State::Ready &&
                  index.method.empty();
         });
}

Status put_changes(txn::Transaction& transaction, const std::vector<catalog::Change>& changes) {
  for (const catalog::Change& change : changes) {
    TRY(change.kind == catalog::Change::Kind::Erase
            ? transaction.erase(Family::Meta, change.key)
            : transaction.put(Family::Meta, change.key, change.row));
  }
  return ok_status();
}

// Also recorded as read.
Result<bool> is_empty(txn::Transaction& transaction, SpaceId space) {
  const auto cursor =
      transaction.scan(Family::Row, storage::Range::prefix(space_prefix(space.value())),
                       storage::Direction::Forward);
  const bool is_empty = cursor->next() == nullptr;
  TRY(cursor->status());
  return is_empty;
}

uint64_t head_of(std::string_view key) {
  std::array<char, sizeof(uint64_t)> bytes{};
  std::ranges::copy(key.substr(0, bytes.size()), bytes.begin());
  return get_be<uint64_t>(bytes.data());
}

Error conflict() {
  return Error(ErrorCode::E0801, "another transaction changed the table while rows were loaded");
}

}  // namespace

Result<std::unique_ptr<BulkLoad>> BulkLoad::start(Database& database, DatabaseId where,
                                                  TableId table) {
  if (!database.live_queries_.is_empty()) return std::unique_ptr<BulkLoad>();
  std::unique_ptr<BulkLoad> load(new BulkLoad(database, where, table));
  if (!TRY(load->allocate())) return std::unique_ptr<BulkLoad>();
  const mvcc::Version version{
      database.router_->last_commit(), mvcc::VersionKind::Value, false, false, {}};
  load->header_ = mvcc::version_header(version);
  load->writer_ = TRY(database.engine_->bulk_writer());
  return load;
}

std::string BulkLoad::old_prefix() const {
  return space_prefix(old_space_.value());
}

BulkLoad::~BulkLoad() {
  claim_.reset();
  database_.maintenance_.wake();
}

std::vector<DroppedSpace> BulkLoad::new_spaces() const {
  std::vector<DroppedSpace> spaces = {
      {DroppedSpace::Kind::Records, space_prefix(new_space_.value())}};
  for (const auto& [old, index] : indexes_)
    spaces.push_back({DroppedSpace::Kind::Entries, space_prefix(index.id.value())});
  return spaces;
}

// Takes ids for the new spaces, which are to be freed until finish() says otherwise.
Result<bool> BulkLoad::allocate() {
  auto transaction = txn::Transaction::begin(*database_.router_, {});
  const SchemaPtr schema = TRY(database_.schemas_.get(transaction, where_));
  const catalog::Table* const table = schema->find_table(table_);
  if (table == nullptr || !can_load(*schema, *table)) return false;
  if (!TRY(is_empty(transaction, table->space))) return false;
  uint32_t next_id = schema->parts().next_object_id;
  old_space_ = table->space;
  new_space_ = SpaceId(catalog::make_table_id(where_, next_id++).value());
  for (const catalog::Index& index : table->indexes)
    indexes_[index.id.value()].id = catalog::make_index_id(where_, next_id++);
  schema_ = SchemaVersion(schema->version().value() + 1);
  std::vector<catalog::Change> changes = {catalog::put_database_counter(where_, next_id),
                                          catalog::put_database_version(where_, schema_)};
  for (const DroppedSpace& space : new_spaces()) changes.push_back(catalog::put_dropped(space));
  TRY(put_changes(transaction, changes));
  claim_.emplace(database_.maintenance_, new_spaces());
  TRY(database_.commit_definition(transaction));
  return true;
}

bool BulkLoad::fits(const txn::Transaction::LoadWrites& batch) const {
  const std::vector<mvcc::Write>& rows = batch.writes;
  if (!rows_in_order(rows)) return false;
  const bool are_rows = std::ranges::all_of(rows, [&](const mvcc::Write& write) {
    return write.kind == mvcc::WriteKind::Put && write.family == Family::Row &&
           get_be<uint64_t>(write.key.data()) == old_space_.value();
  });
  if (!are_rows) return false;
  for (size_t i = 0; i < batch.entries.size(); ++i) {
    if (!indexes_.contains(get_be<uint64_t>(batch.entries[i].key.data()))) return false;
  }
  return true;
}

// Each is ordered in itself.
bool BulkLoad::rows_in_order(const std::vector<mvcc::Write>& rows) const {
  return rows_ == 0 || rows.empty() || mvcc::without_id(rows.front().key) > last_key_;
}

uint64_t BulkLoad::entry_bytes() const {
  uint64_t bytes = bytes_.capacity();
  for (const auto& [old, index] : indexes_) bytes += index.entries.capacity() * sizeof(Entry);
  return bytes;
}

Result<bool> BulkLoad::add(const txn::Transaction::LoadWrites& batch) {
  if (entry_bytes() > std::min(kEntryBytesMax, database_.statement_memory_ / 2) || !fits(batch))
    return false;
  for (const mvcc::Write& row : batch.writes) TRY(add_row(row));
  for (size_t i = 0; i < batch.entries.size(); ++i)
    add_entry(batch.entries[i].key, batch.entries[i].value);
  return true;
}

Status BulkLoad::add_row(const mvcc::Write& write) {
  last_key_ = mvcc::without_id(write.key);
  key_.clear();
  put_be(key_, new_space_.value());
  key_ += last_key_;
  value_ = header_;
  value_ += write.payload;
  byte_count_ += key_.size() + value_.size();
  ++rows_;
  return writer_->add(Family::Row, key_, value_);
}

void BulkLoad::add_entry(std::string_view whole_key, std::string_view payload) {
  Index& index = indexes_.at(get_be<uint64_t>(whole_key.data()));
  const std::string_view key = mvcc::without_id(whole_key);
  index.entries.push_back({head_of(key), bytes_.size(), static_cast<uint32_t>(key.size()),
                           static_cast<uint32_t>(payload.size())});
  byte_count_ += whole_key.size() + header_.size() + payload.size();
  bytes_ += key;
  bytes_ += payload;
}

Status BulkLoad::write_entries() {
  const auto key_of = [this](const Entry& entry) {
    return std::string_view(bytes_).substr(entry.offset, entry.key_size);
  };
  for (auto& [old, index] : indexes_) {
    std::ranges::sort(index.entries, [&](const Entry& a, const Entry& b) {
      return a.head != b.head ? a.head < b.head : key_of(a) < key_of(b);
    });
    const std::string prefix = space_prefix(index.id.value());
    // A record may name an entry twice.
    const auto twice = std::ranges::unique(index.entries, {}, key_of);
    index.entries.erase(twice.begin(), twice.end());
    for (const Entry& entry : index.entries) {
      key_ = prefix;
      key_ += key_of(entry);
      value_ = header_;
      value_ += std::string_view(bytes_).substr(entry.offset + entry.key_size, entry.payload_size);
      TRY(writer_->add(Family::Index, key_, value_));
    }
    index.entries = {};
  }
  bytes_ = {};
  return ok_status();
}

Status BulkLoad::finish(txn::Durability durability) {
  TRY(write_entries());
  TRY(writer_->finish());
  return show(durability);
}

Status BulkLoad::show(txn::Durability durability) {
  txn::TransactionOptions options;
  options.durability = durability;
  auto transaction = txn::Transaction::begin(*database_.router_, options);
  const SchemaPtr schema = TRY(database_.schemas_.get(transaction, where_));
  if (schema->version() != schema_ || !TRY(is_empty(transaction, old_space_))) return conflict();
  // Live queries are to see each row come.
  if (!database_.live_queries_.is_empty()) return conflict();
  catalog::Table shown = schema->table(table_);
  shown.space = new_space_;
  std::vector<catalog::Change> changes = {
      catalog::put_table(where_, shown),
      catalog::put_dropped({DroppedSpace::Kind::Records, space_prefix(old_space_.value())})};
  for (const catalog::Index& old : shown.indexes) {
    catalog::Index index = old;
    index.id = indexes_.at(old.id.value()).id;
    changes.push_back(catalog::erase_index(where_, old.id));
    changes.push_back(catalog::put_index(where_, index));
    changes.push_back(
        catalog::put_dropped({DroppedSpace::Kind::Entries, space_prefix(old.id.value())}));
  }
  for (const DroppedSpace& space : new_spaces()) changes.push_back(catalog::erase_dropped(space));
  changes.push_back(catalog::put_database_version(where_, SchemaVersion(schema_.value() + 1)));
  TRY(put_changes(transaction, changes));
  transaction.note_loaded(new_space_, rows_);
  return database_.commit_definition(transaction);
}

}  // namespace zerodb::database
