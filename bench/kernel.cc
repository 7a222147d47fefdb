// P13: the loop of a filter and a sum as generated Wasm, through the whole engine, against the same
// loop in C++ over plain arrays.
#include "our_session.h"

namespace zerodb::bench {
namespace {

constexpr int64_t kRows = 1'000'000;

}  // namespace

void kernel() {
  OurSession ours("");
  // The rows are made by a table function, so that reading the store does not count.
  const auto statement = must(ours.session->prepare(
      "SELECT sum(x * 3) FROM series(1..=1_000_000) AS x WHERE x % 7 < 5 AND x > 1000"));
  std::vector<int64_t> column(kRows);
  for (int64_t i = 0; i < kRows; ++i) column[static_cast<size_t>(i)] = i + 1;
  const auto native = [&column] {
    int64_t sum = 0;
    for (const int64_t x : column) {
      int64_t product = 0;
      if (x % 7 < 5 && x > 1000 && !__builtin_mul_overflow(x, int64_t{3}, &product)) sum += product;
    }
    return sum;
  };
  const int64_t expected = native();
  const auto run_ours = [&](const char* tier) {
    ours.execute(std::string("SET exec.tier = '") + tier + "'");
    const double start = now_ns();
    if (ours.number(*statement) != expected) fail("the answers differ");
    return now_ns() - start;
  };
  const auto run_native = [&] {
    const double start = now_ns();
    const int64_t sum = native();
    keep(sum);
    return now_ns() - start;
  };
  hold({"P13 filter and sum over 1,000,000 numbers",
        "row",
        static_cast<double>(kRows),
        5,
        {{"zerodb, wasm", [&] { return run_ours("wasm"); }},
         {"C++ loop over an array", run_native},
         {"zerodb, interpreter", [&] { return run_ours("interpreter"); }}}});
}

}  // namespace zerodb::bench
