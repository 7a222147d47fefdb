// Contest: random queries, answered by zerodb in each tier, with and without indexes, in memory and
// on disk, by one thread and by several, and by SQLite, over the same random data, which changes
// between the queries.
//
// Every answer must be the same. Every fourth query is one that must agree with its own parts,
// however the tables are read. Threading: belongs to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "query_generator.h"
#include "sqlite_connection.h"
#include "subject.h"

namespace zerodb::differential {

struct Options {
  uint64_t seed = 1;
  uint64_t queries = 2000;
  bool prints = false;  // each statement of SQLite and its answer, as a line of JSON
  // A query is asked of the plain database and of one of the others, which take turns: for long
  // runs, in which each has its share.
  bool takes_turns = false;
};

class Contest {
 public:
  explicit Contest(const Options& options);
  // How many queries differed; each is printed.
  uint64_t run(uint64_t queries);
  // Queries that were asked, the one at hand included.
  uint64_t asked() const { return asked_; }
  // Of every other query: how many plans have such operators.
  struct Plans {
    uint64_t merged = 0;
    uint64_t streamed = 0;
  };
  const Plans& plans() const { return plans_; }

 private:
  static constexpr size_t kIndexed = 2;  // the first subject of the database with indexes
  static constexpr uint64_t kQueriesPerPlan = 2;

  void change(const Pair& text);
  bool is_asked(size_t subject, uint64_t number) const;
  // Compares all rows of both tables, which a query may not ask for until much later.
  bool has_same_tables(const Pair& change);
  void note_plan(const Query& query);
  bool ask(const Query& query, uint64_t number);
  bool ask_parts(const QueryGenerator::Partition& query, uint64_t number);

  const Options options_;
  QueryGenerator generator_;
  SqliteConnection sqlite_;
  std::vector<std::unique_ptr<database::Database>> databases_;
  std::vector<Subject> subjects_;  // they go before their databases
  uint64_t turn_ = 0;
  uint64_t asked_ = 0;
  Plans plans_;
};

}  // namespace zerodb::differential
