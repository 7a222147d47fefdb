#include "sema/query_visit.h"

#include <unordered_set>

namespace zerodb::sema {
namespace {

using Visit = std::function<void(ExprId, uint32_t)>;

std::vector<ExprId> roots_of(const Query& query) {
  std::vector<ExprId> roots;
  const auto add = [&roots](ExprId id) {
    if (id != kNoExpr) roots.push_back(id);
  };
  for (const Source& source : query.sources) {
    if (source.record) add(*source.record);
    if (source.low) add(source.low->key);
    if (source.high) add(source.high->key);
    add(source.filter);
    for (const auto& row : source.rows) roots.insert(roots.end(), row.begin(), row.end());
    roots.insert(roots.end(), source.args.begin(), source.args.end());
    if (source.hop) {
      add(source.hop->each);
      add(source.hop->ends);
    }
  }
  for (const Join& join : query.joins) add(join.on);
  add(query.where);
  roots.insert(roots.end(), query.group_keys.begin(), query.group_keys.end());
  for (const Aggregate& aggregate : query.aggregates) {
    roots.insert(roots.end(), aggregate.args.begin(), aggregate.args.end());
    add(aggregate.filter);
    for (const Aggregate::Key& key : aggregate.order) add(key.expr);
  }
  add(query.having);
  for (const WindowDefinition& window : query.window_definitions) {
    roots.insert(roots.end(), window.partition.begin(), window.partition.end());
    for (const OrderKey& key : window.order) add(key.expr);
    add(window.frame.start_offset);
    add(window.frame.end_offset);
  }
  for (const WindowCall& call : query.windows) {
    roots.insert(roots.end(), call.args.begin(), call.args.end());
    add(call.filter);
  }
  add(query.qualify);
  for (const Output& output : query.outputs) add(output.expr);
  for (const auto& row : query.rows) roots.insert(roots.end(), row.begin(), row.end());
  for (const OrderKey& key : query.order) add(key.expr);
  add(query.limit);
  add(query.offset);
  return roots;
}

// Operands may be shared (BETWEEN has its own twice), so each expression is visited once. So is
// each query: only common tables and views are shared, and these mention nothing of what stands
// around them.
class Walk {
 public:
  Walk(Checking& c, const Visit& visit) : c_(c), visit_(visit) {}

  void query(QueryId id, uint32_t level) {
    if (!seen_queries_.insert(id.value()).second) return;
    for (const ExprId root : roots_of(c_.query(id))) expression(root, level);
    const Query& query = c_.query(id);
    std::vector<QueryId> inside;
    for (const Source& source : query.sources) {
      if (source.kind == Source::Kind::Subquery) inside.push_back(source.query);
    }
    const bool is_operation =
        query.kind == Query::Kind::SetOperation || query.kind == Query::Kind::Recursive;
    const QueryId left = query.left;
    const QueryId right = query.right;
    for (const QueryId each : inside) this->query(each, level + 1);
    if (!is_operation) return;
    // The sides of a set operation stand where it stands.
    this->query(left, level);
    this->query(right, level);
  }

  void expression(ExprId root, uint32_t level) {
    if (!seen_.insert(root.value()).second) return;
    visit_(root, level);
    const std::vector<ExprId> args = c_.expr(root).args;
    for (const ExprId arg : args) expression(arg, level);
    const ExprKind kind = c_.expr(root).kind;
    const bool has_query = kind == ExprKind::ScalarQuery || kind == ExprKind::ArrayQuery ||
                           kind == ExprKind::ExistsQuery || kind == ExprKind::InQuery;
    if (has_query) query(c_.expr(root).query, level + 1);
  }

 private:
  Checking& c_;
  const Visit& visit_;
  std::unordered_set<uint32_t> seen_;
  std::unordered_set<uint32_t> seen_queries_;
};

}  // namespace

void visit_expression(Checking& c, ExprId root, uint32_t level, const Visit& visit) {
  Walk(c, visit).expression(root, level);
}

void visit_query(Checking& c, QueryId query, const Visit& visit) {
  Walk(c, visit).query(query, 0);
}

bool is_correlated(Checking& c, QueryId query) {
  bool found = false;
  visit_query(c, query, [&](ExprId id, uint32_t level) {
    const Expr& expr = c.expr(id);
    found |= expr.kind == ExprKind::Column && expr.depth > level;
  });
  return found;
}

}  // namespace zerodb::sema
