// sqlite_differential [--seed N] [--queries N] [--print 1]
//
// Asks random queries of six zerodb sessions (interpreter and wasm, on tables without and with
// indexes and statistics, and with operators that move all but a few rows to disk) and of SQLite,
// over the same random data, which changes between the queries. Every answer must be the same.
// Every fourth query is one that must agree with its own parts, however the tables are read. Prints
// the seed and each query that differs; with --print each statement of SQLite and its answer as a
// line of JSON for other peers (peer_differential.py).
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
#include "value/json.h"

namespace zerodb::differential {
namespace {

struct Options {
  uint64_t seed = 1;
  uint64_t queries = 2000;
  bool prints = false;
};

std::string json_text(const std::string& text) {
  return to_json(Value::string(text));
}

std::string json_rows(const Rows& rows) {
  std::string text = "[";
  for (const auto& row : rows) {
    text += text.size() == 1 ? "[" : ",[";
    for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + json_text(row[i]);
    text += "]";
  }
  return text + "]";
}

std::string list(const Rows& rows) {
  std::string text;
  for (size_t i = 0; i < rows.size() && i < 20; ++i) {
    text += "\n    ";
    for (const std::string& value : rows[i]) text += value + " ";
  }
  return text + "\n    (" + std::to_string(rows.size()) + " rows)";
}

// A database, with two subjects.
struct Setup {
  std::string name;
  uint64_t operator_memory = UINT64_MAX;
};

std::vector<Setup> setups() {
  return {{""}, {" with indexes"}, {" spilling", 1000}};
}

class Contest {
 public:
  explicit Contest(const Options& options) : options_(options), generator_(options.seed) {
    for (const Setup& setup : setups()) {
      auto opened = database::Database::open_memory({.operator_memory = setup.operator_memory});
      if (!opened) fail("open", opened.error());
      for (const std::string tier : {"interpreter", "wasm"}) {
        auto session = (*opened)->create_session();
        if (!session) fail("session", session.error());
        subjects_.push_back({tier + setup.name, std::move(*session)});
        subjects_.back().must("SET exec.tier = '" + tier + "'");
      }
      databases_.push_back(std::move(*opened));
    }
    for (const Pair& table : QueryGenerator::tables()) change(table);
    for (const std::string& index : QueryGenerator::indexes()) subjects_[kIndexed].must(index);
    for (int i = 0; i < 60; ++i) change(generator_.insert());
  }

  // How many queries differed.
  uint64_t run(uint64_t queries) {
    uint64_t wrong = 0;
    for (uint64_t i = 0; i < queries; ++i) {
      if (i % 10 == 9) change(generator_.change());
      if (i % 500 == 250) subjects_[kIndexed].must("ANALYZE");
      if (i % 4 == 3 ? !ask_parts(generator_.partition(), i) : !ask(generator_.query(), i)) ++wrong;
      if (wrong >= 20) break;
    }
    return wrong;
  }

 private:
  // Each database once, through its sessions in turn, so that either tier also writes.
  void change(const Pair& text) {
    for (size_t first = 0; first < subjects_.size(); first += 2)
      subjects_[first + turn_ % 2].must(text.zeroql);
    sqlite_.run(text.sql);
    if (options_.prints) std::printf("{\"change\":%s}\n", json_text(text.sql).c_str());
    ++turn_;
  }

  bool ask(const Query& query, uint64_t number) {
    Rows expected = sqlite_.run(query.text.sql);
    if (!query.is_ordered) std::ranges::sort(expected);
    if (options_.prints) {
      std::printf("{\"query\":%s,\"is_ordered\":%s,\"rows\":%s}\n",
                  json_text(query.text.sql).c_str(), query.is_ordered ? "true" : "false",
                  json_rows(expected).c_str());
    }
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

  bool ask_parts(const QueryGenerator::Partition& query, uint64_t number) {
    for (const Subject& subject : subjects_) {
      Result<Rows> whole = subject.run(query.whole);
      Result<Rows> parts = subject.run(query.holds);
      const Result<Rows> holds_not = subject.run(query.holds_not);
      const Result<Rows> left = subject.run(query.count_left);
      const Result<Rows> seen = subject.run(query.count_seen);
      for (const Result<Rows>* each :
           std::initializer_list<const Result<Rows>*>{&whole, &parts, &holds_not, &left, &seen}) {
        if (*each) continue;
        std::printf("query %llu, %s\n  %s\n  %s\n", static_cast<unsigned long long>(number),
                    subject.name.c_str(), query.holds.c_str(), each->error().to_string().c_str());
        return false;
      }
      const size_t holds = parts->size();
      parts->insert(parts->end(), holds_not->begin(), holds_not->end());
      std::ranges::sort(*whole);
      std::ranges::sort(*parts);
      const bool is_counted = *left == *seen && *left == Rows{{std::to_string(holds)}};
      if (*whole == *parts && is_counted) continue;
      std::printf("query %llu, %s\n  %s\n  %s\n  %s\n  %zu rows with, %zu without the condition\n",
                  static_cast<unsigned long long>(number), subject.name.c_str(),
                  query.holds.c_str(), query.count_left.c_str(), query.count_seen.c_str(), holds,
                  holds_not->size());
      return false;
    }
    return true;
  }

  static constexpr size_t kIndexed = 2;  // the first subject of the database with indexes

  const Options options_;
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
    const uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--print") options.prints = number != 0;
    if (name == "--seed") options.seed = number;
    if (name == "--queries") options.queries = number;
  }
  std::fprintf(options.prints ? stderr : stdout, "seed %llu\n",
               static_cast<unsigned long long>(options.seed));
  zerodb::differential::Contest contest(options);
  const uint64_t wrong = contest.run(options.queries);
  std::fprintf(options.prints ? stderr : stdout, "%llu queries, %llu differ\n",
               static_cast<unsigned long long>(options.queries),
               static_cast<unsigned long long>(wrong));
  return wrong == 0 ? 0 : 1;
}
