// DISTINCT and set operations: which rows stay depends on the keys that were seen before. They are
// kept in memory while they fit, and the rest is decided on disk (exec/spilled_set.h). Rows stay in
// the order in which they came.
#include <algorithm>
#include <optional>

#include "base/query_fault.h"
#include "exec/key_set.h"
#include "exec/operator.h"
#include "exec/spilled_set.h"
#include "value/cast.h"
#include "value/key_codec.h"

namespace zerodb::exec {

using plan::Node;

namespace {

// Rows that were decided on disk.
Result<uint32_t> emit_rest(ExecState& state, const Node& node, SpilledSet& rest,
                           const Target& target) {
  uint32_t rows = 0;
  for (; rows < target.capacity; ++rows) {
    const std::optional<RowSorter::Row> cells = TRY(rest.next());
    if (!cells) break;
    for (uint32_t i = 0; i < cells->size(); ++i) {
      const Column column(state.arena(), target.columns[i], node.columns[i].type);
      TRY(store_value(state.arena(), column, rows, (*cells)[i]));
    }
  }
  return rows;
}

// Hands over all keys that were seen.
Status move_shown(KeySet& seen, SpilledSet& to) {
  for (uint32_t i = 0; i < seen.size(); ++i) TRY(to.add_shown(Value::bytes(seen.key(i))));
  seen.clear();
  return ok_status();
}

class DistinctOperator final : public Operator {
 public:
  DistinctOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> child)
      : state_(state), node_(node), child_(std::move(child)), hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    while (!rest_) {
      TRY(state_.check_interrupt());
      const uint32_t mark = state_.arena().top();
      const uint32_t rows = TRY(child_->next(target));
      if (rows == 0) return 0u;
      const uint32_t kept = TRY(keep_new(columns_of(target), rows));
      const uint64_t bytes = seen_.bytes();
      const bool is_over = state_.should_spill(bytes) || !hold_.try_set(bytes);
      if (is_over && !node_.is_clustered) TRY(spill());
      if (kept > 0) return kept;
      state_.arena().rewind(mark);
    }
    if (child_ != nullptr) TRY(drain_child(target));
    return emit_rest(state_, node_, *rest_, target);
  }

 private:
  std::vector<Column> columns_of(const Target& target) const {
    std::vector<Column> out;
    for (uint32_t i = 0; i < node_.columns.size(); ++i)
      out.emplace_back(state_.arena(), target.columns[i], node_.columns[i].type);
    return out;
  }

  Status read_key(const std::vector<Column>& columns, uint32_t row) {
    key_.clear();
    for (uint32_t i = 0; i < node_.width; ++i)
      TRY(append_group_key(state_.arena(), columns[i], row, key_));
    return ok_status();
  }

  // Moves the rows whose keys are new to the front: how many.
  Result<uint32_t> keep_new(const std::vector<Column>& columns, uint32_t rows) {
    uint32_t kept = 0;
    if (planted(QueryFault::DistinctForgets)) forget();
    for (uint32_t row = 0; row < rows; ++row) {
      TRY(read_key(columns, row));
      if (!is_new()) continue;
      if (kept != row) {
        for (const Column& column : columns) copy_cell(column, row, column, kept);
      }
      ++kept;
    }
    return kept;
  }

  // Equal rows may follow each other, so that one key is enough.
  bool is_new() {
    if (!node_.is_clustered) return seen_.insert(key_).is_new;
    if (last_ == key_) return false;
    last_ = key_;
    return true;
  }

  void forget() {
    seen_.clear();
    last_.reset();
  }

  Status spill() {
    rest_.emplace(state_, node_, static_cast<uint32_t>(node_.columns.size()), SetRule{});
    TRY(move_shown(seen_, *rest_));
    return hold_.set(0);
  }

