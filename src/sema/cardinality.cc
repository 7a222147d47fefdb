// How many rows a query can give: from its sources, conditions, grouping and limits.

#include <algorithm>

#include "sema/query_check.h"
#include "sema/query_visit.h"

namespace zerodb::sema {
namespace {

// How many rows: at least `low` (0 or 1), at most `high` (0, 1 or more).
struct Rows {
  static constexpr uint8_t kMany = 2;
  uint8_t low = 0;
  uint8_t high = kMany;
};

Rows rows_of(Cardinality cardinality) {
  switch (cardinality) {
    case Cardinality::Empty:
      return {0, 0};
    case Cardinality::One:
      return {1, 1};
    case Cardinality::AtMostOne:
      return {0, 1};
    case Cardinality::AtLeastOne:
      return {1, Rows::kMany};
    case Cardinality::Many:
      break;
  }
  return {};
}

Cardinality cardinality_of(Rows rows) {
  if (rows.high == 0) return Cardinality::Empty;
  if (rows.high == 1) return rows.low == 1 ? Cardinality::One : Cardinality::AtMostOne;
  return rows.low == 1 ? Cardinality::AtLeastOne : Cardinality::Many;
}

uint8_t times(uint8_t left, uint8_t right) {
  return std::min<uint8_t>(static_cast<uint8_t>(left * right), Rows::kMany);
}

uint8_t plus(uint8_t left, uint8_t right) {
  return std::min<uint8_t>(static_cast<uint8_t>(left + right), Rows::kMany);
}

Rows of_count(size_t count) {
  const auto rows = static_cast<uint8_t>(std::min<size_t>(count, Rows::kMany));
  return {std::min<uint8_t>(rows, 1), rows};
}

void collect_conjuncts(const Checking& c, ExprId condition, std::vector<ExprId>& conjuncts) {
  if (condition == kNoExpr) return;
  if (c.expr(condition).kind != ExprKind::And) {
    conjuncts.push_back(condition);
    return;
  }
  for (const ExprId part : c.expr(condition).args) collect_conjuncts(c, part, conjuncts);
}

// What of one source is known to equal a value that is the same for all its rows.
class KeyFinder {
 public:
  KeyFinder(Checking& c, const Query& query, uint32_t position)
      : c_(c), source_(query.sources[position]), position_(position) {
    std::vector<ExprId> conjuncts;
    collect_conjuncts(c, query.where, conjuncts);
    const Join& join = query.joins[position];
    if (join.kind != JoinKind::Right && join.kind != JoinKind::Full)
      collect_conjuncts(c, join.on, conjuncts);
    for (const ExprId conjunct : conjuncts) add_equality(conjunct);
  }

  // The whole record id, the whole key, or all columns of a unique index.
  bool has_key() const {
    if (has_column(SourceColumn::Kind::Id, 0)) return true;
    if (source_.tables.size() != 1) return false;
    const catalog::Table& table = c_.schema().table(source_.tables.front());
    bool has_declared_key = !table.key.empty();
    for (uint32_t i = 0; i < table.key.size(); ++i)
      has_declared_key &= has_column(SourceColumn::Kind::Key, i);
    return has_declared_key ||
           std::any_of(table.indexes.begin(), table.indexes.end(),
                       [&](const catalog::Index& index) { return has_all_of(index); });
  }

 private:
  struct Known {
    SourceColumn column;
    bool may_be_none = false;
  };

  void add_equality(ExprId conjunct) {
    const Expr& expr = c_.expr(conjunct);
    if (expr.kind != ExprKind::Binary || expr.binary_op != BinaryOp::Equal) return;
    add_known(expr.args[0], expr.args[1]);
    add_known(expr.args[1], expr.args[0]);
  }

  void add_known(ExprId column, ExprId value) {
    const Expr& expr = c_.expr(column);
    const bool is_own =
        expr.kind == ExprKind::Column && expr.depth == 0 && expr.source.value() == position_;
    if (!is_own || !is_fixed(value)) return;
    known_.push_back({source_.columns[expr.index], c_.type(value).admits_none()});
  }

  // The same value for every row of the source: made of constants and of what stands before it.
  bool is_fixed(ExprId value) const {
    const Expr& expr = c_.expr(value);
    switch (expr.kind) {
      case ExprKind::Literal:
      case ExprKind::Parameter:
        return true;
      case ExprKind::Column:
        return expr.depth > 0 || expr.source.value() < position_;
      case ExprKind::RecordId:
      case ExprKind::Coerce:
      case ExprKind::Cast:
      case ExprKind::Member:
      case ExprKind::Fetch:
        return std::all_of(expr.args.begin(), expr.args.end(),
                           [&](ExprId arg) { return is_fixed(arg); });
      default:
        return false;
    }
  }

  bool has_column(SourceColumn::Kind kind, uint32_t index) const {
    return std::any_of(known_.begin(), known_.end(), [&](const Known& known) {
      return known.column.kind == kind &&
             (kind == SourceColumn::Kind::Id || known.column.index == index);
    });
  }

