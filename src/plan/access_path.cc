// Access paths: record ids, key ranges and indexes instead of a scan of the whole table.
#include <algorithm>

#include "plan/builder.h"
#include "value/operator_types.h"

namespace zerodb::plan {

using sema::ExprId;
using sema::ExprKind;
using sema::Query;
using sema::Source;
using sema::SourceColumn;

namespace {

// `column op value`, where the value needs no row.
struct Comparison {
  const SourceColumn* column = nullptr;
  BinaryOp op = BinaryOp::Equal;
  ExprId value = sema::kNoExpr;
};

BinaryOp mirrored(BinaryOp op) {
  switch (op) {
    case BinaryOp::Less:
      return BinaryOp::Greater;
    case BinaryOp::LessEqual:
      return BinaryOp::GreaterEqual;
    case BinaryOp::Greater:
      return BinaryOp::Less;
    case BinaryOp::GreaterEqual:
      return BinaryOp::LessEqual;
    default:
      return op;
  }
}

bool matches(const catalog::IndexColumn& index_column, const SourceColumn& column) {
  if (index_column.is_expression || index_column.multikey || index_column.path.size() > 1)
    return false;
  switch (column.kind) {
    case SourceColumn::Kind::Id:
      return index_column.is_id;
    case SourceColumn::Kind::Key:
      return index_column.key == column.index;
    case SourceColumn::Kind::Field:
      return index_column.field == column.index;
    case SourceColumn::Kind::Extra:
      return !index_column.field && !index_column.key && !index_column.is_id &&
             index_column.path.size() == 1 && index_column.path[0].name == column.name;
    default:
      return false;
  }
}

const Comparison* find(const std::vector<Comparison>& comparisons,
                       const catalog::IndexColumn& column, bool equal) {
  for (const Comparison& each : comparisons) {
    if ((each.op == BinaryOp::Equal) == equal && matches(column, *each.column)) return &each;
  }
  return nullptr;
}

struct IndexChoice {
  const catalog::Index* index = nullptr;
  size_t equals = 0;
  bool has_range = false;
  bool is_point = false;  // unique, all columns given
  int score() const {
    return index == nullptr
               ? 0
               : (is_point ? 1000 : 0) + static_cast<int>(equals) * 10 + (has_range ? 5 : 0);
  }
};

IndexChoice rate(const catalog::Index& index, const std::vector<Comparison>& comparisons) {
  IndexChoice choice;
  if (index.state != catalog::Index::State::Ready || !index.condition_text.empty()) return choice;
  size_t equals = 0;
  while (equals < index.columns.size() && find(comparisons, index.columns[equals], true) != nullptr)
    ++equals;
  const bool has_range = equals < index.columns.size() && !index.columns[equals].descending &&
                         find(comparisons, index.columns[equals], false) != nullptr;
  if (equals == 0 && !has_range) return choice;
  choice.index = &index;
  choice.equals = equals;
  choice.has_range = has_range;
  choice.is_point = index.unique && equals == index.columns.size();
  return choice;
}

}  // namespace

Status Builder::choose_access(const Query& query, uint32_t position,
                              const std::vector<Conjunct>& conjuncts, Node& node) {
  const Source& source = query.sources[position];
  const auto set_point = [&](RecordRef ref) {
    const bool is_list = ref.is_list;
    node.kind = Node::Kind::PointRead;
    node.records.push_back(std::move(ref));
    node.estimated_rows = is_list ? 10 : 1;
    if (!is_list) node.rows_max = 1;
  };
  if (source.record) {
    const sema::Expr& id = expr(*source.record);
    // t:$key needs no record id to be built.
    const bool is_key =
        id.kind == ExprKind::RecordId && node.tables.size() == 1 && id.table == node.tables[0];
    set_point({
      TRY(scalar(is_key ? id.args[0] : *source.record))
      , is_key, false
    });
    return ok_status();
  }
  if (source.low || source.high) {
    if (source.low && source.low->key != sema::kNoExpr) node.low = Bound {
        TRY(scalar(source.low->key))
        , source.low->inclusive
      };
    if (source.high && source.high->key != sema::kNoExpr) node.high = Bound {
        TRY(scalar(source.high->key))
        , source.high->inclusive
      };
    node.estimated_rows = 1000;
    return ok_status();
  }
  if (node.tables.size() != 1) return ok_status();

  std::vector<Comparison> comparisons;
  const auto own_column = [&](ExprId id) -> const SourceColumn* {
    const sema::Expr& e = expr(id);
    if (e.kind != ExprKind::Column || e.depth != 0 || e.source.value() != position) return nullptr;
    return &source.columns[e.index];
  };
  for (const Conjunct& conjunct : conjuncts) {
    const sema::Expr& e = expr(conjunct.expr);
    if (e.kind == ExprKind::InList && !e.has(sema::Expr::Negated)) {
      const SourceColumn* column = own_column(e.args[0]);
      if (column == nullptr || column->kind != SourceColumn::Kind::Id) continue;
      if (!std::all_of(e.args.begin() + 1, e.args.end(),
                       [&](ExprId id) { return is_row_free(id); }))
        continue;
      for (size_t i = 1; i < e.args.size(); ++i)
        node.records.push_back({
          TRY(scalar(e.args[i]))
          , false, false
        });
      node.kind = Node::Kind::PointRead;
      node.estimated_rows = static_cast<double>(e.args.size() - 1);
      return ok_status();
    }
    if (e.kind != ExprKind::Binary) continue;
    const SourceColumn* column = own_column(e.args[0]);
    if (e.binary_op == BinaryOp::In && column != nullptr &&
        column->kind == SourceColumn::Kind::Id && is_row_free(e.args[1]) &&
        expr(e.args[1]).type.kind() == TypeKind::Array) {
      set_point({
        TRY(scalar(e.args[1]))
        , false, true
      });
      return ok_status();
    }
    if (!is_comparison(e.binary_op) || e.binary_op == BinaryOp::NotEqual) continue;
    ExprId value = e.args[1];
    BinaryOp op = e.binary_op;
    if (column == nullptr) {
      column = own_column(e.args[1]);
      value = e.args[0];
      op = mirrored(op);
    }
    if (column == nullptr || !is_row_free(value)) continue;
    if (column->kind == SourceColumn::Kind::Id && op == BinaryOp::Equal) {
      set_point({
        TRY(scalar(value))
        , false, false
      });
      return ok_status();
    }
    comparisons.push_back({column, op, value});
  }
  if (source.no_index) return ok_status();

  const catalog::Table& table = plan_->schema().table(node.tables[0]);
  IndexChoice best;
  for (const catalog::Index& index : table.indexes) {
    if (!source.index_hint.empty() &&
        std::ranges::find(source.index_hint, index.name) == source.index_hint.end())
      continue;
    const IndexChoice choice = rate(index, comparisons);
    if (choice.score() > best.score()) best = choice;
  }
  if (best.index == nullptr) return ok_status();
  node.kind = Node::Kind::IndexScan;
  node.index = best.index->id;
  for (size_t i = 0; i < best.equals; ++i) {
    node.equals.push_back(TRY(scalar(find(comparisons, best.index->columns[i], true)->value)));
  }
  node.estimated_rows = best.is_point ? 1 : (best.equals > 0 ? 10 : 1000);
  if (!best.has_range) return ok_status();
  for (const Comparison& each : comparisons) {
    if (each.op == BinaryOp::Equal || !matches(best.index->columns[best.equals], *each.column))
      continue;
    const bool is_low = each.op == BinaryOp::Greater || each.op == BinaryOp::GreaterEqual;
    std::optional<Bound>& bound = is_low ? node.low : node.high;
    if (bound) continue;
    bound = Bound {
      TRY(scalar(each.value))
      , each.op == BinaryOp::GreaterEqual || each.op == BinaryOp::LessEqual
    };
  }
  return ok_status();
}

// Lets the scan deliver the order that the query asks for, if it can.
bool Builder::use_order(const Query& query, Node& leaf) const {
  if (query.order.size() != 1 || leaf.tables.size() != 1) return false;
  const sema::OrderKey& key = query.order[0];
  const sema::Expr& e = expr(key.expr);
  if (e.kind != ExprKind::Column || e.depth != 0 || e.source.value() != 0) return false;
  const SourceColumn& column = query.sources[0].columns[e.index];
  if (column.kind == SourceColumn::Kind::Id) {
    if (leaf.kind != Node::Kind::TableScan && leaf.kind != Node::Kind::PointRead) return false;
    leaf.descending = key.descending;
    return true;
  }
  const catalog::Table& table = plan_->schema().table(leaf.tables[0]);
  const auto fits = [&](const catalog::Index& index, size_t at) {
    if (at >= index.columns.size() || !matches(index.columns[at], column)) return false;
    if (index.state != catalog::Index::State::Ready || !index.condition_text.empty()) return false;
    // None stands last in either kind of column, so it is in its place only when the walk is
    // forward.
    const bool is_reverse = index.columns[at].descending != key.descending;
    const bool none_is_right = !column.type.admits_none() || (!is_reverse && !key.nulls_first) ||
                               (is_reverse && key.nulls_first);
    return none_is_right;
  };
  if (leaf.kind == Node::Kind::IndexScan) {
    const catalog::Index* index = table.index(leaf.index);
    if (!fits(*index, leaf.equals.size())) return false;
    leaf.descending = index->columns[leaf.equals.size()].descending != key.descending;
    return true;
  }
  if (leaf.kind != Node::Kind::TableScan || leaf.low || leaf.high || query.limit == sema::kNoExpr)
    return false;
  if (query.sources[0].no_index) return false;
  for (const catalog::Index& index : table.indexes) {
    if (!fits(index, 0)) continue;
    leaf.kind = Node::Kind::IndexScan;
    leaf.index = index.id;
    leaf.descending = index.columns[0].descending != key.descending;
    return true;
  }
  return false;
}

}  // namespace zerodb::plan
