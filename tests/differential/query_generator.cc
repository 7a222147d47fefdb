#include "query_generator.h"

#include <array>
#include <string_view>

namespace zerodb::differential {
namespace {

Pair same(const std::string& text) {
  return {text, text};
}

Pair join(const Pair& left, const std::string& between, const Pair& right) {
  return {"(" + left.zeroql + between + right.zeroql + ")",
          "(" + left.sql + between + right.sql + ")"};
}

// What SQL answers with NULL becomes false, or true where `negated`.
Pair decided(const Pair& condition, bool negated) {
  return {condition.zeroql, "COALESCE(" + condition.sql + (negated ? ", 1)" : ", 0)")};
}

void append(Pair& to, const Pair& more) {
  to.zeroql += more.zeroql;
  to.sql += more.sql;
}

void append(Pair& to, const std::string& more) {
  append(to, same(more));
}

}  // namespace

std::vector<Pair> QueryGenerator::tables() {
  return {{"DEFINE TABLE a SCHEMAFULL ( k int, n int, m int?, s string, u string? )",
           "CREATE TABLE a (k integer, n integer, m integer, s text, u text)"},
          {"DEFINE TABLE b SCHEMAFULL ( k int, n int, m int?, s string, u string? )",
           "CREATE TABLE b (k integer, n integer, m integer, s text, u text)"}};
}

std::vector<std::string> QueryGenerator::indexes() {
  return {"DEFINE INDEX a_n ON a (n)",     "DEFINE INDEX a_m_s ON a (m DESC, s)",
          "DEFINE INDEX a_u ON a (u)",     "DEFINE INDEX a_k ON a (k) UNIQUE",
          "DEFINE INDEX b_m ON b (m)",     "DEFINE INDEX b_n_u ON b (n, u DESC)",
          "DEFINE INDEX b_s ON b (s DESC)"};
}

std::string QueryGenerator::number_literal() {
  if (chance(10)) return std::to_string(below(1000));
  return std::to_string(static_cast<int64_t>(below(14)) - 4);
}

std::string QueryGenerator::text_literal() {
  static constexpr std::array<std::string_view, 10> kTexts = {
      "", "a", "ab", "b", "B", "a%b", "é", "\xF0\x9F\x98\x80", "abc", "zz"};
  return "'" + std::string(kTexts[below(kTexts.size())]) + "'";
}

Pair QueryGenerator::insert() {
  const std::string table = chance(50) ? "a" : "b";
  const int64_t id = next_id_++;
  const std::string m = chance(30) ? "NULL" : number_literal();
  const std::string u = chance(30) ? "NULL" : text_literal();
  const std::string values =
      std::to_string(id) + ", " + number_literal() + ", " + m + ", " + text_literal() + ", " + u;
  return {"INSERT INTO " + table + " (id, k, n, m, s, u) VALUES (" + std::to_string(id) + ", " +
              values + ")",
          "INSERT INTO " + table + " (k, n, m, s, u) VALUES (" + values + ")"};
}

Pair QueryGenerator::change() {
  if (chance(40)) return insert();
  const Source source = {chance(50) ? 'a' : 'b', chance(50) ? "a" : "b"};
  const std::string table(1, source.table);
  const Sources sources = {{source.table, table}};
  const Pair where = condition(sources, 1);
  const std::string narrow = " AND " + table + ".k % 7 = " + std::to_string(below(7));
  Pair text;
  if (chance(25)) {
    text = same("DELETE FROM " + table);
  } else {
    text = same("UPDATE " + table + " SET ");
    if (chance(50)) {
      append(text, "n = " + number_literal() + ", m = " + (chance(40) ? "NULL" : number_literal()));
    } else {
      append(text, Pair{"m = " + table + ".n, u = " + table + ".s", "m = n, u = s"});
    }
  }
  // SQLite 3.40 looks for the rows while it changes them, so that a subquery on the same table sees
  // some of the changes; all rows are found first when they are listed.
  append(text,
         Pair{" WHERE ", " WHERE rowid IN (SELECT " + table + ".rowid FROM " + table + " WHERE "});
  append(text, where);
  append(text, narrow);
  return {text.zeroql, text.sql + ")"};
}

Pair QueryGenerator::number_field(const Source& source) {
  static constexpr std::array<std::string_view, 3> kFields = {"n", "m", "k"};
  return same(source.alias + "." + std::string(kFields[below(kFields.size())]));
}

Pair QueryGenerator::text_field(const Source& source) {
  return same(source.alias + (chance(50) ? ".s" : ".u"));
}

Pair QueryGenerator::number(const Sources& sources, int depth) {
  if (depth <= 0 || chance(35)) {
    return chance(80) ? number_field(any(sources)) : same(number_literal());
  }
  switch (below(9)) {
    case 0:
      return join(number(sources, depth - 1), " + ", number(sources, depth - 1));
    case 1:
      return join(number(sources, depth - 1), " - ", number(sources, depth - 1));
    case 2:
      return join(number(sources, depth - 1), " * ", same(std::to_string(below(5))));
    case 3: {
      const Pair left = number(sources, depth - 1);
      const std::string divisor = std::to_string(below(5) + 1);
      return {"(" + left.zeroql + " DIV " + divisor + ")", "(" + left.sql + " / " + divisor + ")"};
    }
    case 4:
      return join(number(sources, depth - 1), " % ", same(std::to_string(below(5) + 1)));
    case 5: {
      const Pair left = number_field(any(sources));
      const Pair right = number(sources, depth - 1);
      return {"(" + left.zeroql + " ?? " + right.zeroql + ")",
              "COALESCE(" + left.sql + ", " + right.sql + ")"};
    }
    case 6: {
      Pair text_value = text(sources, depth - 1);
      return {"length(" + text_value.zeroql + ")", "length(" + text_value.sql + ")"};
    }
    case 7: {
      Pair result = same("(CASE WHEN ");
      append(result, condition(sources, depth - 1));
      append(result, " THEN ");
      append(result, number(sources, depth - 1));
      append(result, " ELSE ");
      append(result, number(sources, depth - 1));
      append(result, " END)");
      return result;
    }
    default:
      return chance(50) ? scalar_subquery(sources) : number_field(any(sources));
  }
}

Pair QueryGenerator::text(const Sources& sources, int depth) {
  if (depth <= 0 || chance(60)) return chance(80) ? text_field(any(sources)) : same(text_literal());
  const Pair left = text_field(any(sources));
  const Pair right = text(sources, depth - 1);
  if (chance(50)) return join(left, " || ", right);
  return {"(" + left.zeroql + " ?? " + right.zeroql + ")",
          "COALESCE(" + left.sql + ", " + right.sql + ")"};
}

Pair QueryGenerator::comparison(const Sources& sources, int depth) {
  const bool numeric = chance(70);
  // One side names a field: a comparison of constants alone is a matter of its own.
  const Pair left = numeric ? number_field(any(sources)) : text_field(any(sources));
  const Pair right = numeric ? number(sources, depth) : text(sources, depth);
  static constexpr std::array<std::string_view, 4> kOrders = {" < ", " <= ", " > ", " >= "};
  switch (below(6)) {
    case 0:
    case 1:
      return {"(" + left.zeroql + " = " + right.zeroql + ")",
              "(" + left.sql + " IS " + right.sql + ")"};
    case 2:
      return {"(" + left.zeroql + " != " + right.zeroql + ")",
              "(" + left.sql + " IS NOT " + right.sql + ")"};
    default:
      return decided(join(left, std::string(kOrders[below(kOrders.size())]), right), false);
  }
}

Pair QueryGenerator::membership(const Sources& sources, int depth) {
  const bool negated = chance(40);
  const std::string no = negated ? " NOT" : "";
  Pair result;
  switch (below(4)) {
    case 0:
      result = number(sources, depth);
      append(result, no + " IN (" + number_literal() + ", " + number_literal() + ", " +
                         number_literal() + ")");
      break;
    case 1:
      result = text_field(any(sources));
      append(result, no + " IN (" + text_literal() + ", " + text_literal() + ")");
      break;
    case 2:
      result = number(sources, depth);
      append(result, no + " BETWEEN " + number_literal() + " AND " + number_literal());
      break;
    default: {
      static constexpr std::array<std::string_view, 6> kPatterns = {"'%'",  "'a%'",  "'_'",
                                                                    "'%b'", "'%a%'", "''"};
      result = text_field(any(sources));
      append(result, no + " LIKE " + std::string(kPatterns[below(kPatterns.size())]));
      break;
    }
  }
  return decided({"(" + result.zeroql + ")", "(" + result.sql + ")"}, negated);
}

Pair QueryGenerator::scalar_subquery(const Sources& sources) {
  const std::string alias = "q" + std::to_string(next_alias_++);
  const Source inner = {chance(50) ? 'a' : 'b', alias};
  static constexpr std::array<std::string_view, 4> kAggregates = {"count(*)", "max(", "min(",
                                                                  "count("};
  const std::string call(kAggregates[below(kAggregates.size())]);
  Pair result = same("(SELECT " + call);
  if (call.back() == '(') {
    append(result, number_field(inner));
    append(result, ")");
  }
  append(result, " FROM " + std::string(1, inner.table) + " AS " + alias + " WHERE ");
  Sources both = sources;
  both.push_back(inner);
  const Pair left = number_field(inner);
  const Pair right = number_field(any(sources));
  append(result, Pair{left.zeroql + " = " + right.zeroql, left.sql + " IS " + right.sql});
  if (chance(40)) {
    append(result, " AND ");
    append(result, comparison(both, 0));
  }
  append(result, ")");
  return result;
}

Pair QueryGenerator::subquery_condition(const Sources& sources, int depth) {
  const std::string alias = "q" + std::to_string(next_alias_++);
  const Source inner = {chance(50) ? 'a' : 'b', alias};
  const std::string table = " FROM " + std::string(1, inner.table) + " AS " + alias + " WHERE ";
  const bool negated = chance(40);
  if (chance(50)) {
    Sources both = sources;
    both.push_back(inner);
    Pair result =
        same(std::string(negated ? "(NOT " : "(") + "EXISTS(SELECT " + alias + ".n" + table);
    append(result, condition(both, depth - 1));
    append(result, "))");
    return result;
  }
  const Pair left = number_field(any(sources));
  const Pair item = number_field(inner);
  const Pair where = condition({inner}, depth - 1);
  const std::string in = negated ? " NOT IN (" : " IN (";
  return decided({"(" + left.zeroql + in + "SELECT " + item.zeroql + table + where.zeroql + "))",
                  "(" + left.sql + in + "SELECT " + item.sql + table + where.sql + " AND " +
                      item.sql + " IS NOT NULL))"},
                 negated);
}

Pair QueryGenerator::condition(const Sources& sources, int depth) {
  if (depth <= 0) return chance(70) ? comparison(sources, 0) : membership(sources, 0);
  switch (below(10)) {
    case 0:
    case 1:
      return join(condition(sources, depth - 1), " AND ", condition(sources, depth - 1));
    case 2:
      return join(condition(sources, depth - 1), " OR ", condition(sources, depth - 1));
    case 3: {
      const Pair inner = condition(sources, depth - 1);
      return {"(NOT " + inner.zeroql + ")", "(NOT " + inner.sql + ")"};
    }
    case 4: {
      const Pair field = chance(50) ? number_field(any(sources)) : text_field(any(sources));
      const std::string is = chance(50) ? " IS " : " IS NOT ";
      return {"(" + field.zeroql + is + "none)", "(" + field.sql + is + "NULL)"};
    }
    case 5:
      return membership(sources, depth - 1);
    case 6:
      return subquery_condition(sources, depth);
    default:
      return comparison(sources, depth - 1);
  }
}

Pair QueryGenerator::add_source(Sources& sources, const Pair& order) {
  sources.push_back({chance(50) ? 'a' : 'b', "t" + std::to_string(next_alias_++)});
  const std::string table(1, sources.back().table);
  if (order.sql.empty()) return same(table + " AS " + sources.back().alias);
  Pair result = same("(SELECT * FROM " + table + " ORDER BY ");
  append(result, order);
  append(result, ") AS " + sources.back().alias);
  return result;
}

// Sources that are sorted alike can be merged, and rows of one group follow each other.
Pair QueryGenerator::from(Sources& sources) {
  static constexpr std::array<std::string_view, 5> kFields = {"n", "m", "k", "s", "u"};
  sorted_by_ = chance(25) ? kFields[below(kFields.size())] : "";
  Pair order;
  if (!sorted_by_.empty()) {
    const std::string direction = chance(40) ? " DESC" : "";
    const std::string nulls = chance(30) ? " NULLS FIRST" : "";
    order = {sorted_by_ + direction + nulls,
             sorted_by_ + direction + (nulls.empty() ? " NULLS LAST" : nulls)};
  }
  Pair result = same(" FROM ");
  append(result, add_source(sources, order));
  const uint64_t joins = chance(55) ? 0 : chance(80) ? 1 : 2;
  for (uint64_t i = 0; i < joins; ++i) {
    static constexpr std::array<std::string_view, 5> kJoins = {" JOIN ", " JOIN ", " LEFT JOIN ",
                                                               " RIGHT JOIN ", " FULL JOIN "};
    const Sources before = sources;
    append(result, std::string(kJoins[below(kJoins.size())]));
    append(result, add_source(sources, order));
    append(result, " ON ");
    const bool is_sorted = !sorted_by_.empty() && chance(80);
    const auto field = [&](const Source& source) {
      return is_sorted ? same(source.alias + "." + sorted_by_) : number_field(source);
    };
    const Pair left = field(any(before));
    const Pair right = field(sources.back());
    append(result, Pair{left.zeroql + " = " + right.zeroql, left.sql + " IS " + right.sql});
    if (chance(30)) {
      append(result, " AND ");
      append(result, comparison(sources, 0));
    }
  }
  return result;
}

void QueryGenerator::add_limit(Query& query) {
  query.is_ordered = true;
  if (!chance(60)) return;
  append(query.text, " LIMIT " + std::to_string(below(12)));
  if (chance(40)) append(query.text, " OFFSET " + std::to_string(below(12)));
}

Query QueryGenerator::plain_query() {
  Sources sources;
  const Pair tables = from(sources);
  Query query;
  query.text = same("SELECT ");
  const bool distinct = chance(15);
  if (distinct) append(query.text, "DISTINCT ");
  const uint64_t columns = below(3) + 1;
  for (uint64_t i = 0; i < columns; ++i) {
    append(query.text, i == 0 ? "" : ", ");
    append(query.text, chance(15) ? condition(sources, 1) : value(sources, 2));
    append(query.text, " AS c" + std::to_string(i));
  }
  append(query.text, tables);
  if (chance(75)) {
    append(query.text, " WHERE ");
    append(query.text, condition(sources, 2));
  }
  if (!chance(50)) return query;
  append(query.text, " ORDER BY ");
  const auto item = [&](const Pair& key, const std::string& after) {
    const std::string direction = chance(50) ? " DESC" : "";
    const std::string nulls = chance(25) ? " NULLS FIRST" : "";
    append(query.text, Pair{key.zeroql + direction + nulls + after,
                            key.sql + direction + (nulls.empty() ? " NULLS LAST" : nulls) + after});
  };
  if (distinct) {
    for (uint64_t i = 0; i < columns; ++i)
      item(same("c" + std::to_string(i)), i + 1 < columns ? ", " : "");
  } else {
    // A field leads each key: a bare number would be a position to SQLite.
    if (chance(40)) item(join(number_field(any(sources)), " + ", number(sources, 1)), ", ");
    if (chance(30)) item(text_field(any(sources)), ", ");
    // `k` is unique in each table, so the keys of all tables make the order total.
    for (size_t i = 0; i < sources.size(); ++i)
      item(same(sources[i].alias + ".k"), i + 1 < sources.size() ? ", " : "");
  }
  add_limit(query);
  return query;
}

QueryGenerator::Partition QueryGenerator::partition() {
  Sources sources;
  const std::string tables = from(sources).zeroql;
  const std::string condition = "(" + this->condition(sources, 2).zeroql + ")";
  std::string columns;
  const uint64_t count = below(3) + 1;
  for (uint64_t i = 0; i < count; ++i) {
    columns += (i == 0 ? "" : ", ") + value(sources, 2).zeroql + " AS c" + std::to_string(i);
  }
  Partition out;
  out.whole = "SELECT " + columns + tables;
  out.holds = out.whole + " WHERE " + condition;
  out.holds_not = out.whole + " WHERE NOT " + condition;
  out.count_left = "SELECT count(*)" + tables + " WHERE " + condition;
  out.count_seen = "SELECT count(CASE WHEN " + condition + " THEN 1 END)" + tables;
  return out;
}

Pair QueryGenerator::aggregate(const Sources& sources) {
  const Pair item = number(sources, 1);
  switch (below(8)) {
    case 0:
      return same("count(*)");
    case 1:
      return {"count(" + item.zeroql + ")", "count(" + item.sql + ")"};
    case 2:
      return {"sum(" + item.zeroql + ")", "COALESCE(sum(" + item.sql + "), 0)"};
    case 3:
      return {"avg(" + item.zeroql + ")", "avg(" + item.sql + ")"};
    case 4:
      return {"min(" + item.zeroql + ")", "min(" + item.sql + ")"};
    case 5: {
      const Pair words = text(sources, 1);
      return {"max(" + words.zeroql + ")", "max(" + words.sql + ")"};
    }
    case 6: {
      Pair filtered = {"sum(" + item.zeroql + ") FILTER (WHERE ",
                       "COALESCE(sum(" + item.sql + ") FILTER (WHERE "};
      const Pair where = condition(sources, 1);
      return {filtered.zeroql + where.zeroql + ")", filtered.sql + where.sql + "), 0)"};
    }
    default:
      return {"count(DISTINCT " + item.zeroql + ")", "count(DISTINCT " + item.sql + ")"};
  }
}

Query QueryGenerator::grouped_query() {
  Sources sources;
  const Pair tables = from(sources);
  Query query;
  std::vector<Pair> keys;
  if (!sorted_by_.empty() && chance(60)) keys.push_back(same(sources[0].alias + "." + sorted_by_));
  for (uint64_t i = below(3); i > 0; --i) {
    keys.push_back(chance(60) ? number_field(any(sources)) : text_field(any(sources)));
  }
  query.text = same("SELECT ");
  for (size_t i = 0; i < keys.size(); ++i) {
    append(query.text, keys[i]);
    append(query.text, " AS g" + std::to_string(i) + ", ");
  }
  append(query.text, aggregate(sources));
  append(query.text, " AS x, ");
  append(query.text, aggregate(sources));
  append(query.text, " AS y");
  append(query.text, tables);
  if (chance(60)) {
    append(query.text, " WHERE ");
    append(query.text, condition(sources, 1));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    append(query.text, i == 0 ? " GROUP BY " : ", ");
    append(query.text, keys[i]);
  }
  if (!keys.empty() && chance(30))
    append(query.text, " HAVING count(*) > " + std::to_string(below(4)));
  if (keys.empty() || chance(50)) return query;
  append(query.text, " ORDER BY ");
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string key = (i == 0 ? "g" : ", g") + std::to_string(i);
    const std::string direction = chance(50) ? " DESC" : "";
    append(query.text, Pair{key + direction, key + direction + " NULLS LAST"});
  }
  add_limit(query);
  return query;
}

