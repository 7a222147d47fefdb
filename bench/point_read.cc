// P1: a point read by record id, embedded and warm, against RocksDB's own Get of the same bytes.
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>

#include "base/random.h"
#include "node_peer.h"
#include "our_session.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 200'000;
constexpr int64_t kReads = 100'000;
constexpr int64_t kSurrealReads = 1'000;

std::unique_ptr<rocksdb::DB> open_peer(const std::string& path) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_cache = rocksdb::NewLRUCache(size_t{512} << 20);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(options, path, &raw).ok()) fail("RocksDB does not open");
  return std::unique_ptr<rocksdb::DB>(raw);
}

std::string peer_key(int64_t id) {
  std::string key(16, '\0');
  for (int i = 0; i < 8; ++i) key[15 - i] = static_cast<char>(id >> (8 * i));
  return key;
}

}  // namespace

void point_read() {
  const Scratch scratch;
  OurSession ours(scratch.path("ours"));
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  ours.execute("SET transaction.durability = 'relaxed'");
  const auto peer = open_peer(scratch.path("rocksdb"));
  for (int64_t id = 0; id < kRows; id += 1000) {
    ours.execute("INSERT INTO item CONTENT $rows", {{"rows", row_objects(id, 1000)}});
    for (int64_t i = id; i < id + 1000; ++i)
      peer->Put({}, peer_key(i), row_text(i) + std::to_string(row_number(i)));
  }
  must(ours.database->flush());
  peer->Flush({});

  const auto statement = must(ours.session->prepare("SELECT number, text FROM item:$id"));
  const auto run_ours = [&] {
    SeededRandom random(7);
    std::vector<Value> row;
    database::Parameters parameters;
    const double start = now_ns();
    for (int64_t i = 0; i < kReads; ++i) {
      parameters["id"] = Value::int64(static_cast<int64_t>(random.below(kRows)));
      const auto result = must(ours.session->execute(*statement, parameters));
      if (!must(result->next(row))) fail("a row is missing");
    }
    return now_ns() - start;
  };
  const auto run_peer = [&] {
    SeededRandom random(7);
    std::string value;
    const double start = now_ns();
    for (int64_t i = 0; i < kReads; ++i) {
      if (!peer->Get({}, peer_key(static_cast<int64_t>(random.below(kRows))), &value).ok())
        fail("a key is missing");
      keep(value);
    }
    return now_ns() - start;
  };
  std::vector<Contestant> contestants = {
      {"zerodb, statement on RocksDB", run_ours},
      {"RocksDB " + std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + " Get",
       run_peer}};
  const auto surreal = NodePeer::start("surrealdb");
  if (surreal != nullptr) {
    surreal->command("load 100000");
    contestants.push_back(
        {surreal->title(),
         [&] { return surreal->command("read " + std::to_string(kSurrealReads)); },
         static_cast<double>(kSurrealReads)});
  }
  hold({"P1 point read by record id, prepared, warm, 200,000 records", "read",
        static_cast<double>(kReads), 5, contestants});
}

}  // namespace zerodb::bench
