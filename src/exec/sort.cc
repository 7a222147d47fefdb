// Sort: all rows of its child, or the first of them, in order.
#include <optional>

#include "base/query_fault.h"
#include "exec/gather.h"
#include "exec/operator.h"
#include "exec/row_sorter.h"

namespace zerodb::exec {

using plan::Node;

Result<uint64_t> row_count(ExecState& state, const plan::Scalar& scalar, const char* what) {
  const Value value = TRY(state.evaluate(scalar));
  if (!is_integer(value.tag()) || value.as_int128() < 0) {
    return Error(ErrorCode::E0905, std::string(what) + " takes a whole number that is not negative")
        .at(scalar.span);
  }
  const i128 count = value.as_int128();
  return count > INT64_MAX ? static_cast<uint64_t>(INT64_MAX) : static_cast<uint64_t>(count);
}

namespace {

class SortOperator final : public Operator {
 public:
  SortOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
               OwnColumns columns)
      : state_(state),
        node_(node),
        child_(std::move(child)),
        columns_(std::move(columns)),
        sorter_(state, node, static_cast<uint32_t>(node.columns.size()), by_keys(node.order)) {}

  Result<uint32_t> next(const Target& target) override {
    if (child_ != nullptr) TRY(sort());
    uint32_t rows = 0;
    for (; rows < target.capacity; ++rows) {
      const std::optional<RowSorter::Row> cells = TRY(sorter_.next());
      if (!cells) break;
      for (uint32_t i = 0; i < cells->size(); ++i) {
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows, (*cells)[i]));
      }
    }
    return rows;
  }

 private:
  Status sort() {
    if (node_.limit) {
      uint64_t wanted = TRY(row_count(state_, *node_.limit, "LIMIT"));
      if (node_.offset) wanted += TRY(row_count(state_, *node_.offset, "OFFSET"));
      if (wanted > 0 && planted(QueryFault::TopRowsAreOneLess)) --wanted;
      sorter_.want_first(wanted);
    }
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(child_->next({columns_.slots, kBatch}));
      if (rows == 0) break;
      TRY(sorter_.add(columns_, rows));
    }
    // What it holds is wanted elsewhere.
    child_.reset();
    return sorter_.finish();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;  // null once its rows are sorted
  OwnColumns columns_;
  RowSorter sorter_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_sort(ExecState& state, const Node& node) {
  const std::vector<plan::OutputColumn>& below = state.plan().node(node.children[0]).columns;
  std::unique_ptr<Operator> child = TRY(make_gathered(state, node.children[0], kBatch));
  OwnColumns columns = TRY(OwnColumns::make(state, below, kBatch));
  return std::unique_ptr<Operator>(
      std::make_unique<SortOperator>(state, node, std::move(child), std::move(columns)));
}

}  // namespace zerodb::exec
