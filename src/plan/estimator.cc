#include "plan/estimator.h"

#include <algorithm>

#include "plan/index_match.h"
#include "value/cast.h"
#include "value/operator_types.h"

namespace zerodb::plan {

using catalog::FieldStatistics;
using sema::Expr;
using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;

namespace {

// What is taken where nothing is known.
constexpr double kUnknownRows = 10'000;
constexpr double kSubqueryRows = 1'000;
constexpr double kFunctionRows = 10;
// A table that seems smaller is no better known.
constexpr double kLeastRows = 50;
constexpr double kEqualPart = 0.05;
constexpr double kOtherPart = 0.3;
// No condition is taken to leave nothing: what statistics say may be old.
constexpr double kLeastPart = 1e-9;

double clamped(double part) {
  return std::clamp(part, kLeastPart, 1.0);
}

// Where a value lies between two others, from 0 to 1.
double position_between(const Value& low, const Value& high, const Value& value) {
  constexpr double kMiddle = 0.5;
  const auto real = [](const Value& each) -> std::optional<double> {
    if (each.tag() == Tag::Datetime) return static_cast<double>(each.as_datetime().seconds);
    if (!is_number(each.tag())) return std::nullopt;
    const auto converted = cast(each, Type::float64());
    return converted ? std::optional(converted->as_float64()) : std::nullopt;
  };
  const auto from = real(low);
  const auto to = real(high);
  const auto at = real(value);
  if (!from || !to || !at || !(*to > *from)) return kMiddle;
  return std::clamp((*at - *from) / (*to - *from), 0.0, 1.0);
}

// The part of the values in the histogram that lie below the value.
double part_below(const std::vector<Value>& bounds, const Value& value) {
  const auto next = std::ranges::lower_bound(
      bounds, value,
      [](const Value& left, const Value& right) { return compare(left, right) < 0; });
  if (next == bounds.begin()) return 0;
  if (next == bounds.end()) return 1;
  const auto steps = static_cast<double>(bounds.size() - 1);
  const auto whole = static_cast<double>(next - bounds.begin() - 1);
  return (whole + position_between(*(next - 1), *next, value)) / steps;
}

double part_of_common(const FieldStatistics& field) {
  double sum = 0;
  for (const FieldStatistics::Common& each : field.common) sum += each.part;
  return sum;
}

double part_equal(const FieldStatistics& field, const Value* value) {
  const double there = 1 - field.none;
  if (value == nullptr) return there / std::max(field.distinct, 1.0);
  if (value->is_none()) return field.none;
  for (const FieldStatistics::Common& each : field.common) {
    if (compare(each.value, *value) == 0) return each.part;
  }
  if (field.bounds.empty()) return 0;
  const bool is_outside =
      compare(*value, field.bounds.front()) < 0 || compare(*value, field.bounds.back()) > 0;
  const double others = std::max(field.distinct - static_cast<double>(field.common.size()), 1.0);
  return is_outside ? 0 : std::max(there - part_of_common(field), 0.0) / others;
}

double part_less(const FieldStatistics& field, const Value& value, bool or_equal) {
  double sum = 0;
  double common = 0;
  for (const FieldStatistics::Common& each : field.common) {
    common += each.part;
    const int order = compare(each.value, value);
    if (order < 0 || (or_equal && order == 0)) sum += each.part;
  }
  const double others = std::max(1 - field.none - common, 0.0);
  return sum + others * part_below(field.bounds, value);
}

bool is_ordering(BinaryOp op) {
  return op == BinaryOp::Less || op == BinaryOp::LessEqual || op == BinaryOp::Greater ||
         op == BinaryOp::GreaterEqual;
}

}  // namespace

double part_that_compares(const FieldStatistics& field, BinaryOp op, const Value* value) {
  const double there = 1 - field.none;
  switch (op) {
    case BinaryOp::Equal:
      return clamped(part_equal(field, value));
    case BinaryOp::NotEqual:
      return clamped(1 - part_equal(field, value));
    case BinaryOp::Less:
    case BinaryOp::LessEqual:
      if (value == nullptr || value->is_none()) break;
      return clamped(part_less(field, *value, op == BinaryOp::LessEqual));
    case BinaryOp::Greater:
    case BinaryOp::GreaterEqual:
      if (value == nullptr || value->is_none()) break;
      return clamped(there - part_less(field, *value, op == BinaryOp::Greater));
    default:
      break;
  }
  return clamped(there * kOtherPart);
}

const catalog::TableStatistics* Estimator::known(TableId table) const {
  if (statistics_ == nullptr) return nullptr;
  const auto [found, is_new] = known_.try_emplace(table);
  if (is_new) found->second = statistics_->table(table);
  return found->second.get();
}

double Estimator::rows(TableId table) const {
  return statistics_ == nullptr ? kUnknownRows : statistics_->rows(statement_.schema->table(table));
}

double Estimator::rows(const Source& source) const {
  switch (source.kind) {
    case Source::Kind::Table:
    case Source::Kind::Vertex: {
      if (statistics_ == nullptr) return kUnknownRows;
      double sum = 0;
      for (TableId table : source.tables) sum += rows(table);
      return std::max(sum, kLeastRows);
    }
    case Source::Kind::Values:
      return static_cast<double>(source.rows.size());
    case Source::Kind::Function:
    case Source::Kind::Elements:
      return kFunctionRows;
    default:
      return kSubqueryRows;
  }
}

const FieldStatistics* Estimator::field(TableId table, FieldId field) const {
  const catalog::TableStatistics* all = known(table);
  if (all == nullptr) return nullptr;
  const auto found = all->fields.find(field);
  return found == all->fields.end() ? nullptr : &found->second;
}

const FieldStatistics* Estimator::field_of(const Query& query, uint32_t position, ExprId id) const {
  const Expr& e = expr(id);
  const Source& source = query.sources[position];
  const bool is_here = e.kind == ExprKind::Column && e.depth == 0 && e.source.value() == position &&
                       source.tables.size() == 1 &&
                       source.columns[e.index].kind == SourceColumn::Kind::Field;
  if (!is_here) return nullptr;
  const TableId table = source.tables[0];
  return field(table, statement_.schema->table(table).fields[source.columns[e.index].index].id);
}

bool Estimator::is_unique(const Query& query, uint32_t position, ExprId id) const {
  const Expr& e = expr(id);
  const Source& source = query.sources[position];
  if (e.kind != ExprKind::Column || e.depth != 0 || e.source.value() != position ||
      source.tables.size() != 1)
    return false;
  const SourceColumn& column = source.columns[e.index];
  const catalog::Table& table = statement_.schema->table(source.tables[0]);
  if (column.kind == SourceColumn::Kind::Id) return true;
  if (column.kind == SourceColumn::Kind::Key) return table.key.size() == 1;
  if (column.kind != SourceColumn::Kind::Field) return false;
  return std::ranges::any_of(table.indexes, [&](const catalog::Index& index) {
    return index.unique && index.condition_text.empty() && index.columns.size() == 1 &&
           index.columns[0].path.size() == 1 && index.columns[0].field == column.index;
  });
}

std::optional<double> Estimator::distinct(const Query& query, uint32_t position, ExprId id) const {
  if (is_unique(query, position, id)) return rows(query.sources[position]);
  const FieldStatistics* statistics = field_of(query, position, id);
  if (statistics == nullptr) return std::nullopt;
  return std::max(statistics->distinct, 1.0);
}

const Value* Estimator::literal(ExprId id) const {
  const Expr& e = expr(id);
  return e.kind == ExprKind::Literal ? &e.literal : nullptr;
}

double Estimator::part_of_comparison(const Query& query, uint32_t position, const Expr& e,
                                     std::vector<Range>* ranges) const {
  for (size_t side = 0; side < 2; ++side) {
    const ExprId place = e.args[side];
    const BinaryOp op = side == 0 ? e.binary_op : mirrored(e.binary_op);
    if (op == BinaryOp::Equal && is_unique(query, position, place))
      return clamped(1 / std::max(rows(query.sources[position]), 1.0));
    const FieldStatistics* statistics = field_of(query, position, place);
    if (statistics == nullptr) continue;
    const double part = part_that_compares(*statistics, op, literal(e.args[1 - side]));
    if (!is_ordering(op) || ranges == nullptr) return part;
    // Two bounds of one field are one condition: what lies outside of either is left out.
    for (Range& range : *ranges) {
      if (expr(range.place).index != expr(place).index) continue;
      const double both = clamped(range.part + part - (1 - statistics->none));
      const double factor = both / range.part;
      range.part = both;
      return factor;
    }
    ranges->push_back({place, part});
    return part;
  }
  return e.binary_op == BinaryOp::Equal ? kEqualPart : kOtherPart;
}

double Estimator::part_of_list(const Query& query, uint32_t position, const Expr& e) const {
  double part = 0;
  const FieldStatistics* statistics = field_of(query, position, e.args[0]);
  for (size_t i = 1; i < e.args.size(); ++i) {
    if (statistics != nullptr) {
      part += part_that_compares(*statistics, BinaryOp::Equal, literal(e.args[i]));
    } else if (is_unique(query, position, e.args[0])) {
      part += 1 / std::max(rows(query.sources[position]), 1.0);
    } else {
      part += kEqualPart;
    }
  }
  part = std::min(part, 1.0);
  return clamped(e.has(Expr::Negated) ? 1 - part : part);
}

double Estimator::part(const Query& query, uint32_t position, ExprId condition,
                       std::vector<Range>* ranges) const {
  const Expr& e = expr(condition);
  switch (e.kind) {
    case ExprKind::And: {
      double all = 1;
      for (ExprId each : e.args) all *= part(query, position, each, ranges);
      return all;
    }
    case ExprKind::Or: {
      double none = 1;
      for (ExprId each : e.args) none *= 1 - part(query, position, each, nullptr);
      return clamped(1 - none);
    }
    case ExprKind::Unary:
      if (e.unary_op != UnaryOp::Not) break;
      return clamped(1 - part(query, position, e.args[0], nullptr));
    case ExprKind::IsNone: {
      const FieldStatistics* statistics = field_of(query, position, e.args[0]);
      if (statistics == nullptr) break;
      return clamped(e.has(Expr::Negated) ? 1 - statistics->none : statistics->none);
    }
    case ExprKind::InList:
      return part_of_list(query, position, e);
    case ExprKind::Binary:
      if (is_comparison(e.binary_op)) return part_of_comparison(query, position, e, ranges);
      break;
    default:
      break;
  }
  return kOtherPart;
}

double Estimator::part(const Query& query, uint32_t position,
                       std::span<const ExprId> conditions) const {
  double all = 1;
  std::vector<Range> ranges;
  for (ExprId condition : conditions) all *= part(query, position, condition, &ranges);
  return all;
}

}  // namespace zerodb::plan
