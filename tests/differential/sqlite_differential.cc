// sqlite_differential [--seed N] [--queries N]
//
// Asks random queries of four zerodb sessions (interpreter and wasm, on tables without and with
// indexes) and of SQLite, over the same random data, which changes between the queries. Every
// answer must be the same. Prints the seed and each query that differs.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "query_generator.h"
#include "sqlite_connection.h"
#include "subject.h"

namespace zerodb::differential {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t queries = 2000;
};

std::string list(const Rows& rows) {
  std::string text;
  for (size_t i = 0; i < rows.size() && i < 20; ++i) {
    text += "\n    ";
    for (const std::string& value : rows[i]) text += value + " ";
  }
  return text + "\n    (" + std::to_string(rows.size()) + " rows)";
}

class Contest {
 public:
  explicit Contest(const Options& options) : generator_(options.seed) {
    for (const bool indexed : {false, true}) {
      auto opened = database::Database::open_memory();
      if (!opened) fail("open", opened.error());
      for (const std::string tier : {"interpreter", "wasm"}) {
        auto session = (*opened)->create_session();
        if (!session) fail("session", session.error());
        subjects_.push_back({tier + (indexed ? " with indexes" : ""), std::move(*session)});
        subjects_.back().must("SET exec.tier = '" + tier + "'");
      }
      databases_.push_back(std::move(*opened));
    }
    for (const Pair& table : QueryGenerator::tables()) change(table);
    for (const std::string& index : QueryGenerator::indexes()) subjects_[2].must(index);
    for (int i = 0; i < 60; ++i) change(generator_.insert());
  }

  // How many queries differed.
  uint64_t run(uint64_t queries) {
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < queries; ++i) {
      if (i % 10 == 9) change(generator_.change());
      if (!ask(generator_.query(), i)) ++wrong;
      if (wrong >= 20) break;
    }
    return wrong;
  }

 private:
  // Each database once, through its sessions in turn, so that either tier also writes.
  void change(const Pair& text) {
    subjects_[turn_ % 2].must(text.zeroql);
    subjects_[2 + turn_ % 2].must(text.zeroql);
    sqlite_.run(text.sql);
    ++turn_;
  }

  bool ask(const Query& query, uint64_t number) {
    Rows expected = sqlite_.run(query.text.sql);
    if (!query.is_ordered) std::ranges::sort(expected);
    for (const Subject& subject : subjects_) {
      Result<Rows> rows = subject.run(query.text.zeroql);
      if (rows && !query.is_ordered) std::ranges::sort(*rows);
      if (rows && *rows == expected) continue;
      std::printf("query %llu, %s\n  %s\n  SQLite: %s\n  gave%s\n  SQLite%s\n",
                  static_cast<unsigned long long>(number), subject.name.c_str(),
                  query.text.zeroql.c_str(), query.text.sql.c_str(),
                  rows ? list(*rows).c_str() : (" " + rows.error().to_string()).c_str(),
                  list(expected).c_str());
      return false;
    }
    return true;
  }

  QueryGenerator generator_;
  SqliteConnection sqlite_;
  std::vector<std::unique_ptr<database::Database>> databases_;
  std::vector<Subject> subjects_;  // they go before their databases
  uint64_t turn_ = 0;
};

}  // namespace
}  // namespace zerodb::differential

int main(int argc, char** argv) {
  zerodb::differential::Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    (name == "--seed" ? options.seed : options.queries) = std::strtoull(argv[i + 1], nullptr, 10);
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  zerodb::differential::Contest contest(options);
  const uint64_t wrong = contest.run(options.queries);
  std::printf("%llu queries, %llu differ\n", static_cast<unsigned long long>(options.queries),
              static_cast<unsigned long long>(wrong));
  return wrong == 0 ? 0 : 1;
}
