#include "plan/row_order.h"

#include <algorithm>
#include <optional>

namespace zerodb::plan {

using sema::SourceColumn;

namespace {

bool contains(std::span<const uint32_t> columns, uint32_t column) {
  return std::ranges::find(columns, column) != columns.end();
}

// Where a column of the input is found in the output: at no place, or at several.
using Places = std::vector<std::vector<uint32_t>>;

// The order as the output shows it: up to the first column that is not shown.
RowOrder moved(const RowOrder& order, const Places& places) {
  RowOrder out;
  const auto append_places = [&](std::span<const uint32_t> columns, std::vector<uint32_t>& to) {
    for (const uint32_t column : columns) {
      if (column < places.size()) to.insert(to.end(), places[column].begin(), places[column].end());
    }
  };
  append_places(order.fixed, out.fixed);
  for (const OrderedColumn& each : order.columns) {
    OrderedColumn shown{{}, each.descending, each.nulls_first};
    append_places(each.columns, shown.columns);
    if (shown.columns.empty()) return out;
    out.columns.push_back(std::move(shown));
  }
  out.is_total = order.is_total;
  return out;
}

std::vector<RowOrder> moved(std::vector<RowOrder> orders, const Places& places) {
  for (RowOrder& order : orders) order = moved(order, places);
  return orders;
}

// Outputs that are inputs as they are.
Places places_of(const Program& program, std::span<const Reg> outputs) {
  Places out(program.inputs.size());
  for (uint32_t i = 0; i < out.size(); ++i) {
    for (uint32_t j = 0; j < outputs.size(); ++j) {
      if (outputs[j] == program.inputs[i]) out[i].push_back(j);
    }
  }
  return out;
}

// The first `width` columns, where they are.
Places kept(size_t width) {
  Places out(width);
  for (uint32_t i = 0; i < width; ++i) out[i].push_back(i);
  return out;
}

// The orders of one scan.
class ScanOrders {
 public:
  ScanOrders(const Plan& plan, const Node& scan)
      : scan_(scan), table_(plan.schema().table(scan.tables[0])) {}

  std::vector<RowOrder> all() const {
    if (scan_.kind == Node::Kind::IndexScan) return by_index(*table_.index(scan_.index));
    return {by_key({}, scan_.by_key_columns ? scan_.equals.size() : 0), by_id({})};
  }

 private:
  std::optional<uint32_t> read(SourceColumn::Kind kind, uint32_t index) const {
    for (uint32_t i = 0; i < scan_.reads.size(); ++i) {
      if (scan_.reads[i].kind == kind && scan_.reads[i].index == index) return i;
    }
    return std::nullopt;
  }

  std::optional<uint32_t> read(const catalog::IndexColumn& column) const {
    if (column.is_expression || column.multikey || column.path.size() != 1) return std::nullopt;
    if (column.field) return read(SourceColumn::Kind::Field, *column.field);
    if (column.key) return read(SourceColumn::Kind::Key, *column.key);
    if (column.is_id) return read(SourceColumn::Kind::Id, 0);
    for (uint32_t i = 0; i < scan_.reads.size(); ++i) {
      const SourceColumn& each = scan_.reads[i];
      if (each.kind == SourceColumn::Kind::Extra && each.name == column.path[0].name) return i;
    }
    return std::nullopt;
  }

  // Behind what is there already, by the columns of the key; the first `fixed` have one value.
  RowOrder by_key(RowOrder out, size_t fixed) const {
    for (uint32_t i = 0; i < table_.key.size(); ++i) {
      const auto column = read(SourceColumn::Kind::Key, i);
      if (i < fixed) {
        if (column) out.fixed.push_back(*column);
        continue;
      }
      if (!column) return out;
      out.columns.push_back({{*column}, scan_.descending, scan_.descending});
    }
    out.is_total = !table_.key.empty();
    return out;
  }

  RowOrder by_id(RowOrder out) const {
    const auto column = read(SourceColumn::Kind::Id, 0);
    if (!column) return out;
    out.columns.push_back({{*column}, scan_.descending, scan_.descending});
    out.is_total = true;
    return out;
  }

