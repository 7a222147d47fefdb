#include "storage/rocks_store.h"

#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/assert.h"
#include "base/crc32c.h"
#include "storage/log_check.h"
#include "storage/rocks_bulk.h"
#include "storage/rocks_log.h"
#include "storage/rocks_status.h"

namespace zerodb::storage {
namespace {

constexpr std::string_view kStampKey = "format";
constexpr std::string_view kStampPrefix = "zerodb store ";

rocksdb::Slice slice_of(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

std::string stamp() {
  return std::string(kStampPrefix) + std::to_string(RocksEngine::kFormatVersion);
}

enum class FolderState : uint8_t { Fresh, Existing };

Error not_a_database(const std::string& path) {
  return Error(ErrorCode::E1208, path + " is not a zerodb data folder")
      .with_help("give the path of a folder that zerodb made, or of an empty or absent one");
}

Result<FolderState> inspect(rocksdb::Env& env, const std::string& path) {
  std::vector<std::string> names;
  const rocksdb::Status listed = env.GetChildren(path, &names);
  if (!listed.ok()) {
    if (env.FileExists(path).ok()) return not_a_database(path);
    const rocksdb::Status made = env.CreateDir(path);
    if (!made.ok())
      return Error(ErrorCode::E1206, "cannot make the folder " + path + ": " + made.ToString());
    return FolderState::Fresh;
  }
  const auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has("CURRENT")) return FolderState::Existing;
  // A process that ended while it made the store leaves files of RocksDB without CURRENT; anything
  // else is not ours.
  for (const std::string& name : names) {
    const bool is_rocksdb_file =
        name == "." || name == ".." || name == "LOCK" || name == "IDENTITY" ||
        name.starts_with("LOG") || name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") ||
        name.ends_with(".dbtmp") || name.ends_with(".log") || name.ends_with(".sst");
    if (!is_rocksdb_file) return not_a_database(path);
  }
  const bool has_data = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(".sst") || name.ends_with(".log");
  });
  if (has_data)
    return Error(ErrorCode::E1205,
                 "data folder " + path + " is damaged: the file CURRENT is missing");
  return FolderState::Fresh;
}

// Leaves it to the next write to try again after a full disk, rather than to a thread that polls.
class NoAutomaticRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

// Looks before anything is changed: a store of RocksDB that is not ours must stay as it is.
Status check_families(const rocksdb::DBOptions& options, const std::string& path) {
  std::vector<std::string> names;
  // Whatever is wrong here, opening says it better.
  if (!rocksdb::DB::ListColumnFamilies(options, path, &names).ok()) return ok_status();
  for (const std::string& name : names) {
    const bool is_known = std::any_of(kFamilies.begin(), kFamilies.end(), [&](Family family) {
      return rocks_family_name(family) == name;
    });
    if (!is_known)
      return Error(ErrorCode::E1208,
                   path + " holds a family of data that this version does not know: " + name);
  }
  if (names.size() == kFamilyCount) return ok_status();
  // Families are missing: the folder is another program's, or it was being made when the process
  // ended, and then it is empty.
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::OpenForReadOnly(
      rocksdb::Options(options, rocksdb::ColumnFamilyOptions()), path, &db);
  if (!opened.ok()) return rocks_open_error(opened, path);
  const std::unique_ptr<rocksdb::DB> owner(db);
  const std::unique_ptr<rocksdb::Iterator> any(db->NewIterator(rocksdb::ReadOptions()));
  any->SeekToFirst();
  TRY(to_status(any->status()));
  if (any->Valid()) return not_a_database(path);
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<RocksStore>> RocksStore::open(const RocksOptions& options) {
  const RocksMemory memory = make_rocks_memory(options.memory_budget_bytes);
  rocksdb::DBOptions db_options = rocks_db_options(options, memory);
  db_options.listeners.push_back(std::make_shared<NoAutomaticRecovery>());
  const FolderState state = TRY(inspect(*db_options.env, options.path));
  db_options.info_log = std::make_shared<RocksLog>(options.path);
  if (state == FolderState::Existing) TRY(check_logs(*db_options.env, options.path));
  if (state == FolderState::Existing) TRY(check_families(db_options, options.path));
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const Family family : kFamilies) {
    descriptors.emplace_back(rocks_family_name(family), rocks_family_options(family, memory));
  }
  std::unique_ptr<RocksStore> store(new RocksStore(memory));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(db_options, options.path, descriptors, &handles, &db);
  if (!opened.ok()) return rocks_open_error(opened, options.path);
  store->db_.reset(db);
  std::copy(handles.begin(), handles.end(), store->handles_.begin());
  std::string session;
  TRY(to_status(db->GetDbSessionId(session)));
  store->life_ = uint64_t{crc32c(session)} << 32 | crc32c(session, 1);
  TRY(store->check_stamp());
  remove_bulk_files(*db->GetEnv(), options.path);
  return store;
}

