#include "plan/row_order.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/planner.h"
#include "sema/test_session.h"

namespace zerodb::plan {
namespace row_order_test {

constexpr const char* kSchema = R"(
DEFINE TABLE line SCHEMAFULL (v int, w int?) KEY (page int, at string, n int);
DEFINE INDEX by_v ON line (v DESC, w);
DEFINE TABLE book SCHEMAFULL (title string) KEY (page int);
DEFINE TABLE doc SCHEMALESS;
DEFINE INDEX by_kind ON doc (kind, place.city);
DEFINE INDEX by_tag ON doc (tags[*]))";

std::shared_ptr<const Plan> plan_of(const std::string& text) {
  sema::TestSession session;
  session.run(kSchema);
  auto results = session.run(text);
  if (results.empty() || !results.back().ok()) {
    ADD_FAILURE() << text << "\n" << session.explanation(text);
    return nullptr;
  }
  auto statement = std::make_shared<const sema::Statement>(std::move(results.back().statement));
  auto plan = make_plan(statement);
  if (!plan) ADD_FAILURE() << text << ": " << plan.error().to_string();
  return plan ? *plan : nullptr;
}

std::string names(const Node& node, std::span<const uint32_t> columns) {
  std::string out;
  for (const uint32_t column : columns) out += (out.empty() ? "" : "=") + node.columns[column].name;
  return out;
}

// Orders by name, but for those of which nothing is known: what is fixed in brackets, a full stop
// behind an order that is total.
std::string orders(const std::string& text) {
  const auto plan = plan_of(text);
  if (plan == nullptr) return "";
  const Node& node = plan->node(plan->root);
  std::string out;
  for (const RowOrder& order : orders_of(*plan, plan->root)) {
    if (order.columns.empty() && order.fixed.empty() && !order.is_total) continue;
    if (!out.empty()) out += " | ";
    if (!order.fixed.empty()) out += "[" + names(node, order.fixed) + "] ";
    for (size_t i = 0; i < order.columns.size(); ++i) {
      const OrderedColumn& each = order.columns[i];
      out += (i == 0 ? "" : ", ") + names(node, each.columns) + (each.descending ? " desc" : "") +
             (each.nulls_first ? " none first" : "");
    }
    out += order.is_total ? "." : "";
  }
  return out;
}

void check(const std::string& text, const std::string& expected) {
  EXPECT_EQ(orders(text), expected) << text;
}

TEST(RowOrder, ScansWalkKeys) {
  check("SELECT page, at, n FROM line", "page, at, n.");
  check("SELECT n, at AS a, page AS p FROM line WHERE w = 1", "p, a, n.");
  check("SELECT page, n FROM line", "page");
  check("SELECT at, n FROM line", "");
  check("SELECT id, page FROM line", "page | id.");
  check("SELECT page + 0 AS page FROM line", "");
  check("SELECT page AS p, page AS q FROM book", "p=q.");
  check("SELECT id FROM doc", "id.");
  check("SELECT page, at, n FROM line ORDER BY id DESC",
        "page desc none first, at desc none first, n desc none first.");
}

TEST(RowOrder, ColumnsWithOneValueCountForNothing) {
  check("SELECT page, at, n FROM line WHERE page = 1", "[page] at, n.");
  check("SELECT at, n FROM line WHERE page = 1 AND at > 'a'", "at, n.");
  check("SELECT n FROM line WHERE page = 1 AND at = 'a'", "n.");
  check("SELECT page, at, n FROM line WHERE page IN (1, 2)", "");
}

TEST(RowOrder, ScansWalkIndexes) {
  check("SELECT v, w, page, at, n FROM line WHERE v > 3", "v desc, w, page, at, n. | v desc, w");
  check("SELECT w, id FROM line WHERE v = 3", "w | w, id.");
  // Backwards none comes first.
  check("SELECT v, w FROM line ORDER BY v, w DESC NULLS FIRST LIMIT 3",
        "v none first, w desc none first | v none first, w desc none first");
  check("SELECT kind FROM doc WHERE kind > 'a'", "kind");
  check("SELECT id FROM doc WHERE tags CONTAINS 'a'", "id.");
  check("SELECT id FROM doc WHERE kind IN ('a', 'b')", "");
}

TEST(RowOrder, OperatorsMakeKeepAndLoseIt) {
  check("SELECT v, w FROM line ORDER BY w DESC, v", "w desc, v");
  check("SELECT page, at FROM line LIMIT 3", "page, at");
  check("SELECT DISTINCT page, v FROM line", "page");
  check("SELECT q.page FROM (SELECT page, v FROM line LIMIT 10) AS q", "page");
  check("SELECT page, row_number() OVER (ORDER BY v) AS r FROM line", "");
  check("SELECT page FROM book UNION ALL SELECT page FROM line", "");
  check("SELECT count(*) AS c FROM line", ".");
  // A join by hash may go to disk.
  check("SELECT b.title, l.page FROM line AS l JOIN doc AS b ON b.x = l.v", "");
  check("SELECT page FROM line WHERE EXISTS (SELECT * FROM book WHERE book.title = line.at)",
        "page");
}

TEST(RowOrder, GroupsThatFollowEachOther) {
  check("SELECT page, count(*) AS c FROM line GROUP BY page", "page.");
  check("SELECT at, page, count(*) AS c FROM line GROUP BY at, page", "page, at.");
  check("SELECT w, count(*) AS c FROM line WHERE v = 4 GROUP BY w", "w. | w.");
  check("SELECT v, count(*) AS c FROM line GROUP BY v", "");
  check("SELECT at, count(*) AS c FROM line GROUP BY at", "");
}

bool sorts(const std::string& text) {
  const auto plan = plan_of(text);
  return plan != nullptr && std::ranges::any_of(plan->nodes, [](const Node& node) {
           return node.kind == Node::Kind::Sort;
         });
}

TEST(RowOrder, SpareSorts) {
  EXPECT_FALSE(sorts("SELECT page, count(*) FROM line GROUP BY page ORDER BY page"));
  EXPECT_FALSE(sorts("SELECT q.page FROM (SELECT page, at FROM line) AS q ORDER BY q.page, q.at"));
  EXPECT_FALSE(sorts("SELECT DISTINCT page FROM line ORDER BY page"));
  EXPECT_FALSE(sorts("SELECT count(*) AS c FROM line ORDER BY c"));
  EXPECT_TRUE(sorts("SELECT page, count(*) FROM line GROUP BY page ORDER BY page DESC"));
  EXPECT_TRUE(sorts("SELECT q.page FROM (SELECT page, at FROM line) AS q ORDER BY q.at"));
  EXPECT_TRUE(sorts("SELECT page, count(*) AS c FROM line GROUP BY page ORDER BY c"));
}

// In which order a join may be merged, by the names of the left keys.
std::string merged(const std::string& text) {
  const auto plan = plan_of(text);
  if (plan == nullptr) return "";
  std::string out;
  for (const Node& node : plan->nodes) {
    if (node.kind != Node::Kind::Join) continue;
    for (const MergeKey& each : node.merge_keys) {
      out += (out.empty() ? "" : ", ") +
             plan->node(node.children[0]).columns[node.left_keys[each.key]].name +
             (each.descending ? " desc" : "") + (each.nulls_first ? " none first" : "");
    }
  }
  return out;
}

TEST(RowOrder, JoinsOfInputsThatAreSortedAlikeMayMerge) {
  EXPECT_EQ(merged("SELECT * FROM book AS b JOIN line AS l ON b.page = l.page"), "page");
  EXPECT_EQ(merged("SELECT * FROM line AS a JOIN line AS b ON a.n = b.n AND a.page = b.page AND "
                   "b.at = a.at"),
            "page, at, n");
  EXPECT_EQ(
      merged("SELECT * FROM line AS a FULL JOIN line AS b ON a.at = b.at AND a.page = b.page"),
      "page, at");
  EXPECT_EQ(merged("SELECT * FROM line AS a JOIN line AS b ON a.at = b.at"), "");
  EXPECT_EQ(merged("SELECT * FROM line AS a JOIN line AS b ON a.page = b.page AND a.v = b.v"), "");
  // Of one page each: by what follows.
  EXPECT_EQ(
      merged("SELECT * FROM (SELECT * FROM line WHERE page = 1) AS a JOIN (SELECT * FROM line "
             "WHERE page = 2) AS b ON a.at = b.at"),
      "at");
  EXPECT_EQ(
      merged("SELECT * FROM (SELECT page FROM book ORDER BY page DESC) AS a JOIN (SELECT page "
             "FROM book ORDER BY page DESC) AS b ON a.page = b.page"),
      "page desc none first");
  EXPECT_EQ(
      merged("SELECT * FROM (SELECT page FROM book ORDER BY page DESC) AS a JOIN book AS b ON "
             "a.page = b.page"),
      "");
  // None stands first on one side and last on the other.
  EXPECT_EQ(merged("SELECT * FROM (SELECT w FROM line ORDER BY w NULLS FIRST) AS a JOIN (SELECT w "
                   "FROM line ORDER BY w NULLS LAST) AS b ON a.w = b.w"),
            "");
  EXPECT_EQ(merged("SELECT page FROM book WHERE EXISTS (SELECT * FROM line WHERE line.page = "
                   "book.page)"),
            "page");
  EXPECT_EQ(merged("SELECT page FROM book WHERE page NOT IN (SELECT page FROM line)"), "page");
  EXPECT_EQ(merged("SELECT title, (SELECT max(v) FROM line WHERE line.page = book.page) FROM book"),
            "page");
}

}  // namespace row_order_test
}  // namespace zerodb::plan