  std::vector<RowOrder> by_index(const catalog::Index& index) const {
    RowOrder out;
    for (uint32_t i = 0; i < index.columns.size(); ++i) {
      const catalog::IndexColumn& definition = index.columns[i];
      const auto column = read(definition);
      if (i < scan_.equals.size()) {
        if (column) out.fixed.push_back(*column);
        continue;
      }
      if (!column) return {out};
      // None stands last in a column of either direction.
      out.columns.push_back(
          {{*column}, definition.descending != scan_.descending, scan_.descending});
    }
    return {by_key(out, 0), by_id(out)};
  }

  const Node& scan_;
  const catalog::Table& table_;
};

std::vector<RowOrder> orders_of_join(const Plan& plan, const Node& join) {
  const auto width = static_cast<uint32_t>(plan.node(join.children[0]).columns.size());
  // Each left row is shown once, in its turn.
  if (join.marking != Node::Marking::None)
    return moved(orders_of(plan, join.children[0]), kept(width));
  if (!join.merges || join.join == sema::JoinKind::Full) return {};
  RowOrder out;
  for (const MergeKey& each : join.merge_keys) {
    OrderedColumn column{{}, each.descending, each.nulls_first};
    if (join.join != sema::JoinKind::Right) column.columns.push_back(join.left_keys[each.key]);
    if (join.join != sema::JoinKind::Left)
      column.columns.push_back(width + join.right_keys[each.key]);
    out.columns.push_back(std::move(column));
  }
  return {out};
}

// What is at place `at` of an order, if it is the column.
const OrderedColumn* column_at(const RowOrder& order, size_t at, uint32_t column) {
  if (at >= order.columns.size() || !contains(order.columns[at].columns, column)) return nullptr;
  return &order.columns[at];
}

// Goes through the orders of both inputs side by side.
class MergeOrder {
 public:
  MergeOrder(const Plan& plan, const Node& join) : plan_(plan), join_(join) {}

  std::vector<MergeKey> find(const RowOrder& left, const RowOrder& right) {
    is_taken_.assign(join_.left_keys.size(), false);
    std::vector<MergeKey> out;
    size_t left_at = 0;
    size_t right_at = 0;
    while (out.size() < join_.left_keys.size()) {
      std::optional<MergeKey> found;
      for (uint32_t key = 0; key < is_taken_.size() && !found; ++key) {
        if (is_taken_[key]) continue;
        const bool left_is_fixed = is_fixed(left, left_at, join_.left_keys[key]);
        const bool right_is_fixed = is_fixed(right, right_at, join_.right_keys[key]);
        const OrderedColumn* mine = column_at(left, left_at, join_.left_keys[key]);
        const OrderedColumn* theirs = column_at(right, right_at, join_.right_keys[key]);
        if ((!left_is_fixed && mine == nullptr) || (!right_is_fixed && theirs == nullptr)) continue;
        found = both(key, left_is_fixed ? nullptr : mine, right_is_fixed ? nullptr : theirs);
        if (!found) continue;
        is_taken_[key] = true;
        left_at += left_is_fixed ? 0 : 1;
        right_at += right_is_fixed ? 0 : 1;
      }
      if (!found) return {};
      out.push_back(*found);
    }
    return out;
  }

 private:
  // Whether rows that are equal in what comes before are equal in the column too.
  static bool is_fixed(const RowOrder& order, size_t at, uint32_t column) {
    if (contains(order.fixed, column)) return true;
    if (order.is_total && at == order.columns.size()) return true;
    return std::any_of(order.columns.begin(), order.columns.begin() + static_cast<ptrdiff_t>(at),
                       [&](const OrderedColumn& each) { return contains(each.columns, column); });
  }

  bool admits_none(size_t side, uint32_t column) const {
    return plan_.node(join_.children[side]).columns[column].type.admits_none();
  }

  // In which order the pair is merged. Null: one value for all that is equal in what comes before.
  std::optional<MergeKey> both(uint32_t key, const OrderedColumn* left,
                               const OrderedColumn* right) const {
    if (left == nullptr && right == nullptr) return MergeKey{key, false, false};
    if (left == nullptr) return MergeKey{key, right->descending, right->nulls_first};
    if (right == nullptr) return MergeKey{key, left->descending, left->nulls_first};
    if (left->descending != right->descending) return std::nullopt;
    const bool left_has_none = admits_none(0, join_.left_keys[key]);
    const bool right_has_none = admits_none(1, join_.right_keys[key]);
    if (left_has_none && right_has_none && left->nulls_first != right->nulls_first)
      return std::nullopt;
    return MergeKey{key, left->descending, left_has_none ? left->nulls_first : right->nulls_first};
  }

