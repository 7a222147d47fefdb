// In which order the sources of a query are joined.
#include <algorithm>

#include "plan/builder.h"

namespace zerodb::plan {

using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::JoinKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;

namespace {

// Distinct values of a column that is no key.
constexpr double kUnknownDistinct = 200;
// Records for each value of what comes first in a key or an index.
constexpr double kRecordsOfLeader = 5;

bool is_comparison(const Expr& e, BinaryOp op) {
  return e.kind == ExprKind::Binary && e.binary_op == op;
}

}  // namespace

// Whether a value of the source leads to its records without reading all of them.
bool Builder::leads_to_records(const Query& query, uint32_t position, ExprId id) const {
  const Source& source = query.sources[position];
  const Expr& e = expr(id);
  if (source.kind != Source::Kind::Table || source.tables.size() != 1 || source.no_index ||
      e.kind != ExprKind::Column || e.depth != 0 || e.source.value() != position)
    return false;
  const SourceColumn& column = source.columns[e.index];
  if (column.kind == SourceColumn::Kind::Id) return true;
  if (column.kind == SourceColumn::Kind::Key) return column.index == 0;
  if (column.kind != SourceColumn::Kind::Field) return false;
  const catalog::Table& table = plan_->schema().table(source.tables[0]);
  return std::ranges::any_of(table.indexes, [&](const catalog::Index& index) {
    return index.state == catalog::Index::State::Ready && index.method.empty() &&
           index.condition_text.empty() && index.columns[0].path.size() == 1 &&
           index.columns[0].field == column.index;
  });
}

JoinSource Builder::join_source(const Query& query, uint32_t position,
                                const std::vector<Conjunct>& where) const {
  const Source& source = query.sources[position];
  JoinSource out;
  out.base_rows = estimator_.rows(source);
  if (source.record) out.base_rows = 1;
  out.rows = out.base_rows;
  std::vector<ExprId> conditions;
  bool is_found = false;
  for (const Conjunct& conjunct : where) {
    if (conjunct.can_fail || conjunct.sources != std::set<uint32_t>{position}) continue;
    const Expr& e = expr(conjunct.expr);
    conditions.push_back(conjunct.expr);
    is_found |=
        is_comparison(e, BinaryOp::Equal) && (leads_to_records(query, position, e.args[0]) ||
                                              leads_to_records(query, position, e.args[1]));
  }
  out.rows = std::max(out.rows * estimator_.part(query, position, conditions), 1.0);
  // The rest need not be read.
  if (is_found) out.base_rows = out.rows;
  return out;
}

JoinCondition Builder::join_condition(const Query& query, const Conjunct& conjunct) const {
  JoinCondition out;
  out.sources = conjunct.sources;
  const Expr& e = expr(conjunct.expr);
  if (!is_comparison(e, BinaryOp::Equal)) return out;
  bool is_known = false;
  for (size_t side = 0; side < 2; ++side) {
    std::set<uint32_t> mine;
    std::set<uint32_t> theirs;
    collect_sources(e.args[side], mine);
    collect_sources(e.args[1 - side], theirs);
    if (mine.size() != 1 || theirs.empty() || theirs.contains(*mine.begin())) continue;
    out.is_equality = true;
    const uint32_t source = *mine.begin();
    const double rows = estimator_.rows(query.sources[source]);
    const bool leads = leads_to_records(query, source, e.args[side]);
    if (leads) out.found.insert(source);
    if (const auto known = estimator_.distinct(query, source, e.args[side])) {
      out.distinct = is_known ? std::max(out.distinct, *known) : *known;
      is_known = true;
    } else if (!is_known) {
      const double guess = leads ? rows / kRecordsOfLeader : std::min(rows, kUnknownDistinct);
      out.distinct = std::max(out.distinct, guess);
    }
  }
  return out;
}

double Builder::rows_left(const Query& query, double below,
                          std::span<const ExprId> conditions) const {
  constexpr double kUnknown = 1.0 / 3;
  if (conditions.empty()) return below;
  if (query.sources.empty()) return below;
  const bool is_alone =
      query.sources.size() == 1 || query.sources[1].kind == Source::Kind::GroupKeys;
  const bool is_known = is_alone && query.sources[0].kind == Source::Kind::Table &&
                        query.sources[0].tables.size() == 1 &&
                        estimator_.knows(query.sources[0].tables[0]);
  if (!is_known) return std::max(1.0, below * kUnknown);
  const double left = estimator_.rows(query.sources[0]) * estimator_.part(query, 0, conditions);
  return std::clamp(left, 1.0, std::max(below, 1.0));
}

double Builder::group_count(std::span<const ExprId> keys, const Query& query, double rows) const {
  constexpr double kRowsOfGroup = 10;
  double groups = 1;
  for (ExprId key : keys) {
    std::set<uint32_t> sources;
    collect_sources(key, sources);
    const auto values =
        sources.size() == 1 ? estimator_.distinct(query, *sources.begin(), key) : std::nullopt;
    if (!values) return std::max(1.0, rows / kRowsOfGroup);
    groups *= *values;
  }
  return std::clamp(groups, 1.0, std::max(rows, 1.0));
}

std::vector<uint32_t> Builder::join_order(const Query& query, std::vector<Conjunct>& where) const {
  if (!estimator_.is_informed()) return {};
  uint32_t count = 0;
  while (count < query.sources.size() && query.sources[count].kind != Source::Kind::GroupKeys)
    ++count;
  if (count < 2) return {};
  std::vector<Conjunct> conditions = where;
  for (uint32_t i = 0; i < count; ++i) {
    const Source& source = query.sources[i];
    const bool is_plain = source.kind == Source::Kind::Table ||
                          source.kind == Source::Kind::Values ||
                          (source.kind == Source::Kind::Subquery && !source.lateral);
    if (!is_plain || source.hop) return {};
    if (i == 0) continue;
    const sema::Join& join = query.joins[i];
    if ((join.kind != JoinKind::Inner && join.kind != JoinKind::Cross) || join.sources != 1)
      return {};
    for (Conjunct& conjunct : conjuncts_of(join.on)) {
      // It would be asked about other rows than it is written for.
      if (conjunct.can_fail) return {};
      conditions.push_back(std::move(conjunct));
    }
  }
  std::vector<JoinSource> sources;
  for (uint32_t i = 0; i < count; ++i) sources.push_back(join_source(query, i, conditions));
  std::vector<JoinCondition> joining;
  for (const Conjunct& conjunct : conditions) {
    if (conjunct.sources.size() > 1 && !conjunct.can_fail && !conjunct.is_used)
      joining.push_back(join_condition(query, conjunct));
  }
  std::vector<uint32_t> order = cheaper_order(sources, joining);
  if (!order.empty()) where = std::move(conditions);
  return order;
}

}  // namespace zerodb::plan
