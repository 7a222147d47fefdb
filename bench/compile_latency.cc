// P12: what a statement costs before its first row: parsed, checked, planned; with code generation;
// and from the cache.
#include "our_session.h"

namespace zerodb::bench {
namespace {

constexpr int kStatements = 200;

}  // namespace

void compile_latency() {
  OurSession ours("");
  ours.execute("DEFINE TABLE item SCHEMAFULL ( number int, text string )");
  ours.execute("INSERT INTO item CONTENT $rows", {{"rows", row_objects(0, 100)}});
  int serial = 0;
  // Each text is new to every cache; the shape of the program differs too, so that no module is
  // shared.
  const auto fresh_text = [&serial] {
    ++serial;
    std::string sum = "number";
    for (int i = 0; i < serial % 7; ++i) sum += " + number";
    return "SELECT count(*) AS c" + std::to_string(serial) + ", sum(" + sum + " + " +
           std::to_string(serial) + ") FROM item WHERE number > " + std::to_string(serial) +
           " AND number % " + std::to_string(2 + serial % 5) + " = 0";
  };
  const auto run_fresh = [&](const char* tier) {
    ours.execute(std::string("SET exec.tier = '") + tier + "'");
    double spent = 0;
    for (int i = 0; i < kStatements; ++i) {
      const std::string text = fresh_text();
      const double start = now_ns();
      ours.execute(text);
      spent += now_ns() - start;
    }
    return spent;
  };
  const auto run_cached = [&] {
    ours.execute("SET exec.tier = 'auto'");
    const std::string text = "SELECT count(*) FROM item:1..5";
    ours.execute(text);
    const double start = now_ns();
    for (int i = 0; i < kStatements; ++i) ours.execute(text);
    return now_ns() - start;
  };
  hold({"P12 a statement of 100 rows, first execution and cached",
        "statement",
        kStatements,
        5,
        {{"first execution, interpreter", [&] { return run_fresh("interpreter"); }},
         {"first execution, wasm waited for", [&] { return run_fresh("wasm"); }},
         {"cached, five rows read", run_cached}}});
}

}  // namespace zerodb::bench