Query QueryGenerator::set_query() {
  static constexpr std::array<std::string_view, 4> kOperators = {" UNION ", " UNION ALL ",
                                                                 " EXCEPT ", " INTERSECT "};
  Query query;
  for (int side = 0; side < 2; ++side) {
    const Source source = {chance(50) ? 'a' : 'b', "t" + std::to_string(next_alias_++)};
    const Sources sources = {source};
    append(query.text,
           side == 0 ? "SELECT " : std::string(kOperators[below(kOperators.size())]) + "SELECT ");
    append(query.text, number(sources, 1));
    append(query.text, " AS x, ");
    append(query.text, text(sources, 1));
    append(query.text,
           " AS y FROM " + std::string(1, source.table) + " AS " + source.alias + " WHERE ");
    append(query.text, condition(sources, 1));
  }
  if (!chance(40)) return query;
  append(query.text, Pair{" ORDER BY x, y DESC", " ORDER BY x NULLS LAST, y DESC NULLS LAST"});
  add_limit(query);
  return query;
}

Query QueryGenerator::query() {
  next_alias_ = 0;
  const uint64_t kind = below(14);
  if (kind < 6) return plain_query();
  if (kind < 9) return grouped_query();
  if (kind < 10) return set_query();
  if (kind < 12) return window_query();
  return kind < 13 ? grouping_sets_query() : recursive_query();
}

}  // namespace zerodb::differential
