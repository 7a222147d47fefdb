// P18: DELETE of all records of a table of a million, with one secondary index.
#include "our_session.h"
#include "sqlite_peer.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 1'000'000;

double clear_ours() {
  const Scratch scratch;
  OurSession ours(scratch.path("ours"));
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  ours.execute("DEFINE INDEX by_number ON item (number)");
  ours.execute("SET transaction.durability = 'relaxed'");
  for (int64_t id = 0; id < kRows; id += 1000)
    ours.execute("INSERT INTO item CONTENT $rows", {{"rows", row_objects(id, 1000)}});
  // As those of SQLite are by its COMMIT.
  must(ours.database->flush());
  ours.execute("SET transaction.durability = 'synced'");
  const double start = now_ns();
  const auto result = must(ours.session->execute("DELETE item WHERE true"));
  must(result->collect());
  const double spent = now_ns() - start;
  if (result->statistics().affected != kRows) fail("not all records were deleted");
  const auto count = must(ours.session->prepare("SELECT count(*) FROM item"));
  if (ours.number(*count) != 0) fail("records are left");
  return spent;
}

double clear_sqlite() {
  const Scratch scratch;
  SqlitePeer peer(scratch.path("peer.sqlite"));
  peer.execute("PRAGMA journal_mode = WAL");
  peer.execute("PRAGMA synchronous = FULL");
  peer.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
  peer.execute("CREATE INDEX by_number ON item (number)");
  sqlite3_stmt* insert = peer.prepare("INSERT INTO item VALUES (?, ?, ?)");
  peer.execute("BEGIN");
  for (int64_t id = 0; id < kRows; ++id) {
    const std::string text = row_text(id);
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int64(insert, 2, row_number(id));
    sqlite3_bind_text(insert, 3, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    peer.check(sqlite3_step(insert));
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  peer.execute("COMMIT");
  const double start = now_ns();
  peer.execute("DELETE FROM item");
  return now_ns() - start;
}

}  // namespace

void clear_table() {
  hold({"P18 DELETE of all 1,000,000 records of a table with one index, synced",
        "statement",
        1,
        5,
        {{"zerodb, DELETE item WHERE true", clear_ours},
         {SqlitePeer::version() + ", DELETE FROM item", clear_sqlite}}});
}

}  // namespace zerodb::bench
