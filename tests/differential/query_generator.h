// QueryGenerator: random queries over two tables, each written in zeroql and in the SQL of SQLite
// with the same meaning.
//
// zeroql knows two truth values: `=` on none is true or false, an order with none is false. The SQL
// says the same with IS and COALESCE. Numbers stay small enough that nothing overflows. A query
// either has a total order or is compared as a set of rows. Threading: belongs to one thread. The
// same seed gives the same queries.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace zerodb::differential {

// The same piece of text in both languages.
struct Pair {
  std::string zeroql;
  std::string sql;
};

struct Query {
  Pair text;
  bool is_ordered = false;
};

class QueryGenerator {
 public:
  explicit QueryGenerator(uint64_t seed) : random_(seed) {}

  static std::vector<Pair> tables();
  static std::vector<std::string> indexes();
  Pair insert();
  // An INSERT, UPDATE or DELETE.
  Pair change();
  Query query();

  // What must agree without a peer: the rows of a query are those for which a condition holds and
  // those for which it does not (Rigger and Su, "Finding bugs in database systems via query
  // partitioning", 2020); and the rows that WHERE leaves are as many as those for which the
  // condition is true where nothing can use it ("Detecting optimization bugs in database engines
  // via non-optimizing reference engine construction", 2020). In zeroql alone.
  struct Partition {
    std::string whole;
    std::string holds;
    std::string holds_not;
    std::string count_left;  // of `holds`
    std::string count_seen;  // the same, without WHERE
  };
  Partition partition();

 private:
  // A table in FROM.
  struct Source {
    char table;
    std::string alias;
  };
  using Sources = std::vector<Source>;

  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool chance(uint64_t percent) { return below(100) < percent; }
  std::string number_literal();
  std::string text_literal();
  const Source& any(const Sources& sources) { return sources[below(sources.size())]; }

  Pair number_field(const Source& source);
  Pair text_field(const Source& source);
  Pair number(const Sources& sources, int depth);
  Pair text(const Sources& sources, int depth);
  Pair condition(const Sources& sources, int depth);
  Pair comparison(const Sources& sources, int depth);
  Pair membership(const Sources& sources, int depth);
  Pair subquery_condition(const Sources& sources, int depth);
  Pair scalar_subquery(const Sources& sources);
  Pair aggregate(const Sources& sources);
  Pair value(const Sources& sources, int depth) {
    return chance(65) ? number(sources, depth) : text(sources, depth);
  }

  Pair from(Sources& sources);
  // Adds a source; one whose rows are sorted if `order` is not empty.
  Pair add_source(Sources& sources, const Pair& order);
  Query plain_query();
  Query grouped_query();
  Query set_query();
  std::string frame(size_t keys);
  Pair window_call(const Source& source);
  Query window_query();
  Query grouping_sets_query();
  Query recursive_query();
  void add_limit(Query& query);

  std::mt19937_64 random_;
  uint64_t next_alias_ = 0;
  int64_t next_id_ = 1;
  std::string sorted_by_;  // the field by which the sources at hand are sorted; empty: they are not
};

}  // namespace zerodb::differential
