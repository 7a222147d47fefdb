#include "exec/operator.h"

#include "exec/merge_join.h"

namespace zerodb::exec {

using plan::Node;

namespace {

// Counts what passes, for EXPLAIN ANALYZE.
class CountedOperator final : public Operator {
 public:
  CountedOperator(ExecState& state, plan::NodeId node, std::unique_ptr<Operator> inner)
      : state_(state), node_(node), actuals_(*state.actuals(node)), inner_(std::move(inner)) {}

  Result<uint32_t> next(const Target& target) override {
    Clock& clock = *state_.call().clock;
    const int64_t start = clock.monotonic_ns();
    Result<uint32_t> rows = inner_->next(target);
    actuals_.nanos += clock.monotonic_ns() - start;
    if (rows) {
      actuals_.rows += *rows;
      ++actuals_.batches;
    }
    return rows;
  }

  Result<bool> share() override { return inner_->share(); }
  Result<std::unique_ptr<Operator>> copy(PipelinePart& part) override {
    std::unique_ptr<Operator> inner = TRY(inner_->copy(part));
    return std::unique_ptr<Operator>(
        std::make_unique<CountedOperator>(part.state, node_, std::move(inner)));
  }

 private:
  ExecState& state_;
  const plan::NodeId node_;
  plan::NodeActuals& actuals_;
  std::unique_ptr<Operator> inner_;
};

Result<std::unique_ptr<Operator>> make_plain(ExecState& state, const Node& node,
                                             uint32_t capacity) {
  switch (node.kind) {
    case Node::Kind::OneRow:
    case Node::Kind::Rows:
    case Node::Kind::Elements:
    case Node::Kind::Function:
      return make_leaf(state, node);
    case Node::Kind::TableScan:
    case Node::Kind::PointRead:
    case Node::Kind::IndexScan:
      return make_scan(state, node);
    case Node::Kind::Stage:
      return make_stage(state, node, capacity);
    case Node::Kind::Aggregate:
      return make_aggregate(state, node);
    case Node::Kind::Expand:
      return make_expand(state, node);
    case Node::Kind::Recursive:
    case Node::Kind::LastRound:
    case Node::Kind::Shared:
      return make_table_reader(state, node);
    case Node::Kind::Window:
      return make_window(state, node);
    case Node::Kind::Sort:
      return make_sort(state, node);
    case Node::Kind::Distinct:
      return make_distinct(state, node, capacity);
    case Node::Kind::SetOperation:
      return make_set_operation(state, node, capacity);
    case Node::Kind::Limit:
    case Node::Kind::Cut:
      return make_row_operator(state, node, capacity);
    case Node::Kind::Join:
      return node.merges ? make_merge_join(state, node) : make_hash_join(state, node);
    case Node::Kind::LateralJoin:
      return make_lateral_join(state, node);
    case Node::Kind::PathJoin:
      return make_path_join(state, node);
    case Node::Kind::LookupJoin:
    case Node::Kind::FetchJoin:
      return make_lookup(state, node, capacity);
  }
  UNREACHABLE();
}

}  // namespace

Result<std::unique_ptr<Operator>> make_operator(ExecState& state, plan::NodeId id,
                                                uint32_t capacity) {
  std::unique_ptr<Operator> made = TRY(make_plain(state, state.plan().node(id), capacity));
  if (state.counts_nodes()) made = std::make_unique<CountedOperator>(state, id, std::move(made));
  return made;
}

Result<OwnColumns> OwnColumns::make(ExecState& state,
                                    const std::vector<plan::OutputColumn>& columns,
                                    uint32_t capacity) {
  OwnColumns out;
  out.slots.reserve(columns.size());
  out.types.reserve(columns.size());
  for (const plan::OutputColumn& column : columns) {
    out.slots.push_back(allocate_column(state.arena(), physical_of(column.type), capacity));
    if (out.slots.back().values == 0) return arena_full();
    out.types.push_back(column.type);
  }
  return out;
}

void RowBuffer::append(const Arena& arena, const OwnColumns& columns, uint32_t rows) {
  empty_rows_ += rows;
  for (uint32_t row = 0; row < rows; ++row) {
    for (uint32_t i = 0; i < width_; ++i) {
      cells_.push_back(read_value(arena, columns.slots[i], row, columns.types[i]));
      far_bytes_ += far_bytes(cells_.back());
    }
  }
}

Status RowBuffer::emit(Arena& arena, size_t from, const Target& target, uint32_t to, uint32_t first,
                       const std::vector<plan::OutputColumn>& types) const {
  for (uint32_t i = 0; i < width_; ++i) {
    const Column column(arena, target.columns[first + i], types[first + i].type);
    TRY(store_value(arena, column, to, at(from, i)));
  }
  return ok_status();
}

Status drain(ExecState& state, Operator& child, const OwnColumns& columns, uint32_t capacity,
             RowBuffer& out, MemoryHold& hold) {
  while (true) {
    TRY(state.check_interrupt());
    const ArenaMark mark(state.arena());
    const uint32_t rows = TRY(child.next({columns.slots, capacity}));
    if (rows == 0) return ok_status();
    out.append(state.arena(), columns, rows);
    TRY(hold.set(out.bytes()));
  }
}

}  // namespace zerodb::exec