  // Rows in which a column is none are not unique, so the value must be one.
  bool has_index_column(const catalog::IndexColumn& wanted) const {
    return std::any_of(known_.begin(), known_.end(), [&](const Known& known) {
      if (known.may_be_none) return false;
      switch (known.column.kind) {
        case SourceColumn::Kind::Field:
          return wanted.field == known.column.index;
        case SourceColumn::Kind::Key:
          return wanted.key == known.column.index;
        case SourceColumn::Kind::Extra:
          return wanted.path.size() == 1 && wanted.text == known.column.name;
        default:
          return false;
      }
    });
  }

  bool has_all_of(const catalog::Index& index) const {
    if (!index.unique || !index.condition_text.empty() ||
        index.state != catalog::Index::State::Ready)
      return false;
    return std::all_of(
        index.columns.begin(), index.columns.end(), [&](const catalog::IndexColumn& column) {
          return !column.multikey && !column.is_expression && has_index_column(column);
        });
  }

  Checking& c_;
  const Source& source_;
  uint32_t position_;
  std::vector<Known> known_;
};

Rows source_rows(Checking& c, const Query& query, uint32_t position) {
  const Source& source = query.sources[position];
  switch (source.kind) {
    case Source::Kind::Table:
      return source.record || KeyFinder(c, query, position).has_key() ? Rows{0, 1} : Rows{};
    case Source::Kind::Values:
      return of_count(source.rows.size());
    case Source::Kind::Subquery:
      return rows_of(c.query(source.query).cardinality);
    case Source::Kind::Path:
      return {1, 1};
    default:
      return {};
  }
}

bool is_constant(const Checking& c, ExprId condition, bool value) {
  return c.is_literal(condition) && c.expr(condition).literal.tag() == Tag::Bool &&
         c.expr(condition).literal.as_bool() == value;
}

Rows filtered(const Checking& c, Rows rows, ExprId condition) {
  if (condition == kNoExpr || is_constant(c, condition, true)) return rows;
  if (is_constant(c, condition, false)) return {0, 0};
  return {0, rows.high};
}

Rows joined(const Checking& c, Rows left, Rows right, const Join& join) {
  const Rows inner =
      filtered(c, {times(left.low, right.low), times(left.high, right.high)}, join.on);
  // Each row of a kept side comes once at least.
  switch (join.kind) {
    case JoinKind::Inner:
    case JoinKind::Cross:
      return inner;
    case JoinKind::Left:
      return {left.low, std::max(left.high, inner.high)};
    case JoinKind::Right:
      return {right.low, std::max(right.high, inner.high)};
    case JoinKind::Full:
      break;
  }
  return {std::max(left.low, right.low), std::max(plus(left.high, right.high), inner.high)};
}

Rows select_rows(Checking& c, const Query& query) {
  Rows rows{1, 1};
  for (uint32_t i = 0; i < query.sources.size(); ++i) {
    if (query.sources[i].kind == Source::Kind::GroupKeys) continue;
    const Rows source = source_rows(c, query, i);
    rows = i == 0 ? source : joined(c, rows, source, query.joins[i]);
    // Nothing is known of how the sources of one outer join go together with the rest.
    if (query.joins[i].sources > 1) return {};
  }
  rows = filtered(c, rows, query.where);
  if (query.grouped) {
    const bool has_sets = query.grouping_sets.size() > 1;
    if (has_sets) {
      rows = {rows.low, Rows::kMany};
    } else if (query.group_keys.empty()) {
      rows = {1, 1};
    }
  }
  rows = filtered(c, rows, query.having);
  return filtered(c, rows, query.qualify);
}

Rows operation_rows(Checking& c, const Query& query) {
  const Rows left = rows_of(c.query(query.left).cardinality);
  const Rows right = rows_of(c.query(query.right).cardinality);
  switch (query.set_op) {
    case Query::SetOp::Union:
      return {std::max(left.low, right.low), plus(left.high, right.high)};
    case Query::SetOp::Except:
      return right.high == 0 ? left : Rows{0, left.high};
    case Query::SetOp::Intersect:
      break;
  }
  return {0, std::min(left.high, right.high)};
}

std::optional<int64_t> literal_count(const Checking& c, ExprId id) {
  if (id == kNoExpr || !c.is_literal(id) || !is_integer(c.expr(id).literal.tag()))
    return std::nullopt;
  return c.expr(id).literal.as_int64();
}

Rows limited(const Checking& c, Rows rows, const Query& query) {
  const auto offset = literal_count(c, query.offset);
  if (query.offset != kNoExpr && offset != 0) {
    rows.low = 0;
    if (offset && rows.high == 1) rows.high = 0;
  }
  if (query.limit == kNoExpr) return rows;
  const auto limit = literal_count(c, query.limit);
  if (!limit) return {0, rows.high};
  const Rows most = of_count(static_cast<size_t>(*limit));
  return {std::min(rows.low, most.low), std::min(rows.high, most.high)};
}

}  // namespace

Cardinality cardinality_of(Checking& c, QueryId id) {
  const Query& query = c.query(id);
  Rows rows;
  switch (query.kind) {
    case Query::Kind::Select:
      rows = select_rows(c, query);
      break;
    case Query::Kind::Values:
      rows = of_count(query.rows.size());
      break;
    case Query::Kind::SetOperation:
      rows = operation_rows(c, query);
      break;
    default:
      rows = rows_of(query.cardinality);
      break;
  }
  return cardinality_of(limited(c, rows, query));
}

}  // namespace zerodb::sema
