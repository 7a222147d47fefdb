#include "storage/rocks_backup.h"

#include <rocksdb/utilities/backup_engine.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "storage/rocks_engine.h"
#include "storage/rocks_status.h"
#include "storage/rocks_store.h"

namespace zerodb::storage {
namespace {

namespace fs = std::filesystem;

rocksdb::BackupEngineOptions options_of(const std::string& folder) {
  rocksdb::BackupEngineOptions options(folder);
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  return options;
}

Error no_backup(const std::string& folder) {
  return Error(ErrorCode::E1208, folder + " holds no backup of zerodb");
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> open(const std::string& folder) {
  std::error_code failure;
  // Opening makes the folders that are missing.
  if (!fs::is_directory(fs::path(folder) / "meta", failure)) return no_backup(folder);
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  TRY(to_status(
      rocksdb::BackupEngineReadOnly::Open(options_of(folder), rocksdb::Env::Default(), &engine)));
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

Error damaged(const std::string& folder, const rocksdb::Status& status) {
  return Error(ErrorCode::E1205, "the backup in " + folder + " is damaged: " + status.ToString());
}

Status verify(rocksdb::BackupEngineReadOnly& engine, const std::string& folder) {
  std::vector<rocksdb::BackupID> broken;
  engine.GetCorruptedBackups(&broken);
  rocksdb::BackupInfo newest;
  const rocksdb::Status found = engine.GetLatestBackupInfo(&newest);
  if (found.IsNotFound() && broken.empty()) return no_backup(folder);
  if (!found.ok()) return damaged(folder, found);
  const rocksdb::Status sound =
      engine.VerifyBackup(newest.backup_id, /*verify_with_checksum=*/true);
  if (sound.IsCorruption() || sound.IsNotFound()) return damaged(folder, sound);
  return to_status(sound);
}

}  // namespace

Status RocksEngine::backup(const std::string& folder) {
  std::error_code failure;
  const fs::path path(folder);
  if (fs::exists(path, failure) && !fs::is_empty(path, failure) &&
      !fs::is_directory(path / "meta", failure)) {
    return Error(ErrorCode::E1208, folder + " is neither empty nor a folder of backups")
        .with_help("give an empty or absent folder, or one with earlier backups");
  }
  fs::create_directories(path, failure);
  if (failure)
    return Error(ErrorCode::E1206, "cannot make the folder " + folder + ": " + failure.message());
  rocksdb::BackupEngine* opened = nullptr;
  TRY(to_status(rocksdb::BackupEngine::Open(options_of(folder), rocksdb::Env::Default(), &opened)));
  const std::unique_ptr<rocksdb::BackupEngine> engine(opened);
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = true;
  return to_status(engine->CreateNewBackup(options, &store_->db()));
}

Result<std::vector<BackupInfo>> list_backups(const std::string& folder) {
  const auto engine = TRY(open(folder));
  std::vector<rocksdb::BackupInfo> infos;
  engine->GetBackupInfo(&infos);
  std::vector<BackupInfo> out;
  for (const rocksdb::BackupInfo& info : infos)
    out.push_back({info.backup_id, info.timestamp, info.size});
  return out;
}

Status verify_backup(const std::string& folder) {
  const auto engine = TRY(open(folder));
  return verify(*engine, folder);
}

Status restore_backup(const std::string& folder, const std::string& path) {
  const auto engine = TRY(open(folder));
  std::error_code failure;
  if (fs::exists(path, failure) && !fs::is_empty(path, failure))
    return Error(ErrorCode::E1208, path + " is not empty").with_help("restore into a new folder");
  TRY(verify(*engine, folder));
  // Nobody can take a half restored store for a whole one: it gets its name when it is complete.
  const std::string half = path + ".restoring";
  fs::remove_all(half, failure);
  const rocksdb::Status restored = engine->RestoreDBFromLatestBackup(half, half);
  if (!restored.ok()) {
    fs::remove_all(half, failure);
    return to_status(restored);
  }
  fs::remove(path, failure);
  fs::rename(half, path, failure);
  if (!failure) return ok_status();
  const std::string why = failure.message();
  fs::remove_all(half, failure);
  return Error(ErrorCode::E1206, "cannot make the folder " + path + ": " + why);
}

}  // namespace zerodb::storage