  // All rows that are left, by way of the target.
  Status drain_child(const Target& target) {
    const std::vector<Column> columns = columns_of(target);
    std::vector<Value> cells(columns.size());
    while (true) {
      TRY(state_.check_interrupt());
      const ArenaMark mark(state_.arena());
      const uint32_t rows = TRY(child_->next(target));
      if (rows == 0) break;
      for (uint32_t row = 0; row < rows; ++row) {
        TRY(read_key(columns, row));
        for (size_t i = 0; i < cells.size(); ++i)
          cells[i] = read_value(state_.arena(), columns[i].slot, row, *columns[i].type);
        TRY(rest_->add_row(Value::bytes(key_), cells));
      }
    }
    child_.reset();
    return rest_->finish();
  }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> child_;  // null once all its rows were decided on disk
  KeySet seen_;
  std::optional<std::string> last_;  // instead, where equal rows follow each other
  MemoryHold hold_;
  std::string key_;
  std::optional<SpilledSet> rest_;
};

class SetOperator final : public Operator {
 public:
  SetOperator(ExecState& state, const Node& node, std::unique_ptr<Operator> left,
              std::unique_ptr<Operator> right, OwnColumns left_columns, OwnColumns right_columns,
              uint32_t capacity)
      : state_(state),
        node_(node),
        left_(std::move(left)),
        right_(std::move(right)),
        left_columns_(std::move(left_columns)),
        right_columns_(std::move(right_columns)),
        capacity_(capacity),
        rows_(node.width),
        hold_(state.hold(node)) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      TRY(open());
      is_open_ = true;
    }
    while (!rest_) {
      uint32_t written = 0;
      for (; at_ < rows_.rows() && written < target.capacity; ++at_) {
        if (!TRY(passes(at_))) continue;
        TRY(rows_.emit(state_.arena(), at_, target, written, 0, node_.columns));
        ++written;
      }
      if (at_ == rows_.rows()) TRY(make_room());
      if (written > 0) return written;
      if (!rest_ && !TRY(refill())) return 0u;
    }
    if (!is_decided_) TRY(decide_rest());
    return emit_rest(state_, node_, *rest_, target);
  }

 private:
  bool is_union() const { return node_.set_op == sema::Query::SetOp::Union; }

  // EXCEPT and INTERSECT know the right side first.
  Status open() {
    if (is_union()) return ok_status();
    while (true) {
      RowBuffer right(node_.width);
      if (!TRY(load(*right_, right_columns_, node_.right_columns, right))) break;
      for (size_t row = 0; row < right.rows(); ++row) {
        const std::string key = TRY(key_of(right, row));
        TRY(count_right(key));
      }
      TRY(make_room());
    }
    right_.reset();
    return ok_status();
  }

  Status count_right(const std::string& key) {
    if (rest_) return rest_->add_right(Value::bytes(key), 1);
    const KeySet::Place place = right_keys_.insert(key);
    if (place.is_new) counts_.push_back(0);
    ++counts_[place.number];
    return ok_status();
  }

  Status make_room() {
    if (rest_) return ok_status();
    const uint64_t bytes =
        right_keys_.bytes() + counts_.capacity() * sizeof(uint64_t) + seen_.bytes();
    if (!state_.should_spill(bytes) && hold_.try_set(bytes)) return ok_status();
    rest_.emplace(state_, node_, node_.width, SetRule{node_.set_op, node_.all});
    for (uint32_t i = 0; i < right_keys_.size(); ++i) {
      if (counts_[i] > 0) TRY(rest_->add_right(Value::bytes(right_keys_.key(i)), counts_[i]));
    }
    right_keys_.clear();
    counts_ = std::vector<uint64_t>();
    TRY(move_shown(seen_, *rest_));
    return hold_.set(0);
  }

  // All rows that are left.
  Status decide_rest() {
    while (TRY(refill())) {
      for (size_t row = 0; row < rows_.rows(); ++row) {
        const std::string key = TRY(key_of(rows_, row));
        TRY(rest_->add_row(Value::bytes(key), std::span(rows_.row(row), rows_.width())));
      }
    }
    left_.reset();
    right_.reset();
    is_decided_ = true;
    return rest_->finish();
  }

  Result<bool> refill() {
    rows_.clear();
    at_ = 0;
    if (!left_done_) {
      if (TRY(load(*left_, left_columns_, {}, rows_))) return true;
      left_done_ = true;
    }
    if (!is_union()) return false;
    return load(*right_, right_columns_, node_.right_columns, rows_);
  }

  Result<bool> load(Operator& child, const OwnColumns& columns,
                    const std::vector<uint32_t>& mapping, RowBuffer& out) {
    TRY(state_.check_interrupt());
    const ArenaMark mark(state_.arena());
    const uint32_t rows = TRY(child.next({columns.slots, capacity_}));
    std::vector<Value> cells(node_.width);
    for (uint32_t row = 0; row < rows; ++row) {
      for (uint32_t i = 0; i < node_.width; ++i) {
        const uint32_t from = mapping.empty() ? i : mapping[i];
        Value value = read_value(state_.arena(), columns.slots[from], row, columns.types[from]);
        const Type& type = node_.columns[i].type;
        if (!value.is_none() && physical_of(type) != Physical::Any)
          value = TRY(coerce(value, type.optional(), state_.names()));
        cells[i] = std::move(value);
      }
      out.append_row(cells);
    }
    return rows > 0;
  }

  Result<std::string> key_of(const RowBuffer& rows, size_t row) const {
    std::string key;
    for (uint32_t i = 0; i < node_.width; ++i) TRY(append_key(key, rows.at(row, i)));
    return key;
  }

  Result<bool> passes(size_t row) {
    if (is_union() && node_.all) return true;
    const std::string key = TRY(key_of(rows_, row));
    if (is_union()) return is_first(key);
    const uint32_t found = right_keys_.find(key);
    const bool is_right = found != KeySet::kNone && counts_[found] > 0;
    if (node_.all) {
      if (is_right) --counts_[found];
      return is_right == (node_.set_op == sema::Query::SetOp::Intersect);
    }
    if (is_right != (node_.set_op == sema::Query::SetOp::Intersect)) return false;
    return is_first(key);
  }

  bool is_first(const std::string& key) { return seen_.insert(key).is_new; }

  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Operator> left_;
  std::unique_ptr<Operator> right_;
  OwnColumns left_columns_;
  OwnColumns right_columns_;
  uint32_t capacity_;
  RowBuffer rows_;  // the batch at hand
  size_t at_ = 0;
  bool is_open_ = false;
  bool left_done_ = false;
  KeySet right_keys_;
  std::vector<uint64_t> counts_;  // of right rows that are left, by key
  KeySet seen_;                   // of rows that were given out
  MemoryHold hold_;
  std::optional<SpilledSet> rest_;
  bool is_decided_ = false;
};

}  // namespace

Result<std::unique_ptr<Operator>> make_distinct(ExecState& state, const Node& node,
                                                uint32_t capacity) {
  std::unique_ptr<Operator> child = TRY(make_operator(state, node.children[0], capacity));
  return std::unique_ptr<Operator>(
      std::make_unique<DistinctOperator>(state, node, std::move(child)));
}

Result<std::unique_ptr<Operator>> make_set_operation(ExecState& state, const Node& node,
                                                     uint32_t capacity) {
  OwnColumns left_columns =
      TRY(OwnColumns::make(state, state.plan().node(node.children[0]).columns, capacity));
  OwnColumns right_columns =
      TRY(OwnColumns::make(state, state.plan().node(node.children[1]).columns, capacity));
  std::unique_ptr<Operator> left = TRY(make_operator(state, node.children[0], capacity));
  std::unique_ptr<Operator> right = TRY(make_operator(state, node.children[1], capacity));
  return std::unique_ptr<Operator>(
      std::make_unique<SetOperator>(state, node, std::move(left), std::move(right),
                                    std::move(left_columns), std::move(right_columns), capacity));
}

}  // namespace zerodb::exec
