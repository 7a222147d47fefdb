// ORDER BY, and groups of which a few are wanted, by the order in which a scan walks. What the rows
// are sorted by then, plan/row_order.h tells.
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

// The order by which groups can be given one by one; empty where that serves no limit.
std::vector<Builder::WantedKey> Builder::order_of_groups(const Query& query) const {
  if (query.limit == sema::kNoExpr || !query.grouping_sets.empty()) return {};
  std::vector<WantedKey> out;
  std::vector<sema::ExprId> rest = query.group_keys;
  for (const sema::OrderKey& key : query.order) {
    const sema::Expr& e = expr(key.expr);
    const bool is_group_key =
        e.kind == ExprKind::Column && e.depth == 0 && e.source == query.grouped_source;
    if (!is_group_key) return {};
    const sema::ExprId id = query.group_keys[e.index];
    if (std::erase(rest, id) > 0) out.push_back({id, key.descending, key.nulls_first});
  }
  for (const sema::ExprId id : rest) out.push_back({id, false, false, true});
  return out;
}

// Whether so few groups are wanted that finding their rows by an index pays.
bool Builder::are_few_groups(const Query& query, double rows) const {
  const sema::Expr& limit = expr(query.limit);
  const bool is_known = estimator_.is_informed() && limit.kind == ExprKind::Literal &&
                        is_integer(limit.literal.tag()) && query.having == sema::kNoExpr;
  if (!is_known) return false;
  const double wanted = static_cast<double>(limit.literal.as_int128());
  return wanted / group_count(query.group_keys, query, rows) * kScannedMeanwhile < 1;
}

bool Builder::use_order(const Query& query, std::vector<WantedKey> keys,
                        const std::vector<Conjunct>& conjuncts, Node& leaf) const {
  if (keys.empty() || leaf.tables.size() != 1 || !leaf.one_of.empty() || leaf.finds_links)
    return false;
  const catalog::Table& table = plan_->schema().table(leaf.tables[0]);
  const IndexMatch match(*statement_, query, 0);

  // In which direction the columns from `fixed` on give the order; those before have one value.
  const auto order_by = [&](const std::vector<WalkColumn>& columns, size_t fixed) {
    size_t at = fixed;
    std::optional<bool> backward;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (at > 0 && columns[at - 1].is_id) break;  // nothing is left to be ordered
      // Of keys whose order is of no matter, the one whose turn it is.
      const auto next = std::find_if(
          keys.begin() + static_cast<ptrdiff_t>(i), keys.end(), [&](const WantedKey& each) {
            return each.is_free && is_at(match, columns[at], match.place(each.expr));
          });
      if (keys[i].is_free && next != keys.end())
        std::iter_swap(keys.begin() + static_cast<ptrdiff_t>(i), next);
      const WantedKey& key = keys[i];
      const IndexedPlace place = match.place(key.expr);
      const bool is_fixed =
          std::any_of(columns.begin(), columns.begin() + static_cast<ptrdiff_t>(fixed),
                      [&](const WalkColumn& column) { return is_at(match, column, place); });
      if (is_fixed) continue;
      // The id of a record of a walk over keys is the order of the columns of the key.
      if (is_at(match, columns.back(), place) && columns[at].index == nullptr)
        at = columns.size() - 1;
      if (!is_at(match, columns[at], place)) return WalkOrder::No;
      if (key.is_free) {
        ++at;
        continue;
      }
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
  if (!is_whole || (query.grouped && !are_few_groups(query, leaf.estimated_rows))) return false;
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
