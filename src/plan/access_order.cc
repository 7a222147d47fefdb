// ORDER BY by the order in which a scan walks.
#include <algorithm>

#include "plan/builder.h"
#include "plan/index_match.h"

namespace zerodb::plan {

using sema::ExprKind;
using sema::Query;
using sema::SourceColumn;

namespace {

// One column of the order of a scan: an index's or the key's, at last the record id.
struct WalkColumn {
  const catalog::Index* index = nullptr;
  uint32_t column = 0;
  std::string key;  // name of a column of the key
  bool is_id = false;
  bool descending = false;
  bool is_usable = true;
};

std::vector<WalkColumn> columns_of(const catalog::Index& index) {
  std::vector<WalkColumn> out;
  for (uint32_t i = 0; i < index.columns.size(); ++i)
    out.push_back({&index, i, {}, false, index.columns[i].descending, !index.columns[i].multikey});
  WalkColumn id;
  id.is_id = true;
  out.push_back(std::move(id));
  return out;
}

std::vector<WalkColumn> columns_of(const catalog::Table& table) {
  std::vector<WalkColumn> out;
  for (const catalog::KeyColumn& column : table.key) out.push_back({nullptr, 0, column.name});
  WalkColumn id;
  id.is_id = true;
  out.push_back(std::move(id));
  return out;
}

bool is_at(const IndexMatch& match, const WalkColumn& column, const IndexedPlace& place) {
  if (!column.is_usable || place.follows) return false;
  if (column.index != nullptr) return match.is_column(*column.index, column.column, place);
  return place.path.size() == 1 && place.path[0].name == (column.is_id ? "id" : column.key);
}

enum class WalkOrder : uint8_t { No, Forward, Backward };

}  // namespace

bool Builder::use_order(const Query& query, const std::vector<Conjunct>& conjuncts,
                        Node& leaf) const {
  if (query.order.empty() || leaf.tables.size() != 1 || !leaf.one_of.empty() || leaf.finds_links)
    return false;
  const catalog::Table& table = plan_->schema().table(leaf.tables[0]);
  const IndexMatch match(*statement_, query, 0);

  // In which direction the columns from `fixed` on give the order; those before have one value.
  const auto order_by = [&](const std::vector<WalkColumn>& columns, size_t fixed) {
    size_t at = fixed;
    std::optional<bool> backward;
    for (const sema::OrderKey& key : query.order) {
      if (at > 0 && columns[at - 1].is_id) break;  // nothing is left to be ordered
      const IndexedPlace place = match.place(key.expr);
      const bool is_fixed =
          std::any_of(columns.begin(), columns.begin() + static_cast<ptrdiff_t>(fixed),
                      [&](const WalkColumn& column) { return is_at(match, column, place); });
      if (is_fixed) continue;
      // The id of a record of a walk over keys is the order of the columns of the key.
      if (is_at(match, columns.back(), place) && columns[at].index == nullptr)
        at = columns.size() - 1;
      if (!is_at(match, columns[at], place)) return WalkOrder::No;
      const bool is_backward = columns[at].descending != key.descending;
      if (backward.value_or(is_backward) != is_backward) return WalkOrder::No;
      // None stands last in a column of either direction, so it is in its place only when the walk
      // is forward.
      if (expr(key.expr).type.admits_none() && is_backward != key.nulls_first) return WalkOrder::No;
      backward = is_backward;
      ++at;
    }
    return backward.value_or(false) ? WalkOrder::Backward : WalkOrder::Forward;
  };
  const auto take = [&](WalkOrder order) {
    if (order == WalkOrder::No) return false;
    leaf.descending = order == WalkOrder::Backward;
    return true;
  };

  switch (leaf.kind) {
    case Node::Kind::IndexScan:
      return take(order_by(columns_of(*table.index(leaf.index)), leaf.equals.size()));
    case Node::Kind::PointRead:
    case Node::Kind::TableScan:
      if (take(order_by(columns_of(table), leaf.by_key_columns ? leaf.equals.size() : 0)))
        return true;
      break;
    default:
      return false;
  }
  // The first few rows are found faster by an index that has them in order.
  const bool is_whole = leaf.kind == Node::Kind::TableScan && !leaf.by_key_columns && !leaf.low &&
                        !leaf.high && query.limit != sema::kNoExpr && !query.sources[0].no_index;
  if (!is_whole) return false;
  std::vector<sema::ExprId> conditions;
  for (const Conjunct& conjunct : conjuncts) conditions.push_back(conjunct.expr);
  for (const catalog::Index& index : table.indexes) {
    const auto& hints = query.sources[0].index_hint;
    const bool is_wanted = hints.empty() || std::ranges::find(hints, index.name) != hints.end();
    if (index.state != catalog::Index::State::Ready || !index.method.empty() || !is_wanted ||
        !match.has_rows_of(index, conditions) || !take(order_by(columns_of(index), 0)))
      continue;
    // Without a value in its array a record has no entry.
    if (std::ranges::any_of(index.columns, &catalog::IndexColumn::multikey)) continue;
    leaf.kind = Node::Kind::IndexScan;
    leaf.index = index.id;
    return true;
  }
  return false;
}

}  // namespace zerodb::plan
