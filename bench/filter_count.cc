// P4: filter and count over a million rows without an index, and a grouped sum, against SQLite.
#include "items.h"
#include "node_peer.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kSurrealRows = 100'000;

}  // namespace

void filter_count() {
  const Scratch scratch;
  OurSession disk(scratch.path("ours"));
  OurSession memory("");
  SqlitePeer peer(scratch.path("peer.sqlite"));
  fill_items(disk);
  fill_items(memory);
  fill_items(peer);
  const auto duck = NodePeer::start("duckdb");
  if (duck != nullptr) duck->command("load " + std::to_string(kItems));
  const auto surreal = NodePeer::start("surrealdb");
  if (surreal != nullptr) surreal->command("load " + std::to_string(kSurrealRows));
  const std::string filter = "SELECT count(*) FROM item WHERE number < 500000 AND number > 1000";
  const std::string sum = "SELECT sum(number) FROM item WHERE number % 3 = 1";
  for (const auto& [title, query] :
       {std::pair{"P4 filter and count over 1,000,000 rows, no index", filter},
        std::pair{"P4 filter with arithmetic and a sum over 1,000,000 rows", sum}}) {
    const int64_t expected = peer.number(query);
    const auto timed_ours = [expected, text = query](OurSession& ours, const char* tier) {
      ours.execute(std::string("SET exec.tier = '") + tier + "'");
      const auto statement = must(ours.session->prepare(text));
      const double start = now_ns();
      if (ours.number(*statement) != expected) fail("the answers differ");
      return now_ns() - start;
    };
    const auto timed_peer = [&, text = query] {
      const double start = now_ns();
      if (peer.number(text) != expected) fail("the answers differ");
      return now_ns() - start;
    };
    std::vector<Contestant> contestants = {
        {"zerodb on RocksDB, wasm", [&] { return timed_ours(disk, "wasm"); }},
        {"zerodb on RocksDB, interpreter", [&] { return timed_ours(disk, "interpreter"); }},
        {"zerodb in memory, wasm", [&] { return timed_ours(memory, "wasm"); }},
        {"zerodb in memory, interpreter", [&] { return timed_ours(memory, "interpreter"); }},
        {SqlitePeer::version() + ", file", timed_peer}};
    const std::string command = query == filter ? "count" : "sum";
    if (duck != nullptr)
      contestants.push_back({duck->title(), [&] { return duck->command(command); }});
    if (surreal != nullptr) {
      contestants.push_back({surreal->title(), [&] { return surreal->command(command); },
                             static_cast<double>(kSurrealRows)});
    }
    hold({title, "row", static_cast<double>(kItems), 5, contestants});
  }
}

}  // namespace zerodb::bench
