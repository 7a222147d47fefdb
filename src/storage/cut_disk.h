// CutDisk: a file system under RocksDB for tests, which knows what is synced and what is not.
//
// The power goes after a given number of appends: from then on everything fails, and tear_files()
// leaves on the disk what a power cut may leave: all that was synced, of the rest a random part,
// its end perhaps torn; new files whose folder was not synced may be gone. Besides, the disk can be
// full for some appends, and syncs can fail. Threading: may be shared by all threads.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/random.h"

namespace zerodb::storage {

struct FileBytes {
  uint64_t written = 0;
  uint64_t synced = 0;
};

// A name of a file; a file may have several.
struct FileState {
  std::shared_ptr<FileBytes> bytes = std::make_shared<FileBytes>();
  bool is_linked = false;  // its folder was synced since it got the name
};

// What the disk is sure to hold, by path.
struct CutDisk {
  std::mutex mutex;
  bool is_cut = false;
  std::map<std::string, FileState> files;
  // Appends to let pass before the power goes.
  uint64_t appends_left = UINT64_MAX;
  // Appends to let pass before the disk is full, and how many find it full then.
  uint64_t appends_until_full = UINT64_MAX;
  uint64_t full_appends = 0;
  // Syncs to let pass before one fails; every later one fails too.
  uint64_t syncs_left = UINT64_MAX;

  rocksdb::IOStatus check() const {
    return is_cut ? rocksdb::IOStatus::IOError("the power is gone") : rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus begin_append() {
    if (appends_left > 0 && --appends_left == 0) is_cut = true;
    if (appends_until_full > 0) {
      --appends_until_full;
    } else if (full_appends > 0) {
      --full_appends;
      return rocksdb::IOStatus::NoSpace("the disk is full");
    }
    return check();
  }
  rocksdb::IOStatus begin_sync() {
    if (syncs_left == 0) return rocksdb::IOStatus::IOError("the sync failed");
    --syncs_left;
    return check();
  }
};

class CutFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CutFile(std::unique_ptr<rocksdb::FSWritableFile> file, CutDisk& disk,
          std::shared_ptr<FileBytes> bytes)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), bytes_(std::move(bytes)) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    const rocksdb::IOStatus begun = disk_.begin_append();
    if (!begun.ok()) return begun;
    const rocksdb::IOStatus done = FSWritableFileOwnerWrapper::Append(data, options, context);
    if (done.ok()) bytes_->written += data.size();
    return done;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& /*info*/,
                           rocksdb::IODebugContext* context) override {
    return Append(data, options, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    const rocksdb::IOStatus begun = disk_.begin_sync();
    if (!begun.ok()) return begun;
    const rocksdb::IOStatus done = FSWritableFileOwnerWrapper::Flush(options, context);
    if (done.ok()) bytes_->synced = bytes_->written;
    return done;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    return Sync(options, context);
  }
  rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return disk_.check();
  }
  rocksdb::IOStatus Truncate(uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    bytes_->written = std::min(bytes_->written, size);
    bytes_->synced = std::min(bytes_->synced, size);
    return FSWritableFileOwnerWrapper::Truncate(size, options, context);
  }

 private:
  CutDisk& disk_;
  std::shared_ptr<FileBytes> bytes_;
};

class CutFolder final : public rocksdb::FSDirectory {
 public:
  CutFolder(CutDisk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    for (auto& [path, state] : disk_.files) {
      if (path.starts_with(name_)) state.is_linked = true;
    }
    return rocksdb::IOStatus::OK();
  }

 private:
  CutDisk& disk_;
  std::string name_;
};

class CutFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit CutFileSystem(CutDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "CutFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus made = FileSystemWrapper::NewWritableFile(name, options, file, context);
    if (made.ok()) {
      const FileState& state = disk_.files[name] = {};
      *file = std::make_unique<CutFile>(std::move(*file), disk_, state.bytes);
    }
    return made;
  }
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus opened =
        FileSystemWrapper::ReopenWritableFile(name, options, file, context);
    if (opened.ok())
      *file = std::make_unique<CutFile>(std::move(*file), disk_, state_of(name).bytes);
    return opened;
  }
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus linked = FileSystemWrapper::LinkFile(from, to, options, context);
    if (linked.ok()) disk_.files[to] = {state_of(from).bytes, false};
    return linked;
  }
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& /*old_name*/,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* context) override {
    return NewWritableFile(name, options, file, context);
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions&,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder,
                                 rocksdb::IODebugContext*) override {
    *folder = std::make_unique<CutFolder>(disk_, name);
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    disk_.files[to] = {state_of(from).bytes, true};
    disk_.files.erase(from);
    return FileSystemWrapper::RenameFile(from, to, options, context);
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    disk_.files.erase(name);
    return FileSystemWrapper::DeleteFile(name, options, context);
  }

 private:
  // Of a file from before the disk was watched all is safe.
  FileState& state_of(const std::string& name) {
    const auto [found, is_new] = disk_.files.try_emplace(name);
    if (is_new) {
      std::error_code failure;
      const uint64_t size = std::filesystem::file_size(name, failure);
      if (!failure) *found->second.bytes = {size, size};
      found->second.is_linked = true;
    }
    return found->second;
  }

  CutDisk& disk_;
};

inline void tear_bytes(const std::string& path, const FileBytes& bytes, Random& random) {
  const uint64_t kept = bytes.synced + random.below(bytes.written - bytes.synced + 1);
  const uint64_t size = std::filesystem::file_size(path);
  if (kept < size) std::filesystem::resize_file(path, kept);
  if (kept == bytes.synced || random.below(2) != 0) return;
  const uint64_t torn = bytes.synced + random.below(kept - bytes.synced);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(torn));
  for (uint64_t i = torn; i < kept; ++i)
    file.put(random.below(2) == 0 ? '\0' : static_cast<char>(random.next()));
}

// Leaves on the disk what a power cut may leave: everything synced, and of the rest a random part,
// its end perhaps torn.
inline void tear_files(CutDisk& disk, Random& random) {
  std::set<const FileBytes*> torn_already;
  for (const auto& [path, state] : disk.files) {
    if (!std::filesystem::exists(path)) continue;
    if (!state.is_linked && random.below(2) == 0) {
      std::filesystem::remove(path);
      continue;
    }
    const FileBytes& bytes = *state.bytes;
    if (torn_already.insert(&bytes).second) tear_bytes(path, bytes, random);
  }
}

// An environment over the disk; the disk must outlive it.
inline std::unique_ptr<rocksdb::Env> cut_environment(CutDisk& disk) {
  auto env = rocksdb::NewCompositeEnv(std::make_shared<CutFileSystem>(disk));
  // All stores share these threads, and each sleeps for a second after a failure.
  constexpr int kThreads = 40;
  env->SetBackgroundThreads(kThreads, rocksdb::Env::HIGH);
  env->SetBackgroundThreads(kThreads, rocksdb::Env::LOW);
  return env;
}

}  // namespace zerodb::storage
