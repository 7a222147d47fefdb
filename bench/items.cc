#include "items.h"

namespace zerodb::bench {

void fill_items(OurSession& ours, const std::string& table) {
  ours.execute("DEFINE TABLE " + table + " SCHEMAFULL ( number int, text string )");
  ours.execute("SET transaction.durability = 'relaxed'");
  for (int64_t id = 0; id < kItems; id += 1000)
    ours.execute("INSERT INTO " + table + " CONTENT $rows", {{"rows", row_objects(id, 1000)}});
  must(ours.database->flush());
}

void fill_items(SqlitePeer& peer, const std::string& table) {
  peer.execute("CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
  const std::string text = "INSERT INTO " + table + " VALUES (?, ?, ?)";
  sqlite3_stmt* insert = peer.prepare(text);
  peer.execute("BEGIN");
  for (int64_t id = 0; id < kItems; ++id) {
    const std::string value = row_text(id);
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int64(insert, 2, row_number(id));
    sqlite3_bind_text(insert, 3, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
    peer.check(sqlite3_step(insert));
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  peer.execute("COMMIT");
}

}  // namespace zerodb::bench
