// Grouping sets: each row once for every set, the keys that are not in the set as none.
#include <algorithm>

#include "exec/operator.h"

namespace zerodb::exec {

using plan::Node;

namespace {

class ExpandOperator final : public Operator {
 public:
  ExpandOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child,
                 OwnColumns columns)
      : state_(state), node_(node), child_(std::move(child)), columns_(std::move(columns)) {}

  // All sets of a batch at once: what the batch needs lives no longer than this call's result. The
  // sets of a row follow each other, so that the order does not tell where batches end.
  Result<uint32_t> next(const Target& target) override {
    const auto sets = static_cast<uint32_t>(node_.grouping_sets.size());
    const uint32_t wanted = target.capacity / sets;
    ASSERT(wanted > 0);
    const uint32_t rows = TRY(child_->next({columns_.slots, wanted}));
    for (uint32_t set = 0; set < sets && rows > 0; ++set) TRY(write_set(set, rows, target));
    return rows * sets;
  }

 private:
  Status write_set(uint32_t set, uint32_t rows, const Target& target) {
    const auto sets = static_cast<uint32_t>(node_.grouping_sets.size());
    const auto width = static_cast<uint32_t>(columns_.slots.size());
    for (uint32_t i = 0; i < width; ++i) {
      const Column from = columns_.column(state_.arena(), i);
      const Column to(state_.arena(), target.columns[i], node_.columns[i].type);
      for (uint32_t row = 0; row < rows; ++row) copy_cell(from, row, to, row * sets + set);
    }
    for (uint32_t key = 0; key < node_.left_keys.size(); ++key) {
      const Column from = columns_.column(state_.arena(), node_.left_keys[key]);
      const uint32_t place = width + key;
      const Column to(state_.arena(), target.columns[place], node_.columns[place].type);
      const std::vector<uint32_t>& members = node_.grouping_sets[set];
      const bool is_member = std::find(members.begin(), members.end(), key) != members.end();
      for (uint32_t row = 0; row < rows; ++row) {
        if (is_member) {
          copy_cell(from, row, to, row * sets + set);
        } else {
          TRY(store_value(state_.arena(), to, row * sets + set, Value::none()));
        }
      }
    }
    const auto last = static_cast<uint32_t>(node_.columns.size() - 1);
    const Column number(state_.arena(), target.columns[last], node_.columns[last].type);
    for (uint32_t row = 0; row < rows; ++row)
      TRY(store_value(state_.arena(), number, row * sets + set, Value::int64(set)));
    return ok_status();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;
  OwnColumns columns_;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_expand(ExecState& state, const Node& node) {
  std::unique_ptr<Operator> child =
      TRY(make_operator(state, node.children[0], limits::kBatchRowsMax));
  OwnColumns columns = TRY(
      OwnColumns::make(state, state.plan().node(node.children[0]).columns, limits::kBatchRowsMax));
  std::unique_ptr<Operator> made =
      std::make_unique<ExpandOperator>(state, node, std::move(child), std::move(columns));
  return made;
}

}  // namespace zerodb::exec