RocksStore::~RocksStore() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  // What is not synced yet is in the log; a close that fails loses nothing that was promised.
  db_->Close().PermitUncheckedError();
}

// The stamp is written with the first opening, and every later one reads it.
Status RocksStore::check_stamp() {
  std::string found_stamp;
  const rocksdb::Slice key = slice_of(kStampKey);
  const rocksdb::Status found =
      db_->Get(rocksdb::ReadOptions(), handle(Family::System), key, &found_stamp);
  if (found.IsNotFound()) {
    for (const Family family : kFamilies) {
      const std::unique_ptr<rocksdb::Iterator> any(
          db_->NewIterator(rocksdb::ReadOptions(), handle(family)));
      any->SeekToFirst();
      TRY(to_status(any->status()));
      if (any->Valid()) return not_a_database(db_->GetName());
    }
    rocksdb::WriteBatch batch;
    TRY(to_status(batch.Put(handle(Family::System), key, stamp())));
    return write(batch, Durability::Synced);
  }
  TRY(to_status(found));
  if (!found_stamp.starts_with(kStampPrefix)) return not_a_database(db_->GetName());
  uint32_t version = 0;
  const char* const digits = found_stamp.data() + kStampPrefix.size();
  const char* const end = found_stamp.data() + found_stamp.size();
  const auto parsed = std::from_chars(digits, end, version);
  if (parsed.ec != std::errc() || parsed.ptr != end || version == 0) {
    return Error(ErrorCode::E1205, "the format stamp of " + db_->GetName() + " is damaged");
  }
  if (version > RocksEngine::kFormatVersion) {
    return Error(ErrorCode::E1208, "data folder " + db_->GetName() + " has format " +
                                       std::to_string(version) + ", this version reads up to " +
                                       std::to_string(RocksEngine::kFormatVersion))
        .with_help("open it with the newer zerodb that wrote it");
  }
  return ok_status();
}

// After a full disk RocksDB refuses writes until it is told that there may be space again.
Status RocksStore::recover_space() {
  const std::lock_guard lock(recovery_mutex_);
  if (!is_disk_full_.load()) return ok_status();
  const rocksdb::Status resumed = db_->Resume();
  if (!resumed.ok()) {
    return Error(ErrorCode::E1204, "the disk is full: " + resumed.ToString())
        .with_help("free some space and try again");
  }
  TRY(start_log());
  is_disk_full_.store(false);
  return ok_status();
}

// RocksDB must not go on in a log that an append failed on (it asserts that nobody does). Resuming
// begins a new one only if there is something to flush, so there has to be: the stamp once more.
Status RocksStore::start_log() {
  rocksdb::WriteBatch batch;
  TRY(to_status(batch.Put(handle(Family::System), slice_of(kStampKey), stamp())));
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  rocksdb::Status done = db_->Write(unlogged, &batch);
  if (done.ok()) done = db_->Flush(rocksdb::FlushOptions(), handle(Family::System));
  if (!done.ok()) return rocks_error(done);
  return ok_status();
}

Status RocksStore::check_writable() {
  if (is_stopped_.load(std::memory_order_relaxed)) [[unlikely]] {
    return Error(ErrorCode::E1206, "the store takes no writes after a failure of its disk")
        .with_help("check the disk, then open the store again: what was committed is there");
  }
  if (is_disk_full_.load(std::memory_order_relaxed)) [[unlikely]]
    return recover_space();
  return ok_status();
}

Status RocksStore::ingest(const std::vector<rocksdb::IngestExternalFileArg>& files) {
  TRY(check_writable());
  return to_status(db_->IngestExternalFiles(files));
}

Status RocksStore::write(rocksdb::WriteBatch& batch, Durability durability) {
  TRY(check_writable());
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::Synced;
  const rocksdb::SequenceNumber before = db_->GetLatestSequenceNumber();
  const rocksdb::Status written = db_->Write(options, &batch);
  if (written.ok()) [[likely]] {
    if (options.sync) note_synced(before + batch.Count());
    return ok_status();
  }
  Error error = rocks_error(written);
  if (error.code() == ErrorCode::E1204) {
    is_disk_full_.store(true);
  } else {
    is_stopped_.store(true);
  }
  return error;
}

Status RocksStore::begin(rocksdb::WriteBatch& batch) const {
  return to_status(batch.PutLogData(encode({life_, synced_sequence_.load()})));
}

void RocksStore::note_synced(uint64_t sequence) {
  uint64_t known = synced_sequence_.load();
  while (known < sequence && !synced_sequence_.compare_exchange_weak(known, sequence)) {
  }
}

Status RocksStore::flush() {
  rocksdb::FlushOptions options;
  options.wait = true;
  const std::vector<rocksdb::ColumnFamilyHandle*> handles(handles_.begin(), handles_.end());
  return to_status(db_->Flush(options, handles));
}

}  // namespace zerodb::storage