  const Plan& plan_;
  const Node& join_;
  std::vector<bool> is_taken_;
};

}  // namespace

std::vector<RowOrder> orders_of(const Plan& plan, NodeId id) {
  const Node& node = plan.node(id);
  if (node.rows_max <= 1) return {RowOrder{{}, {}, true}};
  switch (node.kind) {
    case Node::Kind::TableScan:
    case Node::Kind::PointRead:
    case Node::Kind::IndexScan:
      if (node.tables.size() != 1 || !node.one_of.empty() || node.finds_links) return {};
      return ScanOrders(plan, node).all();
    case Node::Kind::Stage:
      return moved(orders_of(plan, node.children[0]),
                   places_of(*node.program, node.program->outputs));
    case Node::Kind::Aggregate: {
      if (!node.is_clustered) return {};
      std::vector<RowOrder> orders =
          moved(orders_of(plan, node.children[0]),
                places_of(*node.program, std::span(node.program->outputs).first(node.width)));
      // A group is one row now.
      for (RowOrder& order : orders) {
        std::vector<bool> is_known(node.width);
        for (const uint32_t column : order.fixed) is_known[column] = true;
        for (const OrderedColumn& each : order.columns) {
          for (const uint32_t column : each.columns) is_known[column] = true;
        }
        order.is_total = std::ranges::find(is_known, false) == is_known.end();
      }
      return orders;
    }
    case Node::Kind::Sort: {
      RowOrder order;
      for (const SortKey& key : node.order)
        order.columns.push_back({{key.column}, key.descending, key.nulls_first});
      return {order};
    }
    case Node::Kind::Distinct:
    case Node::Kind::Limit:
    case Node::Kind::Shared:
      return orders_of(plan, node.children[0]);
    case Node::Kind::Cut:
      return moved(orders_of(plan, node.children[0]), kept(node.columns.size()));
    case Node::Kind::Join:
      return orders_of_join(plan, node);
    default:
      return {};
  }
}

bool is_sorted(const Plan& plan, NodeId id, std::span<const SortKey> keys) {
  const std::vector<OutputColumn>& columns = plan.node(id).columns;
  const auto holds = [&](const RowOrder& order) {
    size_t at = 0;
    for (const SortKey& key : keys) {
      const bool is_known = std::any_of(
          order.columns.begin(), order.columns.begin() + static_cast<ptrdiff_t>(at),
          [&](const OrderedColumn& each) { return contains(each.columns, key.column); });
      if (is_known || contains(order.fixed, key.column)) continue;
      if (at == order.columns.size()) return order.is_total;
      const OrderedColumn* column = column_at(order, at, key.column);
      if (column == nullptr || column->descending != key.descending) return false;
      if (columns[key.column].type.admits_none() && column->nulls_first != key.nulls_first)
        return false;
      ++at;
    }
    return true;
  };
  return std::ranges::any_of(orders_of(plan, id), holds);
}

bool is_clustered(const Plan& plan, NodeId id, std::span<const uint32_t> columns) {
  const auto holds = [&](const RowOrder& order) {
    std::vector<uint32_t> open;
    for (const uint32_t column : columns) {
      if (!contains(order.fixed, column)) open.push_back(column);
    }
    for (const OrderedColumn& each : order.columns) {
      if (open.empty()) return true;
      if (std::erase_if(open, [&](uint32_t column) { return contains(each.columns, column); }) == 0)
        return false;
    }
    return open.empty() || order.is_total;
  };
  return std::ranges::any_of(orders_of(plan, id), holds);
}

std::vector<MergeKey> merge_order(const Plan& plan, const Node& join) {
  MergeOrder finder(plan, join);
  const std::vector<RowOrder> rights = orders_of(plan, join.children[1]);
  for (const RowOrder& left : orders_of(plan, join.children[0])) {
    for (const RowOrder& right : rights) {
      if (std::vector<MergeKey> found = finder.find(left, right); !found.empty()) return found;
    }
  }
  return {};
}

}  // namespace zerodb::plan
