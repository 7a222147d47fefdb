// P2: durable writes of one client and of 32, each commit on the disk before it returns, against
// RocksDB's synced batch and SQLite in WAL mode with synchronous = FULL.
#include <rocksdb/db.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "our_session.h"
#include "sqlite_peer.h"

namespace zerodb::bench {
namespace {

constexpr int kManyClients = 32;
constexpr int64_t kWritesAlone = 4'000;
constexpr int64_t kWritesOfMany = 32'000;

// Calls write(client, id) for every id below `writes`, from so many threads; gives nanoseconds.
template <typename Write>
double race(int clients, int64_t writes, const Write& write) {
  const int64_t each = writes / clients;
  std::barrier ready(clients + 1);
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      ready.arrive_and_wait();
      for (int64_t i = 0; i < each; ++i) write(client, client * each + i);
    });
  }
  ready.arrive_and_wait();
  const double start = now_ns();
  for (std::thread& thread : threads) thread.join();
  return now_ns() - start;
}

double write_ours(int clients, int64_t writes) {
  const Scratch scratch;
  OurSession ours(scratch.path("ours"));
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  struct Client {
    std::unique_ptr<database::Session> session;
    std::unique_ptr<database::Statement> statement;
  };
  std::vector<Client> all(static_cast<size_t>(clients));
  for (Client& client : all) {
    client.session = must(ours.database->create_session());
    client.statement =
        must(client.session->prepare("CREATE item:$id SET number = $number, text = $text"));
  }
  return race(clients, writes, [&](int client, int64_t id) {
    const database::Parameters parameters = {{"id", Value::int64(id)},
                                             {"number", Value::int64(row_number(id))},
                                             {"text", Value::string(row_text(id))}};
    const Client& own = all[static_cast<size_t>(client)];
    must(must(own.session->execute(*own.statement, parameters))->collect());
  });
}

double write_rocksdb(int clients, int64_t writes) {
  const Scratch scratch;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(options, scratch.path("rocksdb"), &raw).ok())
    fail("RocksDB does not open");
  const std::unique_ptr<rocksdb::DB> db(raw);
  return race(clients, writes, [&](int /*client*/, int64_t id) {
    rocksdb::WriteBatch batch;
    batch.Put(std::to_string(id), row_text(id) + std::to_string(row_number(id)));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    if (!db->Write(synced, &batch).ok()) fail("RocksDB does not write");
  });
}

double write_sqlite(int clients, int64_t writes) {
  const Scratch scratch;
  const std::string path = scratch.path("peer.sqlite");
  SqlitePeer first(path);
  first.execute("PRAGMA journal_mode = WAL");
  first.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
  std::vector<std::unique_ptr<SqlitePeer>> peers;
  std::vector<sqlite3_stmt*> inserts;
  for (int client = 0; client < clients; ++client) {
    peers.push_back(std::make_unique<SqlitePeer>(path));
    peers.back()->execute("PRAGMA synchronous = FULL");
    peers.back()->execute("PRAGMA busy_timeout = 60000");
    inserts.push_back(peers.back()->prepare("INSERT INTO item VALUES (?, ?, ?)"));
  }
  const double spent = race(clients, writes, [&](int client, int64_t id) {
    sqlite3_stmt* const insert = inserts[static_cast<size_t>(client)];
    const std::string text = row_text(id);
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int64(insert, 2, row_number(id));
    sqlite3_bind_text(insert, 3, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    peers[static_cast<size_t>(client)]->check(sqlite3_step(insert));
    sqlite3_reset(insert);
  });
  for (sqlite3_stmt* insert : inserts) sqlite3_finalize(insert);
  return spent;
}

std::string rocksdb_title() {
  return "RocksDB " + std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) +
         ", synced batch";
}

}  // namespace

void durable_writes() {
  hold({"P2 durable writes, 1 client, each commit synced",
        "commit",
        static_cast<double>(kWritesAlone),
        5,
        {{"zerodb, CREATE, prepared", [] { return write_ours(1, kWritesAlone); }},
         {rocksdb_title(), [] { return write_rocksdb(1, kWritesAlone); }},
         {SqlitePeer::version() + ", WAL, synchronous = FULL",
          [] { return write_sqlite(1, kWritesAlone); }}}});
  // SQLite's writers wait for each other by sleeping: fewer are enough for a figure.
  constexpr int64_t kOfSqlite = kWritesOfMany / 8;
  hold({"P2 durable writes, 32 clients, each commit synced",
        "commit",
        static_cast<double>(kWritesOfMany),
        5,
        {{"zerodb, CREATE, prepared", [] { return write_ours(kManyClients, kWritesOfMany); }},
         {rocksdb_title(), [] { return write_rocksdb(kManyClients, kWritesOfMany); }},
         {SqlitePeer::version() + ", WAL, synchronous = FULL",
          [] { return write_sqlite(kManyClients, kOfSqlite); }, static_cast<double>(kOfSqlite)}}});
}

}  // namespace zerodb::bench
