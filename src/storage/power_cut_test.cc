// Power cuts under RocksDB: bytes that were not synced are dropped or torn, new files whose folder
// was not synced may be gone.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <fstream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "storage/rocks_engine.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace {

struct FileState {
  uint64_t written = 0;
  uint64_t synced = 0;
  bool is_linked = false;  // its folder was synced since it was made
};

// What the disk is sure to hold, by path.
struct Disk {
  std::mutex mutex;
  bool is_cut = false;
  std::map<std::string, FileState> files;
  // Appends to let pass before the power goes.
  uint64_t appends_left = UINT64_MAX;

  rocksdb::IOStatus check() const {
    return is_cut ? rocksdb::IOStatus::IOError("the power is gone") : rocksdb::IOStatus::OK();
  }
};

class CutFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CutFile(std::unique_ptr<rocksdb::FSWritableFile> file, Disk& disk, std::string name)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), name_(std::move(name)) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.appends_left > 0 && --disk_.appends_left == 0) disk_.is_cut = true;
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus done = FSWritableFileOwnerWrapper::Append(data, options, context);
    if (done.ok()) disk_.files[name_].written += data.size();
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
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus done = FSWritableFileOwnerWrapper::Flush(options, context);
    if (done.ok()) disk_.files[name_].synced = disk_.files[name_].written;
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
    disk_.files[name_].written = std::min(disk_.files[name_].written, size);
    return FSWritableFileOwnerWrapper::Truncate(size, options, context);
  }

 private:
  Disk& disk_;
  std::string name_;
};

class CutFolder final : public rocksdb::FSDirectory {
 public:
  CutFolder(Disk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    for (auto& [path, state] : disk_.files) {
      if (path.starts_with(name_)) state.is_linked = true;
    }
    return rocksdb::IOStatus::OK();
  }

 private:
  Disk& disk_;
  std::string name_;
};

class CutFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit CutFileSystem(Disk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "CutFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    const std::lock_guard lock(disk_.mutex);
    if (disk_.is_cut) return disk_.check();
    const rocksdb::IOStatus made = FileSystemWrapper::NewWritableFile(name, options, file, context);
    if (made.ok()) {
      disk_.files[name] = {};
      *file = std::make_unique<CutFile>(std::move(*file), disk_, name);
    }
    return made;
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
    disk_.files[to] = disk_.files[from];
    disk_.files[to].is_linked = true;
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
  Disk& disk_;
};

// Leaves on the disk what a power cut may leave: everything synced, and of the rest a random part,
// its end perhaps torn.
void tear_files(Disk& disk, Random& random) {
  for (const auto& [path, state] : disk.files) {
    if (!std::filesystem::exists(path)) continue;
    if (!state.is_linked && random.below(2) == 0) {
      std::filesystem::remove(path);
      continue;
    }
    const uint64_t kept = state.synced + random.below(state.written - state.synced + 1);
    const uint64_t size = std::filesystem::file_size(path);
    if (kept < size) std::filesystem::resize_file(path, kept);
    if (kept > state.synced && random.below(2) == 0) {
      const uint64_t torn = state.synced + random.below(kept - state.synced);
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(torn));
      for (uint64_t i = torn; i < kept; ++i)
        file.put(random.below(2) == 0 ? '\0' : static_cast<char>(random.next()));
    }
  }
}

std::string number_bytes(uint64_t number) {
  std::string out;
  put_be(out, number);
  return out;
}

struct Outcome {
  uint64_t acknowledged = 0;  // the last commit that was promised to be durable
  uint64_t attempted = 0;
};

// Commit n writes its number to all families; each touches a few keys of its own as well.
Outcome run_until_cut(const std::string& path, Disk& disk, uint64_t first, Random& random) {
  const auto files = std::make_shared<CutFileSystem>(disk);
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  Outcome outcome{first - 1, first - 1};
  auto opened =
      RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env.get()});
  if (!opened) return outcome;
  for (uint64_t n = first; n < first + 250; ++n) {
    WriteBatch batch;
    for (const Family family : {Family::Meta, Family::Row, Family::Index, Family::History}) {
      batch.put(family, "last", number_bytes(n));
      batch.put(family, "n" + number_bytes(n),
                std::string(random.below(1000), static_cast<char>(n)));
    }
    const Durability durability = random.below(3) == 0 ? Durability::Relaxed : Durability::Synced;
    outcome.attempted = n;
    if (!(*opened)->write(batch, {durability})) break;
    if (durability == Durability::Synced) outcome.acknowledged = n;
    if (random.below(60) == 0 && !(*opened)->flush()) break;
  }
  const std::lock_guard lock(disk.mutex);
  disk.is_cut = true;
  return outcome;
}

// A prefix of the commits is there, whole, and every acknowledged one is in it.
uint64_t check_after_cut(const std::string& path, const Outcome& outcome) {
  Disk disk;
  const std::unique_ptr<rocksdb::Env> env =
      rocksdb::NewCompositeEnv(std::make_shared<CutFileSystem>(disk));
  const auto opened =
      RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env.get()});
  if (!opened) {
    ADD_FAILURE() << opened.error().to_string();
    return 0;
  }
  uint64_t last = 0;
  bool is_first = true;
  for (const Family family : {Family::Meta, Family::Row, Family::Index, Family::History}) {
    std::string out;
    const bool has_last = (*opened)->get(family, "last", nullptr, out).value();
    const uint64_t seen = has_last ? get_be<uint64_t>(out.data()) : 0;
    EXPECT_TRUE(is_first || seen == last) << "half a commit";
    is_first = false;
    last = seen;
    const auto entries =
        (*opened)->iterate(family, Range::prefix("n"), Direction::Forward, nullptr);
    uint64_t expected = 1;
    while (const Entry* entry = entries->next()) {
      EXPECT_EQ(get_be<uint64_t>(entry->key.data() + 1), expected);
      ++expected;
    }
    EXPECT_TRUE(entries->status().has_value());
    EXPECT_EQ(expected - 1, seen);
  }
  EXPECT_GE(last, outcome.acknowledged) << "an acknowledged commit is lost";
  EXPECT_LE(last, outcome.attempted);
  return last;
}

// Several cuts on one store, so that recovery itself is cut as well.
void check_lives(uint64_t seed, int lives) {
  const TestFolder folder;
  SeededRandom random(seed);
  uint64_t last = 0;
  for (int life = 0; life < lives && !testing::Test::HasFailure(); ++life) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " life " + std::to_string(life));
    Disk disk;
    disk.appends_left = 1 + random.below(random.below(4) == 0 ? 30 : 400);
    const Outcome outcome = run_until_cut(folder.path() + "/db", disk, last + 1, random);
    tear_files(disk, random);
    last = check_after_cut(folder.path() + "/db", outcome);
  }
}

// RocksDB waits a second after each failed compaction, so the stores are cut side by side.
TEST(PowerCut, LosesNoAcknowledgedCommit) {
  constexpr uint64_t kStores = 10;
  constexpr int kCutsPerStore = 5;
  std::vector<std::thread> threads;
  for (uint64_t seed = 1; seed <= kStores; ++seed)
    threads.emplace_back([=] { check_lives(seed, kCutsPerStore); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace zerodb::storage
