#include "contest.h"

#include <algorithm>
#include <cstdio>

#include "value/json.h"

namespace zerodb::differential {
namespace {

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

// The rows of one list alone, in a way to read.
std::string list_differences(Rows rows, Rows expected) {
  std::ranges::sort(rows);
  std::ranges::sort(expected);
  Rows only;
  std::ranges::set_difference(rows, expected, std::back_inserter(only));
  Rows missing;
  std::ranges::set_difference(expected, rows, std::back_inserter(missing));
  return " alone" + list(only) + "\n  and SQLite alone" + list(missing);
}

// A database, with two subjects.
struct Setup {
  std::string name;
  uint64_t operator_memory = UINT64_MAX;
  // Of the second subject; the first has one. Then both must give rows in the same order.
  uint32_t threads = 1;
  bool prefers_merge = false;
};

constexpr uint32_t kMorselRows = 3;

std::vector<Setup> setups() {
  return {{""},
          {" with indexes"},
          {" spilling", 1000},
          {" threads", UINT64_MAX, 3},
          {" merging", 1000, 1, true}};
}

}  // namespace

Contest::Contest(const Options& options) : options_(options), generator_(options.seed) {
  for (const Setup& setup : setups()) {
    auto opened = database::Database::open_memory({.operator_memory = setup.operator_memory,
                                                   .threads = setup.threads,
                                                   .morsel_rows = kMorselRows,
                                                   .prefers_merge = setup.prefers_merge});
    if (!opened) fail("open", opened.error());
    for (const std::string tier : {"interpreter", "wasm"}) {
      auto session = (*opened)->create_session();
      if (!session) fail("session", session.error());
      const bool is_second = tier == "wasm";
      subjects_.push_back({tier + setup.name, std::move(*session), is_second && setup.threads > 1});
      subjects_.back().must("SET exec.tier = '" + tier + "'");
      if (!is_second) subjects_.back().must("SET statement.threads = 1");
    }
    databases_.push_back(std::move(*opened));
  }
  for (const Pair& table : QueryGenerator::tables()) change(table);
  for (const std::string& index : QueryGenerator::indexes()) subjects_[kIndexed].must(index);
  for (int i = 0; i < 60; ++i) change(generator_.insert());
}

uint64_t Contest::run(uint64_t queries) {
  uint64_t wrong = 0;
  for (uint64_t left = queries; left > 0; --left) {
    const uint64_t i = asked_++;
    if (i % 10 == 9) {
      const Pair text = generator_.change();
      change(text);
      if (!has_same_tables(text)) return wrong + 1;
    }
    if (i % 500 == 250) subjects_[kIndexed].must("ANALYZE");
    if (i % 4 == 3 ? !ask_parts(generator_.partition(), i) : !ask(generator_.query(), i)) ++wrong;
    if (wrong >= 20) break;
  }
  return wrong;
}

// Each database once, through its sessions in turn, so that either tier also writes.
void Contest::change(const Pair& text) {
  for (size_t first = 0; first < subjects_.size(); first += 2)
    subjects_[first + turn_ % 2].must(text.zeroql);
  sqlite_.run(text.sql);
  if (options_.prints) std::printf("{\"change\":%s}\n", json_text(text.sql).c_str());
  ++turn_;
}

bool Contest::has_same_tables(const Pair& change) {
  for (const std::string table : {"a", "b"}) {
    const std::string query = "SELECT k, n, m, s, u FROM " + table + " ORDER BY k";
    const Rows expected = sqlite_.run(query);
    for (const Subject& subject : subjects_) {
      const Result<Rows> rows = subject.run(query);
      if (rows && *rows == expected) continue;
      std::printf("changed before query %llu, %s\n  %s\n  SQLite: %s\n  gave%s\n",
                  static_cast<unsigned long long>(asked_), subject.name.c_str(),
                  change.zeroql.c_str(), change.sql.c_str(),
                  rows ? list_differences(*rows, expected).c_str()
                       : (" " + rows.error().to_string()).c_str());
      return false;
    }
  }
  return true;
}

// Of each database there are two subjects.
bool Contest::is_asked(size_t subject, uint64_t number) const {
  const size_t database = subject / 2;
  if (!options_.takes_turns || database == 0) return true;
  return database == 1 + (number + number / 4) % (databases_.size() - 1);
}

// What the planner makes of it where it prefers merges.
void Contest::note_plan(const Query& query) {
  const Result<Rows> plan = subjects_.back().run("EXPLAIN " + query.text.zeroql);
  if (!plan) return;
  std::string text;
  for (const auto& line : *plan) text += line[0];
  const auto has = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  plans_.merged += has("merge ") ? 1 : 0;
  plans_.streamed += has("streaming ") ? 1 : 0;
}

bool Contest::ask(const Query& query, uint64_t number) {
  Rows expected = sqlite_.run(query.text.sql);
  if (!query.is_ordered) std::ranges::sort(expected);
  if (options_.prints) {
    std::printf("{\"query\":%s,\"is_ordered\":%s,\"rows\":%s}\n", json_text(query.text.sql).c_str(),
                query.is_ordered ? "true" : "false", json_rows(expected).c_str());
  }
  if (number % kQueriesPerPlan == 0) note_plan(query);
  Rows last;  // of the subject before
  for (size_t i = 0; i < subjects_.size(); ++i) {
    if (!is_asked(i, number)) continue;
    const Subject& subject = subjects_[i];
    Result<Rows> rows = subject.run(query.text.zeroql);
    const bool is_same = !subject.is_twin || (rows && *rows == last);
    last = rows ? *rows : Rows();
    if (rows && !query.is_ordered) std::ranges::sort(*rows);
    if (rows && *rows == expected && is_same) continue;
    std::printf("query %llu, %s\n  %s\n  SQLite: %s\n  gave%s\n  SQLite%s\n",
                static_cast<unsigned long long>(number), subject.name.c_str(),
                query.text.zeroql.c_str(), query.text.sql.c_str(),
                rows ? list(*rows).c_str() : (" " + rows.error().to_string()).c_str(),
                list(expected).c_str());
    return false;
  }
  return true;
}

bool Contest::ask_parts(const QueryGenerator::Partition& query, uint64_t number) {
  for (size_t i = 0; i < subjects_.size(); ++i) {
    if (!is_asked(i, number)) continue;
    const Subject& subject = subjects_[i];
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
                static_cast<unsigned long long>(number), subject.name.c_str(), query.holds.c_str(),
                query.count_left.c_str(), query.count_seen.c_str(), holds, holds_not->size());
    return false;
  }
  return true;
}

}  // namespace zerodb::differential
