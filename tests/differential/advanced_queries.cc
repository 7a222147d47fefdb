// Windows, grouping sets and recursion, in both languages.
#include <array>
#include <string_view>

#include "query_generator.h"

namespace zerodb::differential {

namespace {

std::string order_item(const std::string& field, bool descending, bool nulls_first) {
  return field + (descending ? " DESC" : " ASC") + (nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

}  // namespace

// ` ROWS BETWEEN .. AND ..`, or nothing. RANGE takes distances only with one key.
std::string QueryGenerator::frame(size_t keys) {
  if (chance(30)) return "";
  const uint64_t unit = keys == 0 ? 1 : below(3);
  static constexpr std::array<std::string_view, 3> kUnits = {" GROUPS", " ROWS", " RANGE"};
  const bool takes_offsets = unit != 2 || keys == 1;
  // Bounds in the order in which they may follow each other.
  const auto bound = [&](uint64_t place) -> std::string {
    switch (place) {
      case 0:
        return "UNBOUNDED PRECEDING";
      case 1:
        return std::to_string(below(6)) + " PRECEDING";
      case 2:
        return "CURRENT ROW";
      case 3:
        return std::to_string(below(6)) + " FOLLOWING";
      default:
        return "UNBOUNDED FOLLOWING";
    }
  };
  uint64_t start = below(4);
  uint64_t end = 1 + below(4);
  if (!takes_offsets) {
    start = start / 2 * 2;
    end = end < 3 ? 2 : 4;
  }
  if (start > end) std::swap(start, end);
  return std::string(kUnits[unit]) + " BETWEEN " + bound(start) + " AND " + bound(end);
}

Pair QueryGenerator::window_call(const Source& source) {
  const std::string prefix = source.alias + ".";
  std::string order;
  size_t keys = 0;
  const auto add = [&](const std::string& field) {
    order +=
        (keys++ == 0 ? "ORDER BY " : ", ") + order_item(prefix + field, chance(40), chance(30));
  };
  const uint64_t kind = below(9);
  const bool needs_total_order = kind == 4 || kind == 5;
  if (chance(60)) add(chance(50) ? "n" : "m");
  if (kind == 4 || (keys == 0 && kind > 3 && kind < 7)) add("n");
  const std::string rows = kind < 4 ? frame(keys) : "";
  // Rows are counted only where their order is total.
  if (needs_total_order || rows.starts_with(" ROWS")) add("k");
  const std::string partition =
      chance(50) ? "PARTITION BY " + prefix + (chance(50) ? "u " : "n ") : "";
  const std::string over = " OVER (" + partition + order + rows + ")";
  static constexpr std::array<std::string_view, 3> kRanks = {"rank()", "dense_rank()",
                                                             "percent_rank()"};
  switch (kind) {
    case 0:
      return {"sum(" + prefix + "m)" + over, "COALESCE(sum(" + prefix + "m)" + over + ", 0)"};
    case 1:
      return {"count(*)" + over, "count(*)" + over};
    case 2:
      return {"min(" + prefix + "n)" + over, "min(" + prefix + "n)" + over};
    case 3: {
      // Not with min or max: SQLite 3.40 forgets their FILTER in frames that slide.
      const std::string call = "count(" + prefix + "m) FILTER (WHERE " + prefix + "n > 1)" + over;
      return {call, call};
    }
    case 4: {
      const std::string call = "lag(" + prefix + "m, " + std::to_string(below(3)) + ", -1)" + over;
      return {call, call};
    }
    case 5: {
      const std::string call = "ntile(" + std::to_string(below(9) + 1) + ")" + over;
      return {call, call};
    }
    case 6: {
      const std::string call = std::string(kRanks[below(kRanks.size())]) + over;
      return {call, call};
    }
    default:
      return {"avg(" + prefix + "m) OVER (" + partition + ")",
              "avg(" + prefix + "m) OVER (" + partition + ")"};
  }
}

Query QueryGenerator::window_query() {
  const Source source = {chance(50) ? 'a' : 'b', "t" + std::to_string(next_alias_++)};
  const Sources sources = {source};
  const std::string from = " FROM " + std::string(1, source.table) + " AS " + source.alias;
  const Pair first = window_call(source);
  const Pair second = window_call(source);
  const Pair where = condition(sources, 1);
  const std::string key = source.alias + ".k AS c0, ";
  Query query;
  query.is_ordered = true;
  query.text = {"SELECT " + key + first.zeroql + " AS c1, " + second.zeroql + " AS c2" + from +
                    " WHERE " + where.zeroql,
                "SELECT " + key + first.sql + " AS c1, " + second.sql + " AS c2" + from +
                    " WHERE " + where.sql};
  if (chance(40)) {
    const std::string limit = std::to_string(below(6));
    query.text.zeroql += " QUALIFY c1 > " + limit;
    query.text.sql = "SELECT * FROM (" + query.text.sql + ") WHERE COALESCE(c1 > " + limit + ", 0)";
  }
  query.text.zeroql += " ORDER BY c0";
  query.text.sql += " ORDER BY c0";
  return query;
}

// SQLite has no grouping sets: there each set is a query of its own.
Query QueryGenerator::grouping_sets_query() {
  const Source source = {chance(50) ? 'a' : 'b', "t" + std::to_string(next_alias_++)};
  const std::array<std::string, 3> fields = {source.alias + ".n", source.alias + ".u",
                                             source.alias + ".m"};
  const size_t keys = 1 + below(3);
  std::vector<uint32_t> sets;  // masks
  std::string clause;
  for (size_t i = 0; i < keys; ++i) clause += (i == 0 ? "" : ", ") + fields[i];
  if (chance(50)) {
    clause = "ROLLUP (" + clause + ")";
    for (size_t i = 0; i <= keys; ++i) sets.push_back((1u << i) - 1);
  } else {
    clause = "CUBE (" + clause + ")";
    for (uint32_t mask = 0; mask < (1u << keys); ++mask) sets.push_back(mask);
  }
  const Pair value = aggregate({source});
  const Pair where = condition({source}, 1);
  const std::string from = " FROM " + std::string(1, source.table) + " AS " + source.alias;
  Query query;
  query.text.zeroql = "SELECT ";
  for (size_t i = 0; i < keys; ++i)
    query.text.zeroql += fields[i] + " AS g" + std::to_string(i) + ", ";
  query.text.zeroql +=
      value.zeroql + " AS x" + from + " WHERE " + where.zeroql + " GROUP BY " + clause;
  for (size_t set = 0; set < sets.size(); ++set) {
    query.text.sql += set == 0 ? "SELECT " : " UNION ALL SELECT ";
    std::string group;
    for (size_t i = 0; i < keys; ++i) {
      const bool is_member = (sets[set] >> i & 1) != 0;
      query.text.sql += (is_member ? fields[i] : "NULL") + " AS g" + std::to_string(i) + ", ";
      if (is_member) group += (group.empty() ? " GROUP BY " : ", ") + fields[i];
    }
    query.text.sql += value.sql + " AS x" + from + " WHERE " + where.sql + group;
  }
  return query;
}

// What can be reached over `m` as the number of another row.
Query QueryGenerator::recursive_query() {
  const std::string all = chance(40) ? " UNION ALL " : " UNION ";
  const std::string start = std::to_string(below(20));
  const std::string depth = std::to_string(below(5));
  const std::string step = "SELECT t.m, r.d + 1 FROM a AS t JOIN reached AS r ON t.k % 9 = r.x % 9";
  const std::string head = "WITH RECURSIVE reached (x, d) AS (VALUES (" + start + ", 0)" + all;
  const std::string tail = ") SELECT x, d, count(*) AS n FROM reached GROUP BY x, d";
  // A key that is none joins nothing in either language: `%` of none is none, on both sides.
  Query query;
  query.text.zeroql =
      head + step + " WHERE r.d < " + depth + " AND r.x IS NOT none AND t.k < 12" + tail;
  query.text.sql =
      head + step + " WHERE r.d < " + depth + " AND r.x IS NOT NULL AND t.k < 12" + tail;
  return query;
}

}  // namespace zerodb::differential
