#include "storage/rocks_engine.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "storage/test_engines.h"

namespace zerodb::storage {
namespace rocks_engine_test {

std::string key_of(int i) {
  return std::to_string(1000000 + i);
}
std::string value_of(int i) {
  return std::to_string(i) + std::string(80, static_cast<char>('a' + i % 26));
}

Status put(Engine& engine, std::string_view key, std::string_view value, Durability durability) {
  WriteBatch batch;
  batch.put(Family::Row, key, value);
  return engine.write(batch, {durability});
}

Result<std::unique_ptr<RocksEngine>> open(const std::string& path, rocksdb::Env* env = nullptr) {
  return RocksEngine::open({.path = path, .memory_budget_bytes = 16 << 20, .environment = env});
}

void fill(Engine& engine, int count) {
  WriteBatch batch;
  for (int i = 0; i < count; ++i) batch.put(Family::Row, key_of(i), value_of(i));
  ASSERT_TRUE(engine.write(batch, {Durability::Synced}).has_value());
}

void expect_open_error(const std::string& path, ErrorCode code) {
  const auto opened = open(path);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(code_name(opened.error().code()), code_name(code)) << opened.error().to_string();
}

TEST(RocksEngine, KeepsDataAcrossReopening) {
  const TestFolder folder;
  for (int round = 0; round < 3; ++round) {
    auto engine = open(folder.path() + "/db").value();
    if (round == 0) fill(*engine, 1000);
    std::string out;
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(engine->get(Family::Row, key_of(i), nullptr, out).value());
      ASSERT_EQ(out, value_of(i));
    }
    ASSERT_TRUE(engine->check_integrity().has_value());
  }
}

TEST(RocksEngine, RefusesSecondOpening) {
  const TestFolder folder;
  const std::string path = folder.path() + "/db";
  auto engine = open(path).value();
  expect_open_error(path, ErrorCode::E1207);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto opened = open(path);
    ::_exit(!opened && opened.error().code() == ErrorCode::E1207 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(RocksEngine, RefusesWhatIsNoDatabase) {
  const TestFolder folder;
  std::ofstream(folder.path() + "/notes.txt") << "hello";
  expect_open_error(folder.path(), ErrorCode::E1208);
  expect_open_error(folder.path() + "/notes.txt", ErrorCode::E1208);
  expect_open_error(folder.path() + "/absent/db", ErrorCode::E1206);
  const std::string other = folder.path() + "/other";
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, other, &db).ok());
  ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), "some", "data").ok());
  delete db;
  expect_open_error(other, ErrorCode::E1208);
  // The refusals changed nothing.
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/notes.txt"));
  ASSERT_TRUE(rocksdb::DB::Open(options, other, &db).ok());
  std::string value;
  EXPECT_TRUE(db->Get(rocksdb::ReadOptions(), "some", &value).ok());
  delete db;
}

TEST(RocksEngine, RefusesNewerFormat) {
  const TestFolder folder;
  const std::string path = folder.path() + "/db";
  {
    auto engine = open(path).value();
    WriteBatch batch;
    batch.put(Family::System, "format", "zerodb store 2");
    ASSERT_TRUE(engine->write(batch, {}).has_value());
  }
  expect_open_error(path, ErrorCode::E1208);
}

// Flips one byte of each data file in turn: what is read is right, or an error.
TEST(RocksEngine, NeverAnswersFromDamagedFiles) {
  const TestFolder folder;
  const std::string path = folder.path() + "/db";
  constexpr int kRows = 4000;
  {
    auto engine = open(path).value();
    fill(*engine, kRows);
    ASSERT_TRUE(engine->flush().has_value());
  }
  SeededRandom random(3);
  int errors = 0;
  for (int round = 0; round < 24; ++round) {
    const std::string copy = folder.path() + "/copy" + std::to_string(round);
    std::filesystem::copy(path, copy);
    for (const auto& file : std::filesystem::directory_iterator(copy)) {
      if (file.path().extension() != ".sst" || file.file_size() < 10000) continue;
      const auto at = static_cast<std::streamoff>(random.below(file.file_size()));
      std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(at);
      const int old = bytes.get();
      bytes.seekp(at);
      bytes.put(static_cast<char>(old ^ (1 << random.below(8))));
    }
    const auto engine = open(copy);
    if (!engine) {
      EXPECT_EQ(engine.error().code(), ErrorCode::E1205) << engine.error().to_string();
      ++errors;
      continue;
    }
    int seen = 0;
    const auto entries = (*engine)->iterate(Family::Row, Range::all(), Direction::Forward, nullptr);
    while (const Entry* entry = entries->next()) {
      ASSERT_EQ(entry->key, key_of(seen));
      ASSERT_EQ(entry->value, value_of(seen));
      ++seen;
    }
    const Status end = entries->status();
    if (end) {
      EXPECT_EQ(seen, kRows);
    } else {
      EXPECT_EQ(end.error().code(), ErrorCode::E1205);
      EXPECT_NE(end.error().message().find(".sst"), std::string_view::npos)
          << end.error().to_string();
      EXPECT_FALSE((*engine)->check_integrity().has_value());
      ++errors;
    }
    std::string out;
    for (int i = 0; i < kRows; i += 97) {
      const Result<bool> got = (*engine)->get(Family::Row, key_of(i), nullptr, out);
      if (!got) continue;
      ASSERT_TRUE(*got);
      ASSERT_EQ(out, value_of(i));
    }
  }
  EXPECT_GT(errors, 12);
}

