// P5: groups with three aggregates over a million rows. P7: a join of a million rows with a million
// on a number. P8: the first ten rows in the order of an index. Against SQLite and DuckDB on the
// same rows.
#include "items.h"
#include "node_peer.h"

namespace zerodb::bench {

void queries() {
  const Scratch scratch;
  OurSession disk(scratch.path("ours"));
  OurSession memory("");
  SqlitePeer peer(scratch.path("peer.sqlite"));
  const auto everywhere = [&](const std::string& text) {
    disk.execute(text);
    memory.execute(text);
    peer.execute(text);
  };
  for (const std::string table : {"item", "other"}) {
    fill_items(disk, table);
    fill_items(memory, table);
    fill_items(peer, table);
  }
  disk.execute("DEFINE INDEX by_number ON other (number)");
  memory.execute("DEFINE INDEX by_number ON other (number)");
  peer.execute("CREATE INDEX by_number ON other (number)");
  everywhere("ANALYZE");

  const auto duck = NodePeer::start("duckdb");
  if (duck != nullptr) duck->command("load " + std::to_string(kItems));

  struct Work {
    const char* title;
    const char* command;  // of DuckDB
    std::string query;    // one number
    double operations;
  };
  const std::string groups =
      "SELECT sum(g.c + g.s + g.m) FROM (SELECT number % 1000 AS k, count(*) AS c, sum(number) AS "
      "s, "
      "max(number) AS m FROM item GROUP BY number % 1000) AS g";
  const std::string few =
      "SELECT sum(g.c + g.s + g.m) FROM (SELECT number % 4 AS k, count(*) AS c, sum(number) AS s, "
      "max(number) AS m FROM item GROUP BY number % 4) AS g";
  const std::string join = "SELECT count(*) FROM item AS i JOIN item AS j ON i.number = j.number";
  const std::string ordered =
      "SELECT sum(t.number) FROM (SELECT number FROM other ORDER BY number LIMIT 10) AS t";
  for (const Work& work : {Work{"P5 GROUP BY of 1,000 groups, three aggregates, 1,000,000 rows",
                                "groups", groups, static_cast<double>(kItems)},
                           Work{"P5 GROUP BY of 4 groups, three aggregates, 1,000,000 rows",
                                "few_groups", few, static_cast<double>(kItems)},
                           Work{"P7 join of 1,000,000 rows with 1,000,000 on a number", "join",
                                join, static_cast<double>(kItems)},
                           Work{"P8 ORDER BY an indexed number LIMIT 10", "ordered", ordered, 1}}) {
    const int64_t expected = peer.number(work.query);
    const auto timed_ours = [&](OurSession& ours) {
      const auto statement = must(ours.session->prepare(work.query));
      const double start = now_ns();
      if (ours.number(*statement) != expected) fail("the answers differ");
      return now_ns() - start;
    };
    std::vector<Contestant> contestants = {{"zerodb on RocksDB", [&] { return timed_ours(disk); }},
                                           {"zerodb in memory", [&] { return timed_ours(memory); }},
                                           {SqlitePeer::version() + ", file", [&] {
                                              const double start = now_ns();
                                              if (peer.number(work.query) != expected)
                                                fail("the answers differ");
                                              return now_ns() - start;
                                            }}};
    if (duck != nullptr) {
      contestants.push_back({duck->title(), [&] {
                               int64_t answer = 0;
                               const double ns = duck->command(work.command, &answer);
                               if (answer != expected) fail("the answers differ");
                               return ns;
                             }});
    }
    hold({work.title, "row", work.operations, 5, contestants});
  }
}

}  // namespace zerodb::bench
