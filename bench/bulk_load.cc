// P3: bulk load of a million rows without and with one secondary index, against SQLite in one
// transaction and SurrealDB, which loads fewer rows.
#include <fstream>

#include "node_peer.h"
#include "our_session.h"
#include "sqlite_peer.h"
#include "value/zval_builder.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 1'000'000;
constexpr int64_t kRowsPerStatement = 1000;
constexpr int64_t kSurrealRows = 50'000;

double load_ours(bool with_index) {
  const Scratch scratch;
  OurSession ours(scratch.path("ours"));
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  if (with_index) ours.execute("DEFINE INDEX by_number ON item (number)");
  ours.execute("SET transaction.durability = 'relaxed'");
  const auto statement = must(ours.session->prepare("INSERT INTO item CONTENT $rows"));
  double spent = 0;
  for (int64_t id = 0; id < kRows; id += kRowsPerStatement) {
    const database::Parameters parameters = {{"rows", row_objects(id, kRowsPerStatement)}};
    const double start = now_ns();
    must(must(ours.session->execute(*statement, parameters))->collect());
    spent += now_ns() - start;
  }
  const double start = now_ns();
  must(ours.database->flush());
  return spent + now_ns() - start;
}

std::string write_csv(const Scratch& scratch) {
  const std::string path = scratch.path("rows.csv");
  std::ofstream file(path);
  file << "id,number,text\n";
  for (int64_t id = 0; id < kRows; ++id)
    file << id << ',' << row_number(id) << ',' << row_text(id) << '\n';
  return path;
}

// Reads and parses a file besides, which SQLite is spared.
double copy_ours(const std::string& file, bool with_index) {
  const Scratch scratch;
  database::DatabaseOptions options;
  options.files.emplace("/", "/");
  OurSession ours(scratch.path("ours"), options);
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  if (with_index) ours.execute("DEFINE INDEX by_number ON item (number)");
  ours.execute("SET transaction.durability = 'relaxed'");
  const double start = now_ns();
  ours.execute("COPY item FROM '" + file + "'");
  must(ours.database->flush());
  return now_ns() - start;
}

double load_sqlite(bool with_index) {
  const Scratch scratch;
  SqlitePeer peer(scratch.path("peer.sqlite"));
  peer.execute("PRAGMA journal_mode = WAL");
  peer.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, number INTEGER, text TEXT)");
  if (with_index) peer.execute("CREATE INDEX by_number ON item (number)");
  sqlite3_stmt* insert = peer.prepare("INSERT INTO item VALUES (?, ?, ?)");
  double spent = 0;
  peer.execute("BEGIN");
  for (int64_t id = 0; id < kRows; ++id) {
    const std::string text = row_text(id);
    const double start = now_ns();
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_int64(insert, 2, row_number(id));
    sqlite3_bind_text(insert, 3, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    peer.check(sqlite3_step(insert));
    sqlite3_reset(insert);
    spent += now_ns() - start;
  }
  const double start = now_ns();
  sqlite3_finalize(insert);
  peer.execute("COMMIT");
  return spent + now_ns() - start;
}

}  // namespace

std::string row_text(int64_t id) {
  return "text of row number " + std::to_string(id) + " with some words behind it";
}
int64_t row_number(int64_t id) {
  return (id * 2'654'435'761) % 1'000'003;
}

Value row_objects(int64_t first, int64_t count) {
  ArrayBuilder rows;
  for (int64_t id = first; id < first + count; ++id) {
    ObjectBuilder row;
    row.set("id", Value::int64(id));
    row.set("number", Value::int64(row_number(id)));
    row.set("text", Value::string(row_text(id)));
    rows.add(must(row.build()));
  }
  return must(rows.build());
}

void bulk_load() {
  const Scratch scratch;
  const std::string file = write_csv(scratch);
  const auto surreal = NodePeer::start("surrealdb");
  for (const bool with_index : {false, true}) {
    std::vector<Contestant> contestants = {
        {"zerodb, COPY of a CSV file, relaxed", [=] { return copy_ours(file, with_index); }},
        {"zerodb, 1,000 rows a statement, relaxed", [=] { return load_ours(with_index); }},
        {SqlitePeer::version() + ", one transaction", [=] { return load_sqlite(with_index); }}};
    if (surreal != nullptr) {
      const std::string command =
          (with_index ? "reload_indexed " : "reload ") + std::to_string(kSurrealRows);
      contestants.push_back({surreal->title() + ", 1,000 rows a statement",
                             [&surreal, command] { return surreal->command(command); },
                             static_cast<double>(kSurrealRows)});
    }
    const std::string title = "P3 bulk load of 1,000,000 rows, flushed at the end";
    hold({with_index ? title + ", one secondary index" : title, "row", static_cast<double>(kRows),
          5, contestants});
  }
}

}  // namespace zerodb::bench