// A small file system of its own; needs the right to mount one.
TEST(RocksEngine, ReportsFullDiskAndGoesOn) {
  const TestFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=8m") != 0)
    GTEST_SKIP() << "may not mount a tmpfs";
  const std::string ballast = folder.path() + "/ballast";
  {
    std::ofstream(ballast) << std::string(3 << 20, 'b');
  }
  {
    auto engine = open(folder.path() + "/db").value();
    int written = 0;
    Status status = ok_status();
    while (status && written < 100000) {
      SeededRandom random(static_cast<uint64_t>(written));
      std::string value;
      for (int i = 0; i < 1000; ++i) value.push_back(static_cast<char>(random.next()));
      status = put(*engine, key_of(written), value, Durability::Synced);
      if (status) ++written;
    }
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code(), ErrorCode::E1204) << status.error().to_string();
    std::string out;
    for (int i = 0; i < written; ++i)
      ASSERT_TRUE(engine->get(Family::Row, key_of(i), nullptr, out).value());
    EXPECT_FALSE(engine->get(Family::Row, key_of(written), nullptr, out).value());
    std::filesystem::remove(ballast);
    const Status again = put(*engine, "after", "space", Durability::Synced);
    EXPECT_TRUE(again.has_value()) << again.error().to_string();
    engine.reset();
    engine = open(folder.path() + "/db").value();
    for (int i = 0; i < written; ++i)
      ASSERT_TRUE(engine->get(Family::Row, key_of(i), nullptr, out).value());
    EXPECT_TRUE(engine->get(Family::Row, "after", nullptr, out).value());
  }
  ::umount2(folder.path().c_str(), MNT_DETACH);
}

// A file system whose syncs fail on demand.
class FailingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::atomic<bool>& fails)
      : FSWritableFileOwnerWrapper(std::move(file)), fails_(fails) {}
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    if (fails_.load()) return rocksdb::IOStatus::IOError("the sync failed");
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }

 private:
  const std::atomic<bool>& fails_;
};

class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FailingFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FailingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus made = FileSystemWrapper::NewWritableFile(name, options, file, context);
    if (made.ok()) *file = std::make_unique<FailingFile>(std::move(*file), fails);
    return made;
  }
  std::atomic<bool> fails = false;
};

TEST(RocksEngine, StopsAfterFailedSync) {
  const TestFolder folder;
  const auto files = std::make_shared<FailingFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  const std::string path = folder.path() + "/db";
  auto engine = open(path, env.get()).value();
  ASSERT_TRUE(put(*engine, "before", "1", Durability::Synced).has_value());
  files->fails = true;
  const Status failed = put(*engine, "during", "1", Durability::Synced);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code(), ErrorCode::E1206);
  EXPECT_TRUE(failed.error().is_maybe_committed());
  files->fails = false;
  EXPECT_FALSE(put(*engine, "after", "1", Durability::Synced).has_value());
  EXPECT_FALSE(put(*engine, "after", "1", Durability::Relaxed).has_value());
  std::string out;
  EXPECT_TRUE(engine->get(Family::Row, "before", nullptr, out).value());
  engine.reset();
  engine = open(path).value();
  EXPECT_TRUE(engine->get(Family::Row, "before", nullptr, out).value());
  EXPECT_FALSE(engine->get(Family::Row, "after", nullptr, out).value());
}

TEST(RocksEngine, LoadsShowAtTheirEndOrNotAtAll) {
  for (const EngineKind kind : {EngineKind::Memory, EngineKind::Rocks}) {
    const TestEngine test(kind);
    Engine& engine = *test.engine;
    WriteBatch around;
    around.put(Family::Row, "a", "before");
    around.put(Family::Row, "z", "behind");
    ASSERT_TRUE(engine.write(around, {}).has_value());
    const auto old = engine.snapshot();
    const auto load = engine.bulk_writer().value();
    for (int i = 1000; i < 9000; ++i) {
      ASSERT_TRUE(load->add(Family::Row, "m" + std::to_string(i), "row").has_value());
      ASSERT_TRUE(load->add(Family::Index, "m" + std::to_string(i), "entry").has_value());
    }
    ASSERT_TRUE(load->finish().has_value());
    const auto count = [&](Family family) {
      const auto entries = engine.iterate(family, Range::prefix("m"), Direction::Forward, nullptr);
      int found = 0;
      while (entries->next() != nullptr) ++found;
      return found;
    };
    EXPECT_EQ(count(Family::Row), 8000);
    EXPECT_EQ(count(Family::Index), 8000);
    std::string value;
    EXPECT_TRUE(engine.get(Family::Row, "m4567", nullptr, value).value());
    EXPECT_EQ(value, "row");
    EXPECT_TRUE(engine.check_integrity().has_value());
    ASSERT_TRUE(engine.drop_range(Family::Row, Range::prefix("m")).has_value());
    EXPECT_EQ(count(Family::Row), 0);
    EXPECT_TRUE(engine.get(Family::Row, "z", nullptr, value).value());
  }
}

TEST(RocksEngine, AbandonedLoadsLeaveNoFile) {
  const TestFolder folder;
  const std::string path = folder.path() + "/db";
  const auto files = [&] {
    return std::ranges::count_if(std::filesystem::directory_iterator(path), [](const auto& each) {
      return each.path().filename().string().starts_with("bulk-");
    });
  };
  {
    const auto engine = RocksEngine::open({.path = path}).value();
    const auto load = engine->bulk_writer().value();
    ASSERT_TRUE(load->add(Family::Row, "m", "row").has_value());
    EXPECT_EQ(files(), 1);
  }
  EXPECT_EQ(files(), 0);
  // Those of a process that ended go with the next opening.
  std::ofstream(path + "/bulk-7.sst") << "half a file";
  const auto engine = RocksEngine::open({.path = path}).value();
  EXPECT_EQ(files(), 0);
}

}  // namespace rocks_engine_test
}  // namespace zerodb::storage
